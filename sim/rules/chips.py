"""AI chips: a licence is an offer, and its buyers may decline it.

Under denial nothing is licensed, what is short is felt, and own supply grows the faster
(:func:`sim.rules.supply.grow_other_supply`); goods come through third countries
(:class:`sim.rules.supply.Conditions`). Case by case a cap and a levy hold, general licences have
neither. What is declined is no breach, for licences are given, and concedes nothing of worth
(docs/licences.md, *Chips*).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``.
"""

from __future__ import annotations

from sim.rules.codes import CHIPS, CIVIL, GENERAL, code
from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip, exp, normal_quantile
from sim.rules.randomness import CHIP, uniform
from sim.rules.surprises import record_chip

__all__ = ["look_at_offer", "share_taken", "start_offer"]

_QUALITY, _BAR = code(0), code(1)


@formula
def share_taken(quality, levy, own, bar, bar_own, width):
    """Share of what is licensed that buyers take, in [0, 1].

    clip((q/(1 + levy) - bar - bar_own s)/width, 0, 1): q the ``quality`` of the card, its use over
    that of the best domestic one, ``levy`` a share of the price, s the ``own`` share of need.
    """
    return clip((quality / (1.0 + levy) - bar - bar_own * own) / width, 0.0, 1.0)


@formula
def _drawn(s, entity):
    """A standard normal draw of the first day, which is recorded."""
    normal = normal_quantile(uniform(s.world.seed, s.world.run, CHIP, 0, entity))
    record_chip(s, entity, normal)
    return normal


@rule
def start_offer(s, p):
    """What this run's card is worth to its buyers, and where their bar lies; known to both sides."""
    w, offer = s.world, p.licensing.chip_offer
    w.chip_quality = exp(offer.quality_spread * _drawn(s, _QUALITY))
    w.chip_bar = offer.bar_spread * _drawn(s, _BAR)
    look_at_offer(s, p)


@rule
def look_at_offer(s, p):
    """The share that buyers take, or would take of case by case where nothing is licensed."""
    w, offer = s.world, p.licensing.chip_offer
    levy = offer.levy if w.regime[CHIPS, CIVIL] < GENERAL else 0.0
    w.share_taken = share_taken(
        offer.quality * w.chip_quality,
        levy,
        w.other_supply[CHIPS],
        offer.bar + w.chip_bar,
        offer.bar_own,
        offer.width,
    )
