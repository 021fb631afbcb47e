"""Words of the news lead to settings that exist and to changes that compose."""

from __future__ import annotations

import pytest

import sim
from sim.config.errors import SimError
from sim.config.fields import leaves
from sim.config.glossary import find, glossary, named_by
from sim.config.params import flatten
from sim.config.scenario import Scenario

LEADS_TO = {
    "samarium": "samarium",
    "Samarium-Cobalt magnets": "samarium",
    "fast track": "green channel",
    "green lanes": "green channel",
    "Nvidia H20": "H20",
    "the entity list": "entity list",
    "rare earths": "rare earths",
    "55 %": "55 %",
    "55%": "55 %",
    "ninety days": "90 days",
    "90-day extension": "90 days",
    "general license": "general licence",
    "six months": "general licence",
    "soybean": "soybeans",
    "Supreme Court": "IEEPA",
    "dual-use metals": "gallium",
}


@pytest.mark.parametrize("asked", LEADS_TO)
def test_words_lead_to_their_entry(asked):
    assert find(asked)[0].word == LEADS_TO[asked]


@pytest.mark.parametrize("entry", glossary(), ids=lambda entry: entry.word)
def test_every_setting_exists_and_every_change_composes_and_changes_something(entry):
    known = [path for path, _, _ in leaves(Scenario())]
    assert entry.stands_for and all(named_by(name, known) for name in entry.stands_for)
    changed = sim.load(*entry.change)
    same = flatten(changed).values.tobytes() == flatten(Scenario()).values.tobytes()
    assert not same, "a change that changes nothing"


def test_no_word_is_claimed_twice():
    words = [word.lower() for entry in glossary() for word in entry.words]
    assert len(set(words)) == len(words)


def test_a_tariff_of_55_per_cent_is_the_level_that_the_glossary_says():
    (entry,) = (entry for entry in glossary() if entry.word == "55 %")
    level = float(entry.change[0].partition("=")[2])
    us = Scenario().economy.us
    assert us.ceiling_tariff - level * (us.ceiling_tariff - us.floor_tariff) == pytest.approx(
        0.55, abs=5e-4
    )


@pytest.mark.parametrize("asked", ["zebra", "", "tulips and bulbs"])
def test_what_is_no_word_is_refused(asked):
    with pytest.raises(SimError):
        find(asked)


def test_a_slip_is_told_the_nearest_word():
    with pytest.raises(SimError) as found:
        find("samarum")
    assert found.value.suggestion == "samarium"
