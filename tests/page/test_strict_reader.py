"""The page's reader of scenario files takes and refuses what ``tariffsim run file=`` takes and refuses."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.config.check import to_plain
from sim.config.compose import load, read_scenario
from sim.config.errors import SimError, nearest
from sim.config.fields import leaves
from sim.config.locate import configs_folder
from sim.config.scenario import Scenario
from sim.config.yaml import to_yaml

CASES: dict[str, str] = json.loads(
    Path(__file__).with_name("cases.json").read_text(encoding="utf-8")
)
# forms of YAML that the page refuses in words and Python reads
STRICTER = {
    "a line separator",
    "a name that begins with a question mark",
    "a directive",
    "an end of a document",
}
# what a scenario dates: Python runs it, the page says that it takes none of it
DATED = {
    *("a change on a day", "a change on a day without a base", "a change on a day by its name"),
    *("a chronology", "a tariff path by its name", "a tariff path without a base"),
}
READ = """answer(Object.fromEntries(Object.entries(given).map(([name, text]) => {
  try {
    const schema = new use.Schema(contents);
    return [name, { values: schema.flat(use.scenarioOf(schema, use.parseYaml(text))) }];
  } catch (error) {
    if (!(error instanceof use.Refused)) throw error;
    return [name, { problems: error.problems, words: error.message }];
  }
})));"""


@pytest.fixture(scope="module")
def of_page(node: Callable[..., Any]) -> dict[str, Any]:
    shipped = {
        f"shipped {name}": to_yaml(to_plain(load(f"scenario={name}")))
        for name in ("london", "breakthrough", "escalation")
    }
    given = {**CASES, **shipped}
    return {**node("settings check yaml words", READ, given), "texts": given}


def of_python(text: str, folder: Path) -> Any:
    path = folder / "s.yaml"
    path.write_bytes(text.encode())
    try:
        found = leaves(read_scenario(path))
        return {name: value for name, meta, value in found if meta.kind != "rows"}
    except SimError as error:
        return [error, *error.others]


@pytest.mark.parametrize("name", [*CASES, "shipped london", "shipped breakthrough"])
def test_both_readers_take_or_refuse_alike(
    of_page: dict[str, Any], name: str, tmp_path: Path
) -> None:
    theirs, mine = of_python(of_page["texts"][name], tmp_path), of_page[name]
    if isinstance(theirs, dict):
        if name in STRICTER:
            assert mine["problems"], name
        elif name in DATED:
            assert "this page takes nothing that is dated" in mine["words"]
        else:
            assert mine.get("values") == theirs, mine
        return
    assert "problems" in mine, f"taken: {theirs[0]}"
    if any(error.key and "s.yaml" in error.key for error in theirs):  # a fault of form
        return
    said = [(error.key, re.sub(r" \(written in .*?\)$", "", error.problem)) for error in theirs]
    assert [(one.get("key"), one["problem"]) for one in mine["problems"]] == said
    suggested = [error.suggestion for error in theirs]
    assert [one.get("suggestion") for one in mine["problems"]] == suggested


def test_every_refusal_says_what_is_wrong_and_where_or_what_to_do(of_page: dict[str, Any]) -> None:
    for name, answer in of_page.items():
        for problem in answer.get("problems", ()) if name != "texts" else ():
            assert problem["problem"] and (problem.get("key") or problem.get("cure")), name
            assert not re.search(
                r"undefined|\[object|NaN|TypeError", answer["words"].replace(".nan", "")
            ), answer


def test_a_name_that_is_gone_says_why(of_page: dict[str, Any]) -> None:
    for name in ("a name that is gone", "a base and a name that is gone"):
        assert "who moves first in a dispute is drawn" in of_page[name]["words"], name


def test_the_names_meant_are_those_of_python(node: Callable[..., Any]) -> None:
    names = [name for name, _, _ in leaves(Scenario())]
    words = [
        *(
            "truce.lenght_weeks",
            "us.beleif_alive",
            "deadline",
            "us.tariff",
            "cn.tariff",
            "strategy.exponant",
            "tarif",
            "x",
        ),
        *("magnets.capacity", "cn.strategy", "horizon", "licensing.chips.capasity", "firmness"),
        *(name.replace("e", "", 1) for name in names[::30]),
        *(name[1:][::-1] for name in names[::90]),
    ]
    assert node(
        "words",
        "answer(given.words.map((word) => use.nearest(word, given.names) ?? null));",
        {"words": words, "names": names},
    ) == [nearest(word, names) for word in words]


def test_what_the_page_writes_python_reads_to_the_last_digit(
    node: Callable[..., Any], tmp_path: Path
) -> None:
    changes = {
        "us.belief_error": 0.1 + 0.2,
        "issues.ai_chips.benefit": 1e-7,
        "truce.in_force": False,
    }
    text = node(
        "settings check yaml",
        """const schema = new use.Schema(contents);
        const scenario = use.changeScenario(schema, contents.defaults, { ...given, title: 'Yes: "no" # x' });
        const text = use.scenarioYaml(scenario, "seed 1");
        const again = use.scenarioOf(schema, use.parseYaml(text));
        answer({ text, same: JSON.stringify(again) === JSON.stringify(scenario) });""",
        changes,
    )
    (tmp_path / "s.yaml").write_text(text["text"], encoding="utf-8")
    meant = Scenario().change({**changes, "title": 'Yes: "no" # x'})
    assert read_scenario(tmp_path / "s.yaml") == meant
    assert text["same"]


SIGNS = [
    *" \n:#-'\"{}[],&*!|>%@`~?.0123456789eE+_abtx\t\\\u00a0\u0085\u2028",
    "\n  ",
    ": ",
    " #",
    "- ",
]
SIGNS += ["true", "null", "0x1", "1e5", "---\n", "...", "''", '""', "{}", "[]", "<<", "\r\n", "${"]


def mutated(rng: random.Random, text: str) -> str:
    """The text with one to three signs added, taken out or replaced."""
    signs = list(text)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        place, what = rng.randrange(len(signs) + 1), rng.random()
        if what < 0.5 or not signs:
            signs.insert(place, rng.choice(SIGNS))
        elif what < 0.8:
            del signs[place - 1]
        else:
            signs[place - 1] = rng.choice(SIGNS)
    return "".join(signs)


@pytest.mark.nightly
def test_the_page_takes_no_mutated_file_that_python_refuses_and_none_differently(
    node: Callable[..., Any], tmp_path: Path
) -> None:
    rng = random.Random(21)
    shipped = (configs_folder() / "scenario" / "breakthrough.yaml").read_text(encoding="utf-8")
    pool = [*CASES.values(), *[f"base: london\n{shipped}"] * 100]
    texts = {str(n): mutated(rng, rng.choice(pool)) for n in range(4000)}
    taken = 0
    for name, mine in node("settings check yaml words", READ, texts).items():
        if "values" in mine:
            assert of_python(texts[name], tmp_path) == mine["values"], texts[name]
            taken += 1
    assert taken > 500
