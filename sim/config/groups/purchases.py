"""Purchases that Beijing pledges: what it buys anyway, the extra, and what a boycott takes away
(docs/purchases.md).

Flows of groups of goods are those of sim/data/trade_groups.csv (US Census, 2024) at the duties of
the truce of 2025, by the closed forms of docs/model.md, *Trade and welfare*; a test derives those
that a boycott rests on again.
"""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Group, In, Label, Plausible

__all__ = ["Boycott", "Purchase", "Purchases"]


class Boycott(Group):
    """What Beijing takes away where it boycotts a group of goods: all but a twentieth of its flow."""

    flow: Annotated[float, In(0, 200, "bn USD/yr")]
    """US exports of the group that Beijing can boycott; no more than it buys of the kind
    Source: derived: US exports of the group in 2024 at the truce's duties (trade_groups.csv;
    docs/purchases.md)"""
    margin: Annotated[float, In(0, 1, "share"), Plausible(0.06, 0.3)]
    """what US exporters lose of a dollar that is not bought
    Source: trade_groups.csv, export_margin"""
    voice: Annotated[float, In(0, 10, "weight"), Plausible(0.3, 3)]
    """how loudly their loss presses Washington
    Source: judgement, .3 to 3: trade_groups.csv, voice_exporter"""
    cost: Annotated[float, In(0, 20, "bn USD/bn USD")]
    """what a dollar that is not bought costs China
    Source: derived: buyers' loss at the duty that leaves a twentieth of the flow and is not
    collected, and the revenue that it no longer has (trade_groups.csv; docs/purchases.md)"""


class Purchase(Group):
    """One kind of goods that Beijing pledges to buy."""

    natural: Annotated[float, In(0, 500, "bn USD/yr"), Label("natural purchases")]
    """US exports of the kind that China buys without a pledge
    Source: trade_groups.csv; kind by kind in sim/config/groups/purchases.py"""
    extra: Annotated[
        float,
        In(0, 500, "bn USD/yr"),
        Label("pledge beyond natural purchases"),
    ]
    """what a full pledge adds to natural purchases; half a pledge adds half of it
    Source: Phase One's text of 2020; kind by kind in sim/config/groups/purchases.py"""
    margin: Annotated[float, In(0, 1, "share"), Plausible(0.06, 0.3)]
    """what US exporters earn of a dollar sold beyond natural purchases
    Source: trade_groups.csv, export_margin; kind by kind in sim/config/groups/purchases.py"""
    voice: Annotated[float, In(0, 10, "weight"), Plausible(0.3, 3)]
    """how loudly their gain speaks in Washington
    Source: judgement, .3 to 3: trade_groups.csv, voice_exporter; kind by kind in
    sim/config/groups/purchases.py"""
    elasticity: Annotated[float, In(0.1, 20, "elasticity")]
    """how far natural purchases give way to their price: extra purchases are bought the dearer, the
    less they do
    Source: derived: between origins and in all, by share of the market (trade_groups.csv); kind by
    kind in sim/config/groups/purchases.py"""
    harvest: Annotated[float, In(0, 1, "share"), Plausible(0, 1)] = 0.0
    """share of the kind that has the season of soybeans, of which October to December hold .56 of a
    year
    Source: derived: without soybeans the months of all US exports to China lie between .91 and
    1.07 of their mean, which is taken as even (trade_season.csv)"""
    boycott: Boycott


class Purchases(Group):
    """What Beijing pledges to buy beyond what it would buy anyway, by kind."""

    # natural: derived: soybeans 12.8 and other farm goods 12.3 bn USD in 2024 are 3.7 and 9.0 at
    # the truce's duties (trade_groups.csv); 12 to 25
    # extra: recalled: Phase One's Annex 6.1 promised 12.5 bn USD beyond 2017 in its first year,
    # 19.5 in its second
    # margin: derived: soybeans .30, other farm goods .17, by flow of 2024 (trade_groups.csv)
    # voice: judgement, .3 to 3: soybeans 2.0, other farm goods 1.8, by flow of 2024
    # (trade_groups.csv)
    # elasticity: derived: 8.5 of soybeans, 2.3 of other farm goods, by flow (trade_groups.csv); 3 to
    # 6
    # harvest: derived: soybeans in farm exports of 2024, 12.8 of 25.1 bn USD (trade_groups.csv)
    farm: Purchase = Purchase(
        natural=12.7, extra=12.5, margin=0.24, voice=1.9, elasticity=4.1, harvest=0.51,
        boycott=Boycott(flow=3.7, margin=0.3, voice=2.0, cost=0.53),
    )  # fmt: skip
    """farm goods: soybeans, meat, grain, cotton"""
    # natural: derived: 14.7 bn USD in 2024 are 6.8 at the truce's duties (trade_groups.csv); 5 to
    # 15
    # extra: recalled: Phase One's Annex 6.1 promised 18.5 bn USD beyond 2017 in its first year,
    # 33.9 in its second
    # margin: judgement, .06 to .15: fuels are sold elsewhere (trade_groups.csv)
    energy: Purchase = Purchase(
        natural=6.8, extra=18.5, margin=0.08, voice=1.0, elasticity=5.9,
        boycott=Boycott(flow=6.8, margin=0.08, voice=1.0, cost=0.42),
    )  # fmt: skip
    """energy: liquefied gas, crude oil, coal"""
    # natural: derived: machinery, electrical goods, medicines, chips, cars, aircraft, instruments
    # and metals of 71 bn USD in 2024 are 64 at the truce's duties (trade_groups.csv); 55 to 75
    # extra: recalled: Phase One's Annex 6.1 promised 32.9 bn USD beyond 2017 in its first year,
    # 44.8 in its second
    # margin: derived: .17, of chips and aircraft .22, by flow (trade_groups.csv)
    # voice: judgement, .3 to 3: .8 to 1.5, by flow (trade_groups.csv)
    # elasticity: derived: 1.0 of medicines to 2.6 of electrical goods, by flow (trade_groups.csv)
    goods: Purchase = Purchase(
        natural=64.0, extra=32.9, margin=0.19, voice=1.1, elasticity=1.7,
        boycott=Boycott(flow=11.1, margin=0.22, voice=1.5, cost=2.6),
    )  # fmt: skip
    """manufactures: aircraft, machinery, chips, cars, medicines"""
    demand_spread: Annotated[
        float, In(0, 1, "sd of log per year"), Plausible(0.05, 0.2), Label("spread of demand")
    ] = 0.1
    """how far what is bought wanders in a year, whatever is promised
    Source: judgement, .05 to .2: the log of all US exports to China moved with a standard deviation
    of .07 a year in 2011-2017 (US Census Bureau c5700, recalled); one kind of goods wanders more"""
