"""Overrides: read with Hydra's grammar, checked before Hydra composes anything."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config.errors import SimError
from sim.config.overrides import Override, hydra_arguments, read_overrides
from sim.jobs import ALIASES, NAMES


def _read(texts: list[str], *, multirun: bool = False) -> list[Override]:
    return read_overrides(texts, NAMES, multirun=multirun)


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_is_the_setting_it_stands_for(alias):
    (override,) = _read([f"{alias}=5"])
    assert override.key == ALIASES[alias]


def test_text_settings_keep_what_was_typed():
    assert _read(["name=007"])[0].value == "007"
    assert _read(["title='a, b; c'"])[0].value == "a, b; c"


@pytest.mark.parametrize("value", ["/srv/josé/a b", "it's", "a=b", "50 %", "C:/x", "(1)"])
def test_text_and_paths_need_no_quotes_of_hydras(value):
    for key in ("out", "file", "title"):
        assert _read([f"{key}={value}"])[0].value == value


def test_a_forced_setting_is_a_setting():
    (override,) = _read(["++truce.length_weeks=5"])
    assert (override.kind, override.value) == ("set", 5)


def test_several_values_are_kept_in_order_for_a_multirun():
    (override,) = _read(["linkage.cn=0.5,0,1"], multirun=True)
    assert override.values == (0.5, 0, 1)
    (override,) = _read(["seed=range(1,4)"], multirun=True)
    assert override.values == (1, 2, 3)


def test_hydra_gets_full_names():
    written = hydra_arguments(
        ["scenario=london,geneva", "seed=1,2", "~issues.ai_chips", "hydra/launcher=joblib"], NAMES
    )
    assert written == [
        "scenario=london_2025,geneva_2025",
        "++run.seed=1,2",
        "~issues.ai_chips",
        "hydra/launcher=joblib",
    ]


def test_groups_are_the_folders_of_the_tree():
    assert "london_2025" in NAMES.groups["scenario"] and "default" in NAMES.groups["us/strategy"]


_PIECES = st.sampled_from(
    [
        *list(NAMES.known)[:60],
        "+",
        "~",
        "++",
        "=",
        "[",
        "]",
        "{",
        "}",
        ",",
        "$",
        "'",
        '"',
        ":",
        "@",
        " ",
        "_target_",
        "1",
        "é",
    ]
)


@given(st.lists(_PIECES, min_size=1, max_size=6).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_text_is_an_override_or_an_error_of_ours(text):
    try:
        _read([text], multirun=True)
    except SimError as error:
        assert error.exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"), [("us.strategy=hardliner", "us/strategy=hardliner"), ("truce=x.y", "truce")]
)
def test_a_group_given_as_a_setting_is_told_its_group(text, said):
    import sim
    from sim.config.errors import SimError

    with pytest.raises(SimError) as refused:
        sim.load(text)
    assert said in str(refused.value)


def test_every_fault_of_a_command_line_is_said_at_once():
    with pytest.raises(SimError) as caught:
        _read(["truce.lenght_weeks=3", "linkage.cn=0.1", "scenario=londn", "seed=[1"])
    said = str(caught.value)
    assert [error.key for error in (caught.value, *caught.value.others)] == [
        "truce.lenght_weeks",
        "scenario",
        "run.seed",
    ]
    assert "truce.length_weeks" in said and "london_2025" in said
