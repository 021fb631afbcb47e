"""What outcomes mean, and what the model may not be asked, for the reader of any report."""

from __future__ import annotations

from collections.abc import Iterable

from sim.config.scenario import Scenario
from sim.vocabulary import OUTCOMES

__all__ = ["LIMITS", "outcome_meanings", "thresholds"]

LIMITS = (
    "How likely anything is in the world. A share is of runs of this model under these settings; the model explores mechanisms and does not "
    "forecast.",
    "How sure the settings are. An interval says what other draws would give (where it also covers settings, the page says so); many settings "
    "are judgements, and docs/parameters.md gives each its source and its plausible range.",
    "When a deal or a break will come. An outcome is a state in a week drawn from the closing period; shocks come from outside, and what "
    "sides do to each other, threats and measures and their ends, comes on occasions that are drawn.",
    "What third countries, prices or one named firm would do. Two sides bargain, each a single actor; other countries are only an outside source, "
    "prices of the controlled goods are not modelled, firms are drawn and do not compete.",
    "More than it has been held to: docs/validation.md says which patterns of the record it meets, which it fails, and which settings were "
    "chosen by hand to meet them.",
)
"""Questions that no report answers, each with the reason (docs/model.md, *Purpose* and *Known limits*)."""


def outcome_meanings() -> dict[str, str]:
    """The four outcomes by label, as the vocabulary defines them."""
    return {outcome.label: outcome.meaning for outcome in OUTCOMES.values()}


def thresholds(scenarios: Iterable[Scenario]) -> str:
    """What a breakthrough asks for and the closing period of scenarios, in sentences."""
    asked = {scenario.outcomes: None for scenario in scenarios}
    if len(asked) != 1:
        return "The scenarios differ in their thresholds or closing periods (settings outcomes.*)."
    (own,) = asked
    past = (
        f"levels of at least {own.military_magnets:g} (military-grade magnets) and {own.ai_chips:g} (AI chips), and tariffs of at most "
        f"{100 * own.us_tariff:g} % (US) and {100 * own.cn_tariff:g} % (Chinese)"
    )
    share = f"{100 * own.nash_share:g} % of the Nash point's concession on each track"
    by_share = own.breakthrough == "substance"
    asked_for = share if by_share else past
    beside = f" The measure past_thresholds says how often {past} held." if by_share else ""
    return (
        f"Here a breakthrough asks for {own.weeks_in_force} weeks in force and {asked_for}.{beside} A run's outcome is its state in one "
        f"week, drawn at random, of the last {own.closing_weeks} weeks."
    )
