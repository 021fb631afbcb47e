"""Two versions compared: the same tree moves nothing, a changed rule is found, chance is counted."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from benchmarks.versions import (
    ALL,
    BASE,
    MEASURES,
    SCENARIOS,
    Case,
    Side,
    cases,
    compare_values,
    compare_versions,
    main,
    together,
    tree_of,
    write,
)
from sim.config.errors import SimError

ROOT = Path(__file__).parents[2]
FEW = [
    Case(BASE, BASE, {}),
    Case("linkage.cn=1.0", BASE, {"linkage.cn": 1.0}),
    Case("us.strategy.kind=micro", BASE, {"us.strategy.kind": "micro"}),
]


def copied(folder: Path) -> Path:
    """A tree of its own with this version's sources and nothing compiled."""
    for part in ("sim", "configs"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_there_are_two_hundred_extremes_and_twelve_measures() -> None:
    found = cases()
    assert len(found) >= 200 and len(MEASURES) == 12
    assert len({case.name for case in found}) == len(found)
    assert [case.name for case in found[: len(SCENARIOS)]] == list(SCENARIOS)
    assert {"linkage.tracks=package", "us.strategy.kind=micro", "truce.length_weeks=26"} <= {
        case.name for case in found
    }


def test_the_same_tree_moves_nothing(tmp_path: Path) -> None:
    found = compare_versions(ROOT, runs=8, asked=FEW)
    assert found.paired and len(found.table) > 30
    assert (found.table["move"] == 0.0).all()
    assert (len(found.moves), found.chance, found.chance_high) == (0, 0.0, 0)
    assert not (found.refused or found.only_old or found.only_new or found.lacking)
    write(found, "HEAD", tmp_path / "page")
    text = (tmp_path / "page" / "report.html").read_text(encoding="utf-8")
    assert found.answer in text and "For the changelog" not in text
    assert (tmp_path / "page" / "versions.csv").read_text().count("\n") == len(found.table) + 1


@pytest.mark.nightly
def test_a_rule_changed_in_one_place_is_found(tmp_path: Path) -> None:
    tree = copied(tmp_path / "tree")
    patch = """\
--- a/sim/rules/supply.py
+++ b/sim/rules/supply.py
@@ -1 +1 @@
-    return shortage * (1.0 - convexity + convexity * shortage)
+    return shortage * (1.0 - convexity + 0.8 * convexity * shortage)
"""
    place = [
        n
        for n, line in enumerate((tree / "sim/rules/supply.py").read_text().splitlines(), 1)
        if line == "    return shortage * (1.0 - convexity + convexity * shortage)"
    ]
    patch = patch.replace("@@ -1 +1 @@", f"@@ -{place[0]} +{place[0]} @@")
    subprocess.run(
        ["git", "apply", "--unidiff-zero", "-"], cwd=tree, input=patch, text=True, check=True
    )
    found = compare_versions(tree, runs=32, asked=FEW)
    moved = set(found.moves["measure"])
    assert {"welfare_loss.us", "welfare_loss.cn"} <= moved
    assert any("`welfare_loss.us` moves at" in line for line in found.lines())
    assert found.chance_high < len(found.moves)


def test_what_only_one_version_knows_is_named_not_guessed(tmp_path: Path) -> None:
    asked = [Case("one", BASE, {}), Case("two", BASE, {})]
    values = np.random.default_rng(3).normal(size=(2, 5, len(MEASURES)))
    numbers = np.tile(np.arange(5), (2, 1))
    older = values.copy()
    older[1], older[:, :, -1] = np.nan, np.nan
    old = Side(older, numbers, {"a": "1", "gone": "2", "b": "3"}, {"two": "no such setting"})
    new = Side(values, numbers, {"a": "1", "b": "4", "come": "5"}, {})
    found = together(old, new, asked)
    assert (found.only_old, found.only_new) == (("gone",), ("come",))
    assert found.defaults == {"b": ("3", "4")}
    assert found.refused == {"two": "the old version: no such setting"}
    assert found.lacking == (MEASURES[-1],)
    assert set(found.table["case"]) == {"one", ALL}
    assert MEASURES[-1] not in set(found.table["measure"])
    write(found, "v1", tmp_path / "page")
    text = (tmp_path / "page" / "report.html").read_text(encoding="utf-8")
    for words in ("gone", "come", "b: 3 to 4", "two: the old version: no such setting"):
        assert f"<li>{words}</li>" in text


def test_a_version_that_fails_says_why(tmp_path: Path) -> None:
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "__init__.py").write_text("raise RuntimeError('not today')\n", "utf-8")
    with pytest.raises(SimError, match="the old version failed") as caught:
        compare_versions(tmp_path, runs=2, asked=FEW[:1])
    assert caught.value.given == "RuntimeError: not today"


def test_a_move_is_found_among_noise_and_chance_says_how_many_to_expect() -> None:
    rng = np.random.default_rng(1)
    shared = rng.normal(size=(60, 100, len(MEASURES)))
    old, new = (shared + 0.3 * rng.normal(size=shared.shape) for _ in range(2))
    names = [f"case {k}" for k in range(60)]
    none, chance, high = compare_values(old, new, names)
    assert len(none) == 61 * len(MEASURES)
    assert 1.0 < chance < 3.5  # 0.0027 of 732 comparisons
    assert (none["z"].abs() > 3.0).sum() <= high
    new[7, :, 3] += 0.3
    found, _, _ = compare_values(old, new, names)
    assert found.loc[found["z"].abs().idxmax(), ["case", "measure"]].tolist() == [
        "case 7",
        MEASURES[3],
    ]
    new[:, :, 5] += 0.02  # too little for one case, not for all of them
    found, _, _ = compare_values(old, new, names)
    own = found[found["measure"] == MEASURES[5]].set_index("case")["z"]
    assert own[ALL] > 3.0


def test_runs_without_partners_are_two_samples() -> None:
    rng = np.random.default_rng(2)
    old = rng.normal(size=(1, 400, len(MEASURES)))
    new = old[:, ::-1] + 0.01
    found, chance, _ = compare_values(old, new, ["one"], paired=False)
    assert found["se"].to_numpy() == pytest.approx(np.sqrt(2.0 / 400), rel=0.15)
    assert chance == pytest.approx(0.0027 * len(found), abs=0.05)


def test_a_run_without_a_value_in_one_version_is_left_out() -> None:
    old = np.zeros((1, 4, len(MEASURES)))
    new = np.ones_like(old)
    new[0, 0, :], old[0, 1, :] = np.nan, np.nan
    found, _, _ = compare_values(old, new, ["one"])
    assert found["runs"].tolist() == [2] * len(found)
    assert np.isinf(found["z"]).all()


def test_a_revision_and_a_wheel_are_unpacked_and_nothing_else_is_taken(tmp_path: Path) -> None:
    tree = tree_of("HEAD", tmp_path / "revision")
    assert (tree / "sim" / "__init__.py").is_file() and (tree / "configs").is_dir()
    wheel = shutil.make_archive(str(tmp_path / "made"), "zip", tree)
    named = Path(wheel).rename(tmp_path / "tariffsim-0.1.0-py3-none-any.whl")
    assert (tree_of(str(named), tmp_path / "wheel") / "sim" / "__init__.py").is_file()
    assert tree_of(str(ROOT), tmp_path / "none") == ROOT
    with pytest.raises(SimError, match="neither a tree"):
        tree_of("no-such-revision", tmp_path / "none")


@pytest.mark.parametrize("words", [[], ["a", "b", "c"], ["HEAD", "many"]])
def test_other_words_are_refused(words, capsys) -> None:
    assert main(words) == 2
    assert "usage" in capsys.readouterr().err
