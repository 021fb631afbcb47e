"""Values of a verb's own words: what cannot be read is named."""

from __future__ import annotations

import pytest

from sim.config.errors import SimError
from sim.verbs.options import choices, integer, refuse


@pytest.mark.parametrize("text", ["1.5", "-1", "x", "11", "\u0663", "9" * 30])
def test_a_whole_number_is_in_range_and_in_digits(text) -> None:
    with pytest.raises(SimError, match="between 0 and 10"):
        integer({"n": text}, "n", 5, 0, 10)


def test_a_number_left_out_has_its_default() -> None:
    assert integer({}, "n", 5, 0, 10) == 5 and integer({"n": "7"}, "n", 5, 0, 10) == 7


@pytest.mark.parametrize("text", ["a,b,a", "a,c", "a,,b"])
def test_choices_are_known_and_stand_once(text) -> None:
    with pytest.raises(SimError):
        choices({"k": text}, "k", ("a",), ("a", "b"))
    assert choices({"k": "b,a"}, "k", ("a",), ("a", "b")) == ("b", "a")
    assert choices({}, "k", ("a",), ("a", "b")) == ("a",)


@pytest.mark.parametrize("text", ["a.b=1", "+a.b=1", "~a.b"])
def test_settings_without_meaning_are_refused(text) -> None:
    with pytest.raises(SimError, match="not for v"):
        refuse("v", [text], ("a.b",))
    refuse("v", [text], ("c",))
