"""The truce: its clock, its extension, what follows a lapse, and how talks reopen (docs/model.md,
*Bargaining* and *The truce*).
"""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Group, In, Label, Lever, OneOf, Plausible
from sim.vocabulary import ENFORCEMENT_SCOPES, FIRST_SPEAKERS, LENGTH_RULES, TRACK_RULES

__all__ = ["Disputes", "Escalation", "Linkage", "Reentry", "Talks", "Truce"]


class Linkage(Group):
    """The three linkages of Maggi (2016)."""

    tracks: Annotated[
        str, OneOf(TRACK_RULES), Label("tracks"), Lever("what is bargained together", 2)
    ] = "separate"
    """negotiation linkage: no quid pro quo, so that trade, Beijing's minerals and Washington's chips
    are bargained apart and no control is paid for with a control, or all that is open as one package
    Source: Maggi 2016; London kept them apart (Reuters, 15 June 2025)"""
    security_first: bool = False
    """whether controls may be settled while trade is open; else their tracks open once trade is
    settled. In a package all are one. Source: no control of arms-grade goods was lifted before a
    deal on tariffs, 2018-2020 and 2025 (truces.csv)"""
    us: Annotated[
        float,
        In(0, 2, "share"),
        Plausible(0, 0.3),
        Label("participation linkage of Washington"),
        Lever("how far Washington ties trade to magnets", 6),
    ] = 0.0
    """participation linkage of Washington: share of what it lacks of Beijing's controls,
    within their red lines, that it demands before closing trade
    Source: US refusal of a quid pro quo, June 2025 (events.csv); at 0.3 it demands on its first day
    in London the 8 bn USD/yr that Beijing demands at most"""
    cn: Annotated[
        float,
        In(0, 2, "share"),
        Plausible(0.3, 0.5),
        Label("participation linkage of Beijing"),
        Lever("how far Beijing ties trade to chips", 5),
    ] = 0.36
    """participation linkage of Beijing: share of what it lacks of Washington's controls,
    within their red lines, that it demands before closing trade
    Source: Beijing linked magnets to chips (events.csv, 15 June 2025); size is judgement"""
    enforcement: Annotated[str, OneOf(ENFORCEMENT_SCOPES), Label("enforcement scope")] = "track"
    """enforcement linkage: what a measure may be taken on, the own tariff alone, one issue of trade
    (what hurts the other most, or a boycott), or everything at once
    Source: Maggi 2016; May 2025: slow magnets were answered with design software and engines"""


class Talks(Group):
    """How often the delegations meet and who speaks first."""

    meetings_per_week: Annotated[int, In(0, 5, "meetings/week")] = 1
    """meetings in an ordinary week.
    Source: elicited: between a round in two weeks, as in January and February 2019, and a call
    every few days; one a week is the model's step"""
    sprint_weeks: Annotated[int, In(0, 26, "weeks"), Plausible(1, 4)] = 3
    """last weeks of the clock in which delegations meet more often.
    Source: derived: before 1 March 2019 delegations met on 11-15 and 19-24 February, the last
    three weeks (Reuters, 8 February 2019; parameters.csv F1)"""
    sprint_meetings: Annotated[int, In(1, 10, "meetings/week"), Plausible(2, 5)] = 3
    """meetings a week in the sprint.
    Source: derived: eleven days of talks in the last three weeks before 1 March 2019 (Reuters, 8
    February 2019; parameters.csv F1)"""
    interim_rate: Annotated[float, In(0, 1, "per week"), Plausible(0.02, 0.08)] = 0.04
    """chance a week of talks about an interim package while nothing presses; three times as much in
    the weeks before the date.
    Source: derived: two packages inside truces in 34 weeks (truces.csv) is .06 a week; .04, three
    times that in six of thirteen weeks, is talks in .08, of which most bring one"""
    protest_rate: Annotated[float, In(0, 1, "per week"), Plausible(0.6, 1)] = 0.9
    """the same after a claim of breach that stands
    Source: derived: leaders spoke 6 days after the claim of 30 May 2025, delegations met after 10
    (events.csv): within a week or two"""
    measure_rate: Annotated[float, In(0, 1, "per week"), Plausible(0.15, 0.4)] = 0.25
    """the same under measures in force.
    Source: derived: London's talks came 12 days after the controls of 28 May 2025, Geneva's five
    weeks after those of 4 April, Osaka seven after 10 May 2019 (events.csv): .14 to .58 a week"""
    threat_rate: Annotated[float, In(0, 1, "per week"), Plausible(0, 0.2)] = 0.07
    """the same under a threat alone.
    Source: derived: five of the sixteen threats of threats.csv were settled, in 77 weeks under
    them: .065 a week"""
    mediator_rate: Annotated[float, In(0, 1, "per meeting")] = 0.0
    """chance that a mediator who knows both sides' values proposes the Nash point (Nash 1950)
    Source: definition: none in the record; a benchmark to run a scenario against"""
    first_speaker: Annotated[str, OneOf(FIRST_SPEAKERS)] = "alternate"
    """who speaks first at a meeting: in turn, always one side, or drawn each time.
    Source: numerical choice: who speaks first moves no claim (docs/claims.md, `speaks_...`)"""


class Escalation(Group):
    """The ladder climbed without a truce."""

    occasion_rate: Annotated[float, In(0, 1, "per week"), Plausible(0.25, 0.9)] = 0.5
    """chance a week that a side considers another rung; it grows with the rungs it is behind
    Source: tariffs.csv: rungs of 2018-2019 came weeks to months apart, those of April 2025 in days"""
    climb_cost: Annotated[float, In(0, 200, "bn USD"), Plausible(8.16, 16.32)] = 11.9
    """what a rung costs at home, half as much more for each one climbed; being ahead costs six
    sevenths of it.
    Source: judgement, 3.5 times truce.unit: between what a threat costs and half of it"""
    behind: Annotated[float, In(0, 200, "bn USD"), Plausible(13.6, 27.2)] = 20.4
    """what it is worth to answer, for each rung that the other is ahead
    Source: judgement, 6 times truce.unit: more than a rung costs, or April 2025 is not answered"""
    notice_weeks: Annotated[float, In(0, 52, "weeks"), Plausible(1, 5)] = 2.0
    """mean weeks from the decision to a rung in force, beyond one; hawks shorten them
    Source: tariffs.csv: five weeks from the list of 3 April to 6 July 2018 at most, days in April 2025"""
    rung_depth: Annotated[
        float, In(0, 1, "share"), Plausible(0.1, 0.25), Label("depth of a rung")
    ] = 0.16
    """concession level withdrawn on each snapping issue for each rung
    Source: half the way from the lapse rates to the April 2025 peak in about three rungs"""
    rung_cap: Annotated[int, In(0, 10, "rungs"), Plausible(1, 4)] = 3
    """highest rung.
    Source: derived: April 2025 had three rungs, 34, 84 and 125 points, to the peak (tariffs.csv)"""
    rung_hawks: Annotated[float, In(0, 5, "hawk pressure"), Plausible(0, 0.4)] = 0.15
    """hawk pressure added on both sides by a rung.
    Source: judgement: less than an incident, to two of them"""


class Reentry(Group):
    """The way back: a mutually hurting stalemate (Zartman 1985)."""

    rate: Annotated[float, In(0, 1, "per week"), Plausible(0.1, 0.6)] = 0.35
    """chance a week that talks about a return are held when both sides hurt fully.
    Source: judgement: from talks in ten weeks to talks in two; returns of 2018-2025 took 6 to 26
    weeks in all (truces.csv)"""
    threshold: Annotated[float, In(0, 1000, "bn USD"), Plausible(1.36, 8.16)] = 2.72
    """accumulated loss since the break at which a side is half ready
    Source: judgement: half to three times; 2 April to 12 May 2025 took six weeks"""
    width: Annotated[float, In(0.01, 500, "bn USD"), Plausible(0.68, 4.08)] = 1.36
    """spread of that readiness (logistic scale).
    Source: judgement: half of the threshold; a quarter to one and a half of it"""
    ripe: Annotated[float, In(0.01, 500, "bn USD"), Plausible(5.44, 16.32)] = 10.2
    """accumulated loss that brings what a side must show at home down to 1/e
    Source: judgement, 3 times truce.unit: more than brings a side to talk, less than a truce is
    worth"""
    undated_share: Annotated[float, In(0, 1, "share"), Plausible(0.1, 0.6)] = 0.3
    """share of returns that set no date.
    Source: truces.csv: 3 of the 8 truces of 2018-2025"""


class Disputes(Group):
    """Threats, measures and what ends them, inside a truce."""

    occasion_rate: Annotated[float, In(0, 1, "per week"), Plausible(0.035, 0.07)] = 0.05
    """chance a week of an occasion to threaten or act: a review, a listing, a leak
    Source: fitted: to a crisis in about one of 25 weeks of dated truces (renewals.csv,
    threats.csv; docs/truces.md)"""
    grieved: Annotated[float, In(0, 10, "ratio"), Plausible(0.4, 1.2)] = 0.8
    """how much a grievance of truce.unit bn USD/yr adds to that rate (1 + grieved x grievance)
    Source: judgement: a grievance of a unit nearly doubles the occasions; half and one and a half
    of that"""
    threat_cost: Annotated[float, In(0, 300, "bn USD"), Plausible(13.6, 20.4)] = 17.0
    """what a threat or a measure costs in itself
    Source: 5 times truce.unit; judgement, tuned to the rate of crises"""
    notice_weeks: Annotated[float, In(0, 52, "weeks"), Plausible(2, 6)] = 4.0
    """mean weeks from a threat to its date, beyond one
    Source: threats.csv: notice of 2 to 124 days, median 7"""
    depth: Annotated[
        float,
        In(0, 1, "share"),
        Plausible(0.4, 0.9),
        Label("depth of a measure"),
        Lever("how much a measure takes back", 9),
    ] = 0.6
    """share of what it concedes that a side withdraws by a measure
    Source: events.csv: May 2025, licences for design software and engine parts stopped; judgement"""
    late_gain: Annotated[float, In(0, 1, "share"), Plausible(0.3, 0.6)] = 0.48
    """share of what it asks for that a side expects of a measure in force
    Source: parameters.csv (TIES): targets give in or settle in .56 of threats; after imposition fewer"""
    bite_years: Annotated[float, In(0.01, 5, "years"), Plausible(0.2, 0.8)] = 0.4
    """how long a measure bites.
    Source: elicited: between the five weeks of the controls of May to July 2025 (events.csv) and
    the 20 months of an imposed trade sanction (TIES median; parameters.csv E2); their geometric
    mean is .4"""
    dread: Annotated[float, In(0, 1, "share"), Plausible(0.04, 0.15)] = 0.08
    """share of what the truce is worth that a side sees at risk in a crisis.
    Source: judgement: a crisis breaks a truce in about one case of ten (docs/truces.md,
    *Measured*), half to twice"""
    own_cost: Annotated[float, In(0, 2, "ratio"), Plausible(0.2, 0.6)] = 0.35
    """what a measure costs its own side, as a share of the other's harm; a boycott costs what its
    group says (purchases.<kind>.boycott)
    Source: judgement until tariffs cost their importer by group"""
    measure_spread: Annotated[float, In(0.01, 500, "bn USD/yr"), Plausible(3, 20)] = 8.0
    """how far what a side takes a measure on departs from the most harm for its own cost (logistic
    scale)
    Source: judgement: of Beijing's measures of 2025 those of March were on farm goods, those of April on
    minerals and all goods (events.csv); at most the noise of its other decisions, truce.temperature over
    bite_years"""
    reconsider: Annotated[float, In(0, 1, "per week"), Plausible(0.15, 0.4)] = 0.25
    """chance a week that a cabinet reconsiders its measure.
    Source: derived: the controls of 23 and 28 May 2025 stood for five to six weeks, the threat to
    student visas for two (events.csv): .17 to .5 a week"""
    rest_weeks: Annotated[int, In(1, 52, "weeks"), Plausible(4, 10)] = 6
    """weeks after which a measure that was borne may become the new normal.
    Source: judgement: longer than the five weeks in which the controls of May 2025 were bargained
    away (events.csv), shorter than a clock"""
    claim_cost: Annotated[float, In(0, 100, "bn USD"), Plausible(8, 16)] = 12.0
    """what a claim of breach costs
    Source: fitted: 3.5 times truce.unit, so that a Geneva without licences is claimed within six
    weeks, as on 30 May 2025 (docs/licences.md)"""
    ask_share: Annotated[float, In(0, 1, "share"), Plausible(0.1, 0.3)] = 0.2
    """share of what a side lacks on trade that it asks for with a threat, where both can hurt alike
    Source: judgement: a part of it; demands of 2018-2025 named a list or a control each
    (threats.csv)"""


class Truce(Group):
    """The truce in force, its date, how it is prolonged, what breaks it."""

    in_force: bool = True
    """whether a truce is in force on the first day. Source: London framework, 10 June 2025"""
    length_weeks: Annotated[
        int,
        In(1, 156, "weeks"),
        Label("truce length"),
        Lever("usual length of a truce", 7, slider=(4, 52)),
    ] = 13
    """usual length: of the first truce where it has no first deadline, and of each later one where
    lengths are fixed; where they are bargained, a third of it, as much, twice, four and eight times
    are on offer
    Source: Geneva and Stockholm 2025: 90 days (truces.csv); slider: from a month, the shortest
    dated truce there (N01, N03), to a year, as one renewal in six (renewals.csv)"""
    lengths: Annotated[str, OneOf(LENGTH_RULES), Label("lengths of renewals")] = "bargained"
    """whether each renewal and return bargains its length (with length_weeks of 13: 30, 90, 180, 365
    or 730 days) or takes length_weeks
    Source: renewals.csv: the next length is longer, equal and shorter about equally often"""
    dated: bool = True
    """whether the truce of the first day has a date. Source: Geneva, 12 May 2025: 90 days"""
    first_deadline_weeks: Annotated[
        int, In(0, 156, "weeks"), Lever("weeks to the first deadline", 17, slider=(0, 26))
    ] = 9
    """weeks from the first day to the deadline then running; 0 starts a full clock
    Source: 11 June to 12 August 2025 (truces.csv T08); slider: up to twice a truce of 90 days"""
    window_weeks: Annotated[int, In(0, 26, "weeks"), Plausible(3, 9)] = 6
    """weeks before the deadline in which a renewal may be agreed
    Source: derived: of 29 renewals with a day 22 came in the last week, the earliest 26 days
    before the date (renewals.csv A16), so that six weeks hold all"""
    unit: Annotated[float, In(0.01, 100, "bn USD"), Plausible(2.72, 4.08)] = 3.4
    """the size of decisions, of which the other bn USD of decisions are multiples
    Source: fitted: the size at which as many truces break in two years as should, .15 to .45
    (docs/truces.md, *Measured*; renewals.csv); the worth of London's truce, sqrt(stake x stake)
    times the years it is reckoned with, 0.85, is eight units on the first day"""
    temperature: Annotated[float, In(0.05, 100, "bn USD"), Plausible(10.88, 16.32)] = 13.6
    """noise in every decision of a government (logistic scale)
    Source: judgement, 4 times truce.unit: of two options that differ by two units the better is
    taken in six cases of ten, by twelve units in nineteen of twenty; a fifth either side"""
    extension_cost: Annotated[
        float,
        In(0, 200, "bn USD"),
        Plausible(2.72, 5.71),
        Label("extension cost"),
        Lever("price of extending the truce", 1),
    ] = 4.08
    """what extending instead of settling costs at home, once; more for a short extension
    Source: 1.2 times truce.unit; judgement; trade promises carry a small cost (Chaudoin 2014)"""
    extension_cost_growth: Annotated[
        float,
        In(0, 5, "share per extension"),
        Plausible(0.1, 0.4),
        Lever("how much that price rises each time", 10),
    ] = 0.3
    """growth of that cost with each extension already made
    Source: judgement; an empty deadline embarrasses more each time (Tomz 2007)"""
    max_extensions: Annotated[
        int, In(0, 100, "extensions"), Lever("cap on extensions", 22, slider=(0, 20))
    ] = 100
    """cap on the number of extensions; once it is reached the truce ends at its date
    Source: definition: none; no arrangement of renewals.csv had a cap; slider: two years of
    renewals by five weeks"""
    hazard: Annotated[float, In(0, 52, "per year"), Plausible(6.8, 8.2)] = 7.5
    """rate at which a side that does not trust the other reckons with the truce's end
    Source: renewals.csv: undated truces broke in 3 of 16 open weeks, dated ones in 0 of 34, pooled .023
    (sd .019) a week; hazard (1 - trust) is 1.1 a year, .022 a week, on London's first day"""
    hold_out: Annotated[float, In(0, 1, "share"), Plausible(0.15, 0.6)] = 0.35
    """share of what it asks for that a side hopes to win by waiting until the date
    Source: judgement, tuned to renewals in the last week (renewals.csv)"""
    haste: Annotated[float, In(0, 10, "ratio"), Plausible(0.6, 2)] = 1.2
    """what renewing before the date costs beside, in units of the noise
    Source: fitted: to renewals in the week of the date, 22 of 29 (renewals.csv; docs/truces.md,
    *Measured*)"""
    lock: Annotated[float, In(0, 5, "share"), Plausible(1, 2.2)] = 1.6
    """how much a side minds a long renewal for what it still lacks
    Source: fitted: to the lengths of renewals.csv: up to 45 days .22, to 135 .44, to 270 .15"""
    blame: Annotated[float, In(0, 100, "bn USD"), Plausible(2.72, 7.48)] = 5.1
    """what it costs to be the one who ends a truce or asks for more
    Source: judgement, 1.5 times truce.unit: less than to back down, more than to do nothing"""
    limbo_rate: Annotated[float, In(0, 1, "per week"), Plausible(0.2, 0.7)] = 0.4
    """chance a week, after a date has passed, that a side puts the end of the truce to the vote
    Source: derived: of eight dates that passed without a renewal six ended within three days, two
    went on for one and seven weeks (renewals.csv): .57 a week; two sides at .4 put it to the vote
    in .64 of weeks"""
    limbo: Annotated[float, In(0, 100, "bn USD"), Plausible(6.8, 13.6)] = 10.2
    """what ending a truce past its date saves of blame
    Source: judgement, 3 times truce.unit: twice the blame of ending a truce before its date, so
    that a date that has passed frees"""
    interim_share: Annotated[float, In(0, 2, "share"), Plausible(0.2, 0.6)] = 0.3
    """share of the price of settling that an interim package must show at home
    Source: fitted: set once so that an interim package with magnets follows Geneva in half of runs, as on
    10 June 2025 (docs/truces.md)"""
    deal_weeks: Annotated[int, In(4, 520, "weeks"), Plausible(52, 156)] = 104
    """length of a trade deal. Source: Phase One: two years of purchases, 2020 and 2021"""
    talks: Talks = Talks()
    disputes: Disputes = Disputes()
    escalation: Escalation = Escalation()
    reentry: Reentry = Reentry()
