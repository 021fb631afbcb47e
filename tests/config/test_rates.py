"""A tariff may be written as a rate where a level stands, at every door."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.cli import main
from sim.config.errors import SimError
from sim.config.rates import level_of

LEVEL = (1.241 - 0.55) / (1.241 - 0.208)


@pytest.mark.parametrize("said", ["55 %", "55%", " 55.0 % "])
def test_a_rate_is_the_level_that_gives_it(said):
    changed = sim.load().change({"issues.us_tariff.terms": said})
    assert changed.issues["us_tariff"].terms == pytest.approx(LEVEL, abs=1e-12)


def test_every_door_takes_it(tmp_path, capsys):
    path = tmp_path / "own.yaml"
    path.write_text("base: london_2025\nissues: {us_tariff: {terms: 55 %}}\n")
    for scenario in (
        sim.load(file=path),
        sim.load("issues.us_tariff.terms='55 %'"),
        sim.load("issues.us_tariff.terms=55%"),
    ):
        assert scenario.issues["us_tariff"].terms == pytest.approx(LEVEL, abs=1e-12)
    words = ["run", "issues.us_tariff.terms=55 %", "--cfg", "scenario"]
    assert main(words) == 0
    assert "terms: 0.66" in capsys.readouterr().out


def test_the_ceiling_of_the_scenario_counts():
    changed = sim.load("economy.us.ceiling_tariff=1.0", "issues.us_tariff.terms='55 %'")
    assert changed.issues["us_tariff"].terms == pytest.approx((1.0 - 0.55) / (1.0 - 0.208))


@given(st.floats(0.208, 1.241))
def test_floor_and_ceiling_are_one_and_nought(rate):
    level = level_of(rate, 1.241, 0.208)
    assert -1e-12 <= level <= 1 + 1e-12
    assert 1.241 - level * (1.241 - 0.208) == pytest.approx(rate)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"issues.us_tariff.terms": "150 %"}, "20.8 % .* 124.1 %"),
        ({"issues.us_tariff.terms": "5 %"}, "20.8 %"),
        ({"issues.us_tariff.terms": 55}, "level 0.669"),
        ({"issues.cn_tariff.in_force": 33}, "33 %"),
        ({"issues.civil_magnets.terms": "55 %"}, "fraction"),
        ({"linkage.cn": "55 %"}, "fraction"),
        ({"economy.us.floor_tariff": "55 %"}, "fraction"),
        ({"issues.us_tariff.benefit": "55 %"}, "fraction"),
    ],
)
def test_elsewhere_and_beyond_the_ends_it_is_refused(change, words):
    with pytest.raises(SimError, match=words):
        sim.load().change(change)
