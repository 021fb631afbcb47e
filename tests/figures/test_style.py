"""sim.figures.style: colours that differ to every eye, and words for numbers."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from sim.batch import Figures
from sim.figures.labels import between, percent, share_words, unit_of
from sim.figures.style import COLOURS, HATCHES, fit_text
from sim.vocabulary import OUTCOMES

_OKABE_ITO = {
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
}
# Machado, Oliveira, Fernandes 2009, full severity, on linear RGB
_EYES = {
    "normal": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}


def test_colours_are_okabe_and_ito_and_each_stands_for_one_concept():
    assert set(COLOURS.values()) == _OKABE_ITO
    assert len(set(COLOURS.values())) == len(COLOURS)


@pytest.mark.parametrize("eye", _EYES)
def test_colours_stay_apart_to_the_colour_blind(eye):
    linear = {name: np.asarray(to_rgb(colour)) ** 2.2 for name, colour in COLOURS.items()}
    seen = {
        name: np.clip(np.asarray(_EYES[eye]) @ rgb, 0, 1) ** (1 / 2.2)
        for name, rgb in linear.items()
    }
    for one, two in itertools.combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[two]) > 0.14, (one, two)


def test_outcomes_are_told_apart_without_colour():
    assert len({HATCHES[name] for name in OUTCOMES}) == len(OUTCOMES)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.6, "60"),
        (0.0, "0"),
        (1.0, "100"),
        (0.004, "0.4"),
        (0.9995, "100"),
        (0.996, "99.6"),
        (0.0001, "<0.1"),
        (1e-18, "0"),
    ],
)
def test_shares_are_whole_but_for_the_small(share, words):
    assert percent(share) == f"{words}\u00a0%"


def test_words_for_intervals_and_for_nothing():
    assert between(0.53, 0.67) == "53\u201367\u00a0%"
    assert percent(math.nan) == "no value"
    assert share_words({"breakdown": 0.1, "narrow_deal": 0.9}).startswith("narrow deal 90")


def test_labels_take_their_unit_from_the_notes():
    notes = {
        "tariff.us": {"label": "tariff (US)", "unit": "ad valorem"},
        "linkage.cn": {"label": "linkage", "unit": "share"},
    }
    assert unit_of(notes, "tariff.us", "tariff") == "Tariff (% ad valorem)"
    assert unit_of(notes, "linkage.cn", raw=True) == "Linkage (share)"
    assert unit_of(notes, "linkage.cn") == "Linkage (%)"


def test_text_is_never_larger_than_the_width_has_room_for():
    assert fit_text(Figures(width=4.0, text_size=40.0)).text_size == pytest.approx(5.6)
    assert fit_text(None) == Figures()


def test_a_title_after_a_question_opens_with_a_capital():
    from sim.figures.style import Caption

    asked, named = (Caption(title, "london_2025", 1, 1) for title in ("Which?", "London"))
    assert asked.opens("narrow deal leads") == "Which? Narrow deal leads"
    assert named.opens("narrow deal leads") == "London: narrow deal leads"
