"""Games written for Gambit, read and solved by it: payoffs where ours are, equilibria those of
:func:`sim.theory.equilibria`.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.export import export, gambit
from sim.theory import equilibria, extension_game

pytestmark = pytest.mark.nightly

CLOSE = 1e-9
DATES = [
    ("london_2025", "2025-08-01"),
    ("london_2025", "2025-10-10"),
    ("geneva_2025", "2025-06-01"),
    ("geneva_2025", "2025-08-01"),
]


def compare(one, two, answer) -> int:
    """Hold Gambit's answer to ours; how many equilibria there are."""
    assert answer["players"] == ["US", "China"]
    assert np.array_equal(np.asarray(answer["payoffs"]), np.stack([one, two]))
    ours = equilibria(one, two)
    assert sorted(answer["pure"]) == sorted([e.one, e.two] for e in ours if e.pure)
    assert np.asarray(sorted(answer["mixed"])) == pytest.approx(
        np.asarray(sorted(map(list, ours))), abs=CLOSE
    )
    return len(ours)


def solve(ask, folder, games) -> list:
    for n, game in enumerate(games):
        (folder / f"{n}.nfg").write_text(gambit(*game), encoding="utf-8")
    return ask("gambit_side.py", [{"file": str(folder / f"{n}.nfg")} for n in range(len(games))])


def test_random_games_have_the_equilibria_that_gambit_finds(ask, tmp_path) -> None:
    """200 games with payoffs from the normal distribution, among them some without, with one, and
    with two pure equilibria.
    """
    generator = np.random.default_rng(4)
    games = [generator.normal(0.0, 10.0, (2, 2, 2)) for _ in range(200)]
    counts = [
        compare(*game, answer)
        for game, answer in zip(games, solve(ask, tmp_path, games), strict=True)
    ]
    assert counts.count(1) > 100 and counts.count(3) > 10
    assert any(
        not e.pure
        for game, n in zip(games, counts, strict=True)
        if n == 1
        for e in equilibria(*game)
    )


def test_extension_games_have_the_equilibria_that_gambit_finds(ask, tmp_path) -> None:
    """100 games of stakes on either side of the cost of extending."""
    generator = np.random.default_rng(5)
    games = [
        extension_game(*generator.uniform(-5, 40, 2), *generator.uniform(0.5, 10, 2))
        for _ in range(100)
    ]
    counts = [
        compare(*game, answer)
        for game, answer in zip(games, solve(ask, tmp_path, games), strict=True)
    ]
    assert set(counts) == {1, 3}


def test_games_of_scenarios_have_the_equilibria_that_gambit_finds(ask, at_date, tmp_path) -> None:
    """The files of the export themselves, against payoffs taken from the model at that date."""
    files = [
        export(scenario, at, tmp_path / f"{scenario}-{at}", ("gambit",))[0]
        for scenario, at in DATES
    ]
    for place, answer in zip(
        DATES, ask("gambit_side.py", [{"file": str(file)} for file in files]), strict=True
    ):
        model = at_date(*place)
        sides, cost = model.state.whole[0]["sides"], float(model.scenario.truce.extension_cost)
        compare(
            *extension_game(*(sides["value_terms"] - sides["value_lapse"]).tolist(), cost, cost),
            answer,
        )
