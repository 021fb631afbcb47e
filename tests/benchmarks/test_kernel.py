"""The declared kernel: three ports, one declaration."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.kernel import FIRMS, MEASURES, PORTS, WEEKS, arrays, declared, tiles

_PAGE = (Path(__file__).parents[2] / "benchmarks" / "DECLARATION.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("run", [0, 7])
def test_all_ports_return_the_same_numbers(run: int) -> None:
    results = {name: port(2025, run) for name, port in PORTS.items()}
    first = next(iter(results.values()))
    for name, result in results.items():
        np.testing.assert_array_equal(result.stock, first.stock, err_msg=name)
        np.testing.assert_allclose(
            result.measures, first.measures, rtol=1e-12, err_msg=name
        )  # sums in any order


def test_draws_are_those_of_splitmix64() -> None:
    # the published first outputs under seed 1234567; stream 0 to 3 of firm 0, then stream 0 of firm
    # 1
    published = (
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    )
    for n, whole in enumerate(published):
        draw = declared.uniform(1234567, 0, 0, n // 4, n % 4)
        assert draw == (whole >> 11) * 2.0**-53
        assert arrays.uniforms(1234567, 0, 0, np.array([n // 4]), n % 4)[0] == draw
        assert tiles.uniform(np.uint64(1234567), 0, 0, n // 4, n % 4) == draw


def test_the_page_declares_the_settings_that_run() -> None:
    given = _table("Settings", r"\| ([\d.]+) \|.*")
    assert len(given) == 14
    for name, (number,) in given.items():
        assert number == getattr(declared, name), name


def test_the_page_gives_run_0_under_seed_1() -> None:
    given = _table("Run 0 under seed 1")
    np.testing.assert_allclose(
        tiles.run(1, 0).measures, [given[name][0] for name in MEASURES], rtol=1e-14
    )


def test_the_page_gives_means_and_standard_errors_of_10_000_runs() -> None:
    given, runs = _table("Expected values"), tiles.run_block(1, 0, 10_000)
    np.testing.assert_allclose(runs.mean(axis=0), [given[name][0] for name in MEASURES], rtol=5e-7)
    np.testing.assert_allclose(
        runs.std(axis=0, ddof=1) / 100, [given[name][1] for name in MEASURES], rtol=5e-3
    )


def _table(heading: str, cells: str = r"\|(.*)\|") -> dict[str, list[float]]:
    part = _PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    rows = re.findall(rf"^\| `(\w+)` {cells}$", part, re.MULTILINE)
    return {name: [float(cell) for cell in rest.split("|")] for name, rest in rows}


def test_every_licence_examined_is_within_capacity_and_stock_never_negative() -> None:
    result = dict(zip(MEASURES, tiles.run(3, 3).measures, strict=True))
    assert result["approved"] <= result["examined"] <= declared.CAPACITY * WEEKS
    assert len(tiles.run(3, 3).stock) == FIRMS
    assert (tiles.run(3, 3).stock >= 0).all()
