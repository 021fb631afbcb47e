"""The model of ``docs/model.md`` and the pages that it names once more, as a Mesa modeller would
write it: objects with attributes, no compiled code.

Written for the benchmarks from the pages, with nothing of ``sim.rules`` but the facts of trade,
:mod:`sim.rules.customs`: agents are Python objects, randomness is the model's own ``self.random``,
the mathematics is ``math``, and ``numpy`` over groups of goods. It runs what London runs, and
``time_dependent``. Left out, because London does not use them: the other strategies, the mediator,
package rules, a first speaker other than ``alternate`` and dated inputs; :class:`PlainTruce` refuses
scenarios that ask for them.
"""

from benchmarks.plain.model import PlainTruce

__all__ = ["PlainTruce"]
