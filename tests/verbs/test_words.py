"""Words after a verb: its own are told from overrides, and what cannot be read is named."""

from __future__ import annotations

import pytest

from sim.config.errors import SimError
from sim.verbs.words import choices, refuse, split_words, whole


def test_own_words_flags_and_overrides_are_told_apart() -> None:
    own, rest = split_words("v", ["at=x", "--strict", "a.b=1", "~issues.soy", "+c.d=2"], ("at",), ("--strict",))
    assert own == {"at": "x", "--strict": ""}
    assert rest == ["a.b=1", "~issues.soy", "+c.d=2"]


@pytest.mark.parametrize("words", [["--loud"], ["-x"], ["alone"], ["at=1", "at=2"], ["at="]])
def test_what_cannot_be_read_is_refused(words) -> None:
    with pytest.raises(SimError):
        split_words("v", words, ("at",), ("--strict",))


@pytest.mark.parametrize("text", ["1.5", "-1", "x", "11", "\u0663", "9" * 30])
def test_a_whole_number_is_in_range_and_in_digits(text) -> None:
    with pytest.raises(SimError, match="0 to 10"):
        whole({"n": text}, "n", 5, 0, 10)


def test_a_number_left_out_has_its_default() -> None:
    assert whole({}, "n", 5, 0, 10) == 5 and whole({"n": "7"}, "n", 5, 0, 10) == 7


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
