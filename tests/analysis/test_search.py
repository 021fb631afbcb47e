"""A search returns a box that is known, says nothing of noise, and is silent beside."""

from __future__ import annotations

import importlib.util
import logging
import subprocess
import sys

import numpy as np
import pytest

from benchmarks.boxes import TRUE_BOX, known_box
from sim.analysis.boxes import MOST_LEVERS, Box, Domain, Limit
from sim.analysis.induction import candidates, check_libraries, screened
from sim.analysis.search import search
from sim.config.errors import SimError

DOMAINS = {
    **{f"x{k}": Domain(0.0, 1.0) for k in range(12)},
    "weeks": Domain(1, 26, whole=True),
    "kind": Domain(values=("firm", "soft", "slow")),
    "flag": Domain(values=(False, True)),
}
MIXED = Box({"x3": Limit(0.6, 1.0), "weeks": Limit(1, 12), "kind": Limit(values=("firm", "slow"))})


def mixed(seed: int, points: int = 2_000) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Points with numbers, whole numbers, choices and flags, and the shares over four runs."""
    rng = np.random.default_rng(seed)
    columns = {f"x{k}": rng.random(points) for k in range(12)}
    columns["weeks"] = rng.integers(1, 27, points)
    columns["kind"] = rng.choice(["firm", "soft", "slow"], points)
    columns["flag"] = rng.random(points) < 0.5
    chance = np.where(MIXED.holds(columns), 0.8, 0.1)
    return columns, rng.binomial(4, chance) / 4


def test_a_known_box_of_three_kinds_of_levers_is_returned() -> None:
    columns, shares = mixed(0)
    found = search(columns, shares, DOMAINS, np.random.default_rng(0))
    best = found.best()
    assert best is not None
    box = best.box.limits
    assert set(box) == set(MIXED.limits) and box["kind"] == MIXED.limits["kind"]
    assert box["x3"].low == pytest.approx(0.6, abs=0.03) and box["x3"].high == 1.0
    assert box["weeks"].low == 1 and abs(box["weeks"].high - 12) <= 1
    assert set(found.parts) > set(MIXED.limits)


@pytest.mark.parametrize("seed", range(3))
def test_a_known_box_is_returned_whatever_the_draws(seed) -> None:
    best = known_box(np.random.default_rng(seed), 0.8, 0.1).best()
    assert best is not None and set(best.box.limits) == set(TRUE_BOX.limits)
    for limit in best.box.limits.values():
        assert limit.low == pytest.approx(0.5, abs=0.06) and limit.high > 0.94


@pytest.mark.parametrize("flag", [True, False])
def test_a_flag_alone_is_a_box(flag) -> None:
    rng = np.random.default_rng(0)
    columns = {"flag": rng.random(300) < 0.5, "x0": rng.random(300)}
    shares = rng.binomial(4, np.where(columns["flag"] == flag, 0.7, 0.2)) / 4
    own = {name: DOMAINS[name] for name in columns}
    best = search(columns, shares, own, rng).best()
    assert best is not None and best.box == Box({"flag": Limit(values=(flag,))})


def test_no_box_has_more_than_three_levers() -> None:
    rng = np.random.default_rng(1)
    columns = {name: rng.random(400) for name in list(DOMAINS)[:6]}
    shares = rng.binomial(4, np.mean(list(columns.values()), axis=0)) / 4
    boxes = candidates(columns, shares, {name: DOMAINS[name] for name in columns})
    assert {one.method for one in boxes} == {"prim", "tree"}
    assert max(len(one.box.limits) for one in boxes) == MOST_LEVERS
    assert len({str(one.box) for one in boxes}) == len(boxes)


def test_what_is_asked_for_in_density_is_paid_in_coverage() -> None:
    columns, shares = mixed(2)
    found = search(columns, shares, DOMAINS, np.random.default_rng(2))
    dense = found.best(0.5)
    assert dense is not None
    place = found.boxes.index(dense)
    allowed = found.passed & (found.judged.density >= 0.5)
    assert allowed[place] and found.judged.coverage[place] == found.judged.coverage[allowed].max()
    assert found.best(1.0) is None


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_said_of_noise(seed) -> None:
    assert known_box(np.random.default_rng(seed), 0.3, 0.3, levers=8).best() is None


def test_the_halves_do_not_share_what_was_drawn_together() -> None:
    columns, shares = mixed(3, 600)
    block = np.arange(600) // 6
    found = search(columns, shares, DOMAINS, np.random.default_rng(0), block)
    assert not set(block[found.shaping]) & set(block[~found.shaping])
    assert found.shaping.sum() == 300


def test_the_same_seed_gives_the_same_boxes() -> None:
    one, other = (known_box(np.random.default_rng(5), 0.5, 0.2) for _ in range(2))
    assert one.boxes == other.boxes and (one.chance.p == other.chance.p).all()


def test_shares_that_do_not_differ_have_no_box() -> None:
    columns, shares = mixed(4, 200)
    found = search(columns, np.full(len(shares), 0.25), DOMAINS, np.random.default_rng(0))
    assert found.boxes == () and found.best() is None


def test_levers_are_ranked_by_what_they_explain_alone() -> None:
    columns, shares = mixed(6)
    found = screened(columns, shares, DOMAINS)
    assert set(list(found)[:3]) == set(MIXED.limits) and len(found) == 2 * MOST_LEVERS
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_the_libraries_are_silent(caplog, capfd) -> None:
    """Warnings are errors in this suite."""
    with caplog.at_level(logging.DEBUG, logger="root"):
        known_box(np.random.default_rng(7), 0.6, 0.2)
    assert caplog.text == "" and capfd.readouterr() == ("", "")


def test_importing_them_is_silent_too() -> None:
    code = "from sim.analysis.induction import _prim; _prim()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_where_they_are_missing_the_cure_is_named(monkeypatch) -> None:
    found = importlib.util.find_spec

    def absent(name: str, *more: object) -> object:
        return None if name == "ema_workbench" else found(name)

    monkeypatch.setattr(importlib.util, "find_spec", absent)
    with pytest.raises(SimError) as refused:
        check_libraries()
    assert refused.value.given == "ema_workbench"
    assert refused.value.cure == 'pip install "tariffsim[discover]"'
