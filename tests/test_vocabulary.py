"""The vocabulary: names unique, codes in order, references between lists real, and settings that
offer the same names.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim import vocabulary
from sim.config.fields import setting_of
from sim.config.scenario import Scenario
from sim.rules import codes
from sim.rules.events import DEAL_MADE, DRIFTED, FAILED, MEASURE, PROTESTED, THREATENED
from sim.vocabulary import (
    DRIVERS,
    EVENT_KINDS,
    EVENTS,
    GOODS,
    GRADES,
    OUTCOMES,
    SIDES,
    TRACKS,
    Terms,
    good_used_by,
    happened,
)

LISTS = [terms for terms in vars(vocabulary).values() if isinstance(terms, Terms)]


@pytest.mark.parametrize("terms", LISTS, ids=lambda terms: terms.names[0])
def test_codes_are_places_and_every_term_has_a_label(terms: Terms) -> None:
    assert [terms[name].code for name in terms] == list(range(len(terms)))
    assert all(term.label for term in terms.values())


def test_a_list_of_terms_refuses_a_name_given_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        Terms(SIDES["us"], SIDES["us"])


def test_each_side_uses_the_good_that_the_other_licenses() -> None:
    assert {good_used_by(side) for side in SIDES} == set(GOODS)
    assert all({good.user, good.controller} == set(SIDES) for good in GOODS.values())


def test_drivers_name_sides_goods_and_grades() -> None:
    for driver in DRIVERS.values():
        assert driver.owner in {"", *SIDES}
        assert driver.good in {"", *GOODS} and driver.grade in {"", *GRADES}
        assert not driver.good or driver.owner == GOODS[driver.good].controller
    assert {driver.owner for driver in DRIVERS.values() if driver.tariff} == set(SIDES)


def test_events_of_a_kind_follow_one_another_in_the_order_of_sides_and_tracks() -> None:
    for kind in EVENT_KINDS.values():
        places = [EVENTS[name].code for name in kind.events]
        assert places == list(range(places[0], places[0] + len(places)))
        assert [EVENTS[name].of for name in kind.events] == list(kind.each or ("",))
    for first, kind in (
        (DRIFTED, "drift"),
        (PROTESTED, "protest"),
        (THREATENED, "threat"),
        (MEASURE, "measure"),
        (DEAL_MADE, "deal"),
        (FAILED, "ratification_failure"),
    ):
        assert EVENTS[EVENT_KINDS[kind].events[0]].code == first


def test_rules_compare_with_the_codes_of_the_vocabulary() -> None:
    assert tuple(SIDES[name].code for name in ("us", "cn")) == (codes.US, codes.CN)
    assert tuple(TRACKS[name].code for name in ("trade", "minerals")) == (
        codes.TRADE,
        codes.MINERALS,
    )
    assert (OUTCOMES["breakthrough"].code, OUTCOMES["breakdown"].code) == (
        codes.BREAKTHROUGH,
        codes.BREAKDOWN,
    )


@pytest.mark.parametrize(
    ("path", "terms"),
    [
        ("issues.ai_chips.owner", SIDES),
        ("issues.ai_chips.track", TRACKS),
        ("issues.ai_chips.driver", DRIVERS),
        ("shocks.events.us_hawks.kind", vocabulary.SHOCK_KINDS),
        ("linkage.tracks", vocabulary.TRACK_RULES),
        ("linkage.enforcement", vocabulary.ENFORCEMENT_SCOPES),
        ("truce.talks.first_speaker", vocabulary.FIRST_SPEAKERS),
        ("truce.lengths", vocabulary.LENGTH_RULES),
    ],
)
def test_settings_offer_the_names_of_the_vocabulary_in_order(path: str, terms: Terms) -> None:
    meta = setting_of(Scenario, path)
    assert meta is not None and meta.choices == terms.names


def test_events_are_found_by_name_and_by_kind() -> None:
    marks = EVENTS["measure_cn"].bit | EVENTS["lapse"].bit
    assert happened(marks, "measure_cn") and happened(marks, "measure") and happened(marks, "lapse")
    assert not happened(marks, "measure_us") and not happened(marks, "drift")
    assert happened(np.asarray([0, marks, 0]), "lapse").tolist() == [False, True, False]


def test_labels_and_colours_are_no_part_of_the_rules() -> None:
    words = vocabulary.codes_in_words()
    assert "Washington" not in words and "#0072B2" not in words
    assert "'name': 'cn', 'code': 1" in words


def test_strategies_are_offered_by_their_codes_and_then_a_transcript() -> None:
    meta = setting_of(Scenario, "us.strategy.kind")
    assert meta is not None
    assert meta.choices == (*vocabulary.STRATEGIES, vocabulary.TRANSCRIPT)


def test_a_decision_is_a_choice_or_a_worth_with_a_unit() -> None:
    for decision in vocabulary.DECISIONS.values():
        assert len(decision.choices) >= 2
        assert decision.is_worth == bool(decision.unit)
        assert decision.is_yes_no == (decision.choices == ("no", "yes") and not decision.unit)
