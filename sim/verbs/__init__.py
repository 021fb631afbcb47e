"""The verbs of the command line: each reads its words, calls the packages below, and reports where
the result is and what it says.

A module has ``takes(verb)``, the words and switches that may follow the verb, and
``command(line)``, which returns an
:class:`~sim.verbs.output.Output`. Nothing here computes.
"""
