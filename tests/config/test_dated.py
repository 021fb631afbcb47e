"""What a scenario dates: names, checks, forms of a file and a command line, and the list of settings
that cannot change on a day, held to what the rules read.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.config.check import build, to_plain
from sim.config.compose import read_scenario, write_scenario
from sim.config.dated import FIXED, fixed_because
from sim.config.errors import SimError
from sim.config.fields import leaves, setting_of
from sim.config.params import Records, dated_dtype, flatten, place, script_dtype, spot
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.vocabulary import DATED
from tests.test_parameters import WORLDS, others

DAY = "2025-12-01"
RUNS, WEEK = 24, 6
NUMERIC = ("number", "count", "flag", "choice")
PATHS = [path for path, meta, _ in leaves(WORLDS["events"]) if meta.kind in NUMERIC]
# what the reason says is that no rule reads it later
READ_ONCE = [
    path
    for path in PATHS
    if (fixed := fixed_because(path)) is not None
    and any(word in fixed.why for word in ("first day", "drawn once", "first truce"))
    and not path.endswith((".firms", "other_share"))
]
MOVABLE = [path for path in PATHS if fixed_because(path) is None]


def _run(settings: Records) -> bytes:
    return simulate(settings, np.zeros(RUNS, np.int64), np.arange(RUNS), 1)[0].tobytes()


@cache
def _usual(world: str) -> bytes:
    return _run(flatten(WORLDS[world]).records)


def changed_later(scenario: Scenario, path: str, value: object) -> Records:
    """A scenario in which a setting becomes ``value`` in week 6, whatever the checks say."""
    where = place(scenario, path)
    assert where is not None
    meta = setting_of(Scenario, path)
    assert meta is not None
    code = meta.choices.index(str(value)) if meta.kind == "choice" else value
    offset, form = spot(where)
    row, values = np.zeros(1, dated_dtype()), flatten(scenario).values
    row["week"], row["kind"], row["place"] = WEEK, DATED["setting"].code, offset // 8
    row["bits"] = np.array([code], form).view("i8")
    values["dated"]["end"] = 1
    return Records(values, row, np.zeros(0, script_dtype()))


def moves(path: str, worlds: tuple[str, ...] = tuple(WORLDS)) -> bool:
    """Whether a setting that changes in week 6 moves any measure in any of these worlds."""
    for world in worlds:
        scenario = WORLDS[world]
        value = {name: value for name, _, value in leaves(scenario)}.get(path)
        meta = setting_of(Scenario, path)
        if value is None or meta is None:
            continue
        for other in others(meta, value):
            if _run(changed_later(scenario, path, other)) != _usual(world):
                return True
    return False


@pytest.mark.nightly
@pytest.mark.parametrize("path", MOVABLE)
def test_a_setting_that_may_change_on_a_day_moves_something_from_then_on(path: str) -> None:
    assert moves(path), f"{path} moves nothing after the first day: list it in FIXED"


@pytest.mark.nightly
@pytest.mark.parametrize("path", READ_ONCE)
def test_a_setting_of_the_first_day_moves_nothing_later(path: str) -> None:
    assert not moves(path), f"{path} is read after the first day: take it off FIXED"


@pytest.mark.parametrize("path", MOVABLE[:: len(MOVABLE) // 8])
def test_some_settings_that_may_change_move_something(path: str) -> None:
    assert moves(path)


@pytest.mark.parametrize("path", READ_ONCE[:: len(READ_ONCE) // 4])
def test_some_settings_of_the_first_day_move_nothing_later(path: str) -> None:
    assert not moves(path, ("london",))


@pytest.mark.parametrize("fixed", FIXED, ids=lambda fixed: fixed.names)
def test_every_fixed_setting_is_one_and_is_refused_with_its_reason(fixed) -> None:
    found = {
        path: value
        for path, meta, value in leaves(WORLDS["events"])
        if fixed_because(path) is fixed and meta.kind in NUMERIC
    }
    assert found, "no setting of this name"
    path, value = next(iter(found.items()))
    with pytest.raises(SimError) as caught:
        WORLDS["events"].change({f"changes.{DAY}.{path}": value})
    assert fixed.why in caught.value.message and fixed.cure in caught.value.message


def test_all_forms_say_the_same(tmp_path) -> None:
    wanted = {"2025-12-01": {"licensing.magnets.term_weeks": 52, "linkage.cn": 0.5}}
    file = tmp_path / "mine.yaml"
    forms = [
        "base: london\nchanges:\n  2025-12-01: {licensing.magnets.term_weeks: 52, linkage.cn: 0.5}\n",
        "from: london_2025\nchanges: {2025-12-01: {licensing: {magnets: {term_weeks: 52}}, linkage: {cn: 0.5}}}\n",
        "changes:\n  2025-12-01:\n    linkage.cn: 0.5\n    licensing.magnets.term_weeks: 52\n",
        '{"changes": {"2025-12-01": {"linkage.cn": 0.5, "licensing.magnets.term_weeks": 52}}}',
    ]
    made = []
    for text in forms:
        file.write_text(text)
        made.append(read_scenario(file))
    made.append(
        sim.load(f"changes.{DAY}.linkage.cn=0.5", f"changes.{DAY}.licensing.magnets.term_weeks=52")
    )
    made.append(
        sim.load("changes={2025-12-01: {licensing.magnets.term_weeks: 52, linkage.cn: 0.5}}")
    )
    made.append(Scenario().change({"changes": wanted}))
    made.append(Scenario().change({f"changes.{DAY}": wanted[DAY]}))
    assert all(one.changes == made[0].changes for one in made)
    assert {day: dict(own) for day, own in made[0].changes.items()} == wanted


def test_a_written_scenario_is_read_back(tmp_path) -> None:
    scenario = Scenario().change(
        {
            f"changes.{DAY}.linkage.cn": 0.5,
            "shocks.chronology": [
                "2025-07-01 hawk us 0.3 a note: with, signs",
                "2025-06-01 goodwill cn 1",
            ],
            "economy.tariff_path": ["2025-06-01 0.3 0.2", "2026-01-01 0.4 0.2 later"],
        }
    )
    write_scenario(scenario, tmp_path / "s.yaml")
    again = read_scenario(tmp_path / "s.yaml")
    assert again == scenario and hash(again) == hash(scenario)
    assert again.shocks.chronology[1].note == "a note: with, signs"
    assert build(Scenario, to_plain(scenario)) == scenario


def test_changes_are_taken_back_by_day_and_by_setting() -> None:
    scenario = sim.load(f"changes.{DAY}={{linkage.cn: 0.5, linkage.us: 0.5}}")
    assert dict(scenario.change({f"~changes.{DAY}.linkage.us": None}).changes[DAY]) == {
        "linkage.cn": 0.5
    }
    assert scenario.change({f"~changes.{DAY}": None}) == sim.load()
    with pytest.raises(SimError, match="nothing changes on this day"):
        Scenario().change({f"~changes.{DAY}": None})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("2025-06-11.linkage.cn", 0.5, "not after the first day"),
        ("2025-05-01.linkage.cn", 0.5, "after 2025-06-11"),
        ("2027-06-09.linkage.cn", 0.5, "after the last day"),
        ("2025-13-01.linkage.cn", 0.5, "no such day"),
        ("soon.linkage.cn", 0.5, "not a date"),
        (f"{DAY}.linkage.cn", 50, "out of bounds"),
        (f"{DAY}.linkage.cm", 0.5, f"did you mean: changes.{DAY}.linkage.cn"),
        (f"{DAY}.title", "x", "numbers, choices and flags"),
        (f"{DAY}.shocks.events.us_hawks.start", "2026-01-01", "numbers, choices and flags"),
        (f"{DAY}.issues.soy.benefit", 3, "no such setting here"),
        (f"{DAY}.economy.us.ceiling_tariff", 0.1, f"in force from {DAY}"),
        (f"{DAY}.issues.us_tariff.lapse", 0.9, f"in force from {DAY}"),
        (f"{DAY}.changes.{DAY}.linkage.cn", 0.5, "no such setting"),
    ],
)  # fmt: skip
def test_what_is_refused_says_where_and_why(name: str, value: object, words: str) -> None:
    with pytest.raises(SimError) as caught:
        Scenario().change({f"changes.{name}": value})
    assert words in caught.value.message


def test_rules_hold_of_what_is_in_force_and_not_of_what_was() -> None:
    both = {"economy.us.floor_tariff": 0.05, "economy.us.ceiling_tariff": 0.1}
    later = {
        "2025-12-01": {"economy.us.floor_tariff": 0.05},
        "2026-02-02": {"economy.us.ceiling_tariff": 0.1},
    }
    assert Scenario().change({f"changes.{DAY}": both})
    assert Scenario().change({"changes": later})
    with pytest.raises(SimError, match="not below the ceiling"):
        Scenario().change(
            {"changes": {"2025-12-01": later["2026-02-02"], "2026-02-02": later["2025-12-01"]}}
        )


TWICE = {  # London begins on a Wednesday, 11 June: a week runs from Wednesday to Tuesday
    "the next day": ("2025-12-03", "2025-12-04", True),
    "the ends of a week": ("2025-12-03", "2025-12-09", True),
    "two weeks": ("2025-12-02", "2025-12-03", False),
    "the first week": ("2025-06-12", "2025-06-17", True),
}


@pytest.mark.parametrize("name", TWICE)
@pytest.mark.parametrize("path", ["linkage.cn", "us.strategy.kind", "issues.ai_chips.benefit"])
def test_two_changes_of_a_setting_in_one_week_are_refused(name, path) -> None:
    day, other, refused = TWICE[name]
    values = ("micro", "hardliner") if path.endswith("kind") else (0.3, 0.6)
    changes = {f"changes.{one}.{path}": v for one, v in zip((other, day), values, strict=True)}
    if not refused:
        assert len(Scenario().change(changes).changes) == 2
        return
    with pytest.raises(SimError, match=f"changes again in the week in which changes.{day}") as got:
        Scenario().change(changes)
    assert got.value.key == f"changes.{other}.{path}" and got.value.cure


def test_two_settings_may_change_in_one_week_and_a_start_that_joins_two_days_is_refused() -> None:
    Scenario().change({"changes.2025-12-03.linkage.cn": 0.3, "changes.2025-12-04.linkage.us": 0.3})
    apart = Scenario().change(
        {"changes.2025-12-02.linkage.cn": 0.3, "changes.2025-12-03.linkage.cn": 0.6}
    )
    with pytest.raises(SimError, match="in the week"):
        apart.change({"calendar.start": "2025-06-10"})


NO_SETTING = {
    "changes.2025-12-01.linkage.c": "changes.2025-12-01.linkage.cn",
    "changes.2025-12-01.truce.lenght_weeks": "changes.2025-12-01.truce.length_weeks",
    "changes.2025-12-01.us.strategy.kin": "changes.2025-12-01.us.strategy.kind",
    "chages.2025-12-01.linkage.cn": "changes.2025-12-01.linkage.cn",
    "from.2026-02-02.linkage.cn": "changes.2026-02-02.linkage.cn",
}


@pytest.mark.parametrize("name", NO_SETTING)
def test_the_nearest_name_of_a_change_is_said_whole(name, tmp_path) -> None:
    with pytest.raises(SimError) as found:
        sim.load(f"{name}=1")
    assert found.value.suggestion == NO_SETTING[name]
    head, day, *path = name.split(".")
    if head == "changes":
        (tmp_path / "mine.yaml").write_text(f"changes: {{{day}: {{{'.'.join(path)}: 1}}}}\n")
        with pytest.raises(SimError) as found:
            read_scenario(tmp_path / "mine.yaml")
        assert found.value.suggestion == NO_SETTING[name]


CURES = {
    "changes.2025-12-01.us/strategy=hardliner": "changes.2025-12-01.us.strategy.kind=VALUE",
    "changes.2025-12-01.licensing=strict": "name each",
    "changes.2025-12-01.deadline=2026-01-01": "truce.length_weeks may change",
    "changes.2025-12-01.issues.ai_chip.benefit=5": "changes.2025-12-01.issues.ai_chips.benefit",
    "~changes.2025-12-01": "nothing changes on any day",
}


@pytest.mark.parametrize("word", CURES)
def test_what_cannot_be_changed_so_is_refused_with_what_to_write(word) -> None:
    with pytest.raises(SimError) as found:
        sim.load(word)
    assert CURES[word] in str(found.value.cure)


def test_no_day_is_shown_as_the_parser_has_it() -> None:
    with pytest.raises(SimError) as found:
        sim.load("changes.2025-12-01.linkage.cn=a b:c;d")
    assert "d2025" not in str(found.value)


@pytest.mark.parametrize("word", ["at", "on", "regimes", "dated"])
def test_other_words_lead_to_changes(tmp_path, word: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"base: london\n{word}: {{2025-12-01: {{linkage.cn: 0.5}}}}\n")
    for say in (lambda: read_scenario(file), lambda: sim.load(f"{word}.2025-12-01.linkage.cn=0.5")):
        with pytest.raises(SimError) as caught:
            say()
        assert str(caught.value.suggestion).startswith("changes")


def test_the_page_lists_every_setting_that_cannot_change() -> None:
    page = (Path(__file__).parents[2] / "docs" / "dated.md").read_text(encoding="utf-8")
    table = set(
        re.findall(
            r"`([\w.*]+)`", page[page.index("| settings | why |") : page.index("## A chronology")]
        )
    )
    assert table == {fixed.names for fixed in FIXED}


def test_a_rate_stands_for_the_level_that_gives_it_on_its_day() -> None:
    usual = sim.load(f"changes.{DAY}.issues.us_tariff.lapse='60 %'")
    economy = usual.economy.us
    wanted = (economy.ceiling_tariff - 0.6) / (economy.ceiling_tariff - economy.floor_tariff)
    assert usual.changes[DAY]["issues.us_tariff.lapse"] == pytest.approx(wanted)
    lower = sim.load(
        "changes.2025-11-03.economy.us.ceiling_tariff=0.8",
        f"changes.{DAY}.issues.us_tariff.lapse='60 %'",
    )
    wanted = (0.8 - 0.6) / (0.8 - economy.floor_tariff)
    assert lower.changes[DAY]["issues.us_tariff.lapse"] == pytest.approx(wanted)
    with pytest.raises(SimError, match="a rate from 20.8 % .* to 80.0 %"):
        sim.load(
            "changes.2025-11-03.economy.us.ceiling_tariff=0.8",
            f"changes.{DAY}.issues.us_tariff.lapse='90 %'",
        )
