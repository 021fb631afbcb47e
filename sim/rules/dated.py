"""Dated inputs: settings that change on a day, tariffs given as a path, events of a chronology.

They are rows of one table (:func:`sim.config.params.dated_dtype`), those of a point in the order of
their weeks; ``p.dated.first`` and ``p.dated.end`` say which are a point's. Each takes effect at the
start of its week, before shocks (docs/dated.md). What each does is its kind
(:data:`sim.vocabulary.DATED`):

- ``setting``: number ``place`` of the settings becomes ``bits``. From then on every rule reads the
  changed record, which is the run's own.
- ``tariff``: the tariff of ``side`` is ``number``, ad valorem, until the next such row
  (:func:`sim.rules.trade.tariff_in_force`).
- ``event``: a shock of kind ``place`` and size ``number`` happens to ``side``. It is certain, so it
  draws nothing and shifts no draw of others.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``dated`` are the rows, ``cells`` the
numbers of ``p`` as integers of 64 bits, in the same memory.
"""

from __future__ import annotations

from sim.rules.codes import CN, DATED_SETTING, DATED_TARIFF, N_SIDES, N_TRACKS, US
from sim.rules.compiled import formula, rule
from sim.rules.events import SHOCKED, mark
from sim.rules.screening import set_paces
from sim.rules.shocks import land
from sim.rules.tracks import forget_offers
from sim.rules.trade_tables import choose_table, set_tables
from sim.rules.valuation import discount

__all__ = ["take_dated"]


@formula
def take_dated(s, p, dated, cells):
    """Put in force the rows of this week."""
    at = s.world.next_dated
    if at < p.dated.end and dated[at].week <= s.world.week:
        _take_rows(s, p, dated, cells)


@rule
def _take_rows(s, p, dated, cells):
    """The rows from the next one on that are of this week, in their order."""
    w, tracks = s.world, p.linkage.tracks
    us_ceiling, cn_ceiling = p.economy.sides.ceiling_tariff[US], p.economy.sides.ceiling_tariff[CN]
    settings = False
    while w.next_dated < p.dated.end and dated[w.next_dated].week <= w.week:
        row = dated[w.next_dated]
        if row.kind == DATED_SETTING:
            cells[row.place] = row.bits
            settings = True
        elif row.kind == DATED_TARIFF:
            w.on_path, w.path[row.side] = 1, row.number
        else:
            land(s, p, row.place, row.side, row.number)
            mark(w, SHOCKED)
        w.next_dated += 1
    if settings:
        _renew(s, p, us_ceiling, cn_ceiling, tracks)


@rule
def _renew(s, p, us_ceiling, cn_ceiling, tracks):
    """Recompute what a run keeps of its settings: discount factors, paces, the tables of trade.

    A new ceiling of a tariff replaces the one in force; other tracks begin without offers. The ceilings (ad valorem) and the rule of tracks before the change
    say whether they changed.
    """
    w = s.world
    for i in range(N_SIDES):
        s.sides[i].discount = discount(p.sides.discount_rate[i], p.sides.planning_weeks[i])
        ceiling, before = p.economy.sides.ceiling_tariff[i], us_ceiling if i == US else cn_ceiling
        if ceiling != before:
            w.ceiling[i] = ceiling
        w.ceiling[i] = max(w.ceiling[i], p.economy.sides.floor_tariff[i])
    set_tables(s, p)
    choose_table(s, p)
    set_paces(s, p)
    if p.linkage.tracks != tracks:
        for track in range(N_TRACKS):
            forget_offers(s, track)
