"""The whole scenario: every setting a run reads, by dotted name.

A :class:`Scenario` is frozen and complete; :func:`sim.config.check.build` makes one from plain data
and checks it. It contains no computation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

from sim.config.check import build, changed, differences, to_plain
from sim.config.contradictions import Rule
from sim.config.errors import SimError
from sim.config.fields import Changes, FolderName, Group, Most, Named, Rows, Text
from sim.config.groups.branch import Branch
from sim.config.groups.calendar import MOST_EVENTS, Calendar
from sim.config.groups.compliance import Compliance
from sim.config.groups.economy import Economy
from sim.config.groups.firms import Firms
from sim.config.groups.issues import DEFAULT_ISSUES, Issue
from sim.config.groups.law import Law
from sim.config.groups.licensing import Licensing
from sim.config.groups.minerals import DEFAULT_MINERALS, Mineral
from sim.config.groups.negotiators import Negotiator, Resolve
from sim.config.groups.outcomes import Outcomes
from sim.config.groups.politics import Politics
from sim.config.groups.purchases import Purchases
from sim.config.groups.shocks import Shocks
from sim.config.groups.truce import Linkage, Truce
from sim.config.rates import with_levels
from sim.config.read_tables import with_tables
from sim.config.transcript import MOST_ROWS, TranscriptRow
from sim.vocabulary import SIDES, TRANSCRIPT

__all__ = ["MOST_EVENTS", "MOST_ISSUES", "MOST_MINERALS", "Scenario"]

MOST_ISSUES = 24
MOST_MINERALS = 16
_ABOVE_SECTION_122 = "more than section 122 allows"
MOST_DAYS = 60  # on which settings change: five years of months


class Scenario(Group):
    """A scenario: who bargains over what, from which day, under which terms."""

    name: Annotated[str, FolderName()] = "london_2025"
    """name of the scenario: lower-case letters, digits, - and _"""
    title: Annotated[str, Text(80)] = "London, June 2025"
    """title in figures"""
    about: Annotated[str, Text(2000)] = ""
    """what it represents and how it differs from others"""
    calendar: Calendar = Calendar()
    issues: Annotated[Named[Issue], Most(MOST_ISSUES)] = DEFAULT_ISSUES
    """issues by name"""
    us: Negotiator = Negotiator()
    """Washington"""
    # discount_rate: recalled: China's rules of project appraisal (NDRC 2006) ask for 8 % a year,
    # for long projects less, at least 6
    # planning_weeks: derived: midway between the next five-year plan, March 2026, and the next
    # party congress, autumn 2027, 39 and 122 weeks from June 2025: 80
    cn: Negotiator = Negotiator(
        discount_rate=0.06,
        planning_weeks=78.0,
        deadline_firmness=0.2,
        resolve=Resolve(trade=18.5, minerals=7.1, semiconductors=8.7),
    )
    """Beijing (longer horizon, lower discount rate, less to gain: judgement)"""
    linkage: Linkage = Linkage()
    economy: Economy = Economy()
    law: Law = Law()
    firms: Firms = Firms()
    licensing: Licensing = Licensing()
    minerals: Annotated[Named[Mineral], Most(MOST_MINERALS)] = DEFAULT_MINERALS
    """minerals other than magnets that Beijing licenses, by name"""
    truce: Truce = Truce()
    compliance: Compliance = Compliance()
    purchases: Purchases = Purchases()
    politics: Politics = Politics()
    shocks: Shocks = Shocks()
    outcomes: Outcomes = Outcomes()
    branch: Branch = Branch()
    changes: Annotated[Named[Any], Changes(MOST_DAYS)] = Named()
    """settings that change on a day, by day and dotted name (docs/dated.md)
    Source: definition: the scenario's author"""
    transcript: Annotated[tuple[TranscriptRow, ...], Rows(TranscriptRow, MOST_ROWS)] = ()
    """answers of governments that are given: week, ask, side, decision, answer (docs/strategies.md)
    Source: definition: the scenario's author"""

    rules = (
        Rule("issues", "has", 1, "nothing to bargain over", cure="keep at least one issue"),
        Rule(
            "issues.*.driver",
            "differ",
            "constant",
            "the same issue twice: {other} has this driver already",
        ),
        *(
            Rule(
                f"outcomes.{side}_tariff",
                ">=",
                f"economy.{side}.floor_tariff",
                "no agreement could make the tariff this low: the threshold is never passed",
            )
            for side in SIDES
        ),
        Rule(
            "outcomes.weeks_in_force",
            "<=",
            "calendar.horizon_weeks",
            "longer than the run: breakthrough is ruled out",
            cure="add outcomes.weeks_in_force= with at most the weeks of the run, or give a longer calendar.horizon_weeks",
        ),
        Rule(
            "branch.week",
            "<",
            "calendar.horizon_weeks",
            "the run is over by then",
            cure="a week of the run, or a longer calendar.horizon_weeks",
        ),
        Rule(
            "shocks.events.*.start",
            ">=",
            "calendar.start",
            "a single event before the first day never happens",
            when=(("shocks.events.*.rate", "is", 0),),
            allowed="from {calendar.start} (calendar.start)",
            cure="give a later day, or a rate above 0 for an event that recurs",
        ),
        Rule(
            "shocks.events.*.start",
            "<",
            "calendar.start",
            "after the last day",
            weeks="calendar.horizon_weeks",
            allowed="before {right}, {calendar.horizon_weeks} weeks from {calendar.start}",
        ),
        Rule(
            "shocks.events.*.size",
            "<=",
            "law.section_122_most",
            _ABOVE_SECTION_122,
            when=(("shocks.events.*.kind", "is", "section_122"),),
        ),
    )

    def refused(self) -> Iterator[SimError]:
        """A side whose decisions are given, and none is; a dated rate above what the law allows."""
        most = self.law.section_122_most
        for event in self.shocks.chronology:
            if event.kind == "section_122" and event.size > most:
                yield SimError(
                    _ABOVE_SECTION_122,
                    key="shocks.chronology",
                    given=f"{event.size:g} on {event.day}",
                    allowed=f"at most {most:g} (law.section_122_most)",
                )
        named = {row.side for row in self.transcript}
        for side in SIDES:
            if getattr(self, side).strategy.kind == TRANSCRIPT and side not in named:
                yield SimError(
                    f"no answer of {SIDES[side].label} is given",
                    key=f"{side}.strategy.kind",
                    given=TRANSCRIPT,
                    cure="transcript=TABLE, with rows of this side (docs/strategies.md)",
                )

    def _repr_html_(self) -> str:
        # by name: settings know nothing of reports
        return str(import_module("sim.report.cards").scenario_card(self))

    @staticmethod
    def prepared(plain: Mapping[str, Any]) -> Mapping[str, Any]:
        """Plain data as they are checked: the rates of tariffs as levels."""
        return with_levels(plain)

    def change(self, changes: Mapping[str, object]) -> Scenario:
        """Another scenario, with some settings changed; checked.

        Parameters
        ----------
        changes
            Values by dotted name, with the signs of the command line: ``+issues.soy.benefit`` adds,
            ``~issues.ai_chips`` (with any value, such as None) removes a named item.

        Raises
        ------
        SimError
            Every unknown name, refused value and contradiction.

        Examples
        --------
        >>> Scenario().change({"truce.length_weeks": 26}).diff(Scenario())
        {'truce.length_weeks': (26, 13)}
        """
        if type(changes).__name__ == "Series":  # a row of a DataFrame
            changes = changes.to_dict()  # type: ignore[attr-defined]
        if not isinstance(changes, Mapping):
            cure = "scenario.change({'linkage.cn': 0.5})"
            given = type(changes).__name__
            raise SimError("not settings by name", key="changes", given=given, cure=cure)
        return build(Scenario, with_tables(changed(Scenario, to_plain(self), changes)))

    def diff(self, other: Scenario) -> dict[str, tuple[Any, Any]]:
        """Dotted name -> (value here, value in ``other``), for each setting that differs; None for
        none.
        """
        return differences(self, other)
