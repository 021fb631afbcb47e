"""Gambit's part of the comparison: reads tasks (JSON), writes ``answers.json`` beside it. Runs
where pygambit is installed, without tariffsim.

A task names a game in Gambit's payoff format; the answer has its payoffs and the equilibria that
enumeration finds, each as the probabilities of the players' first actions.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pygambit


def solve(task):
    """Payoffs by player, row and column; pure equilibria; all of them."""
    game = pygambit.read_nfg(task["file"])
    first = [next(iter(player.strategies)) for player in game.players]
    pure = pygambit.nash.enumpure_solve(game).equilibria
    mixed = pygambit.nash.enummixed_solve(game, rational=True).equilibria
    return {
        "players": [player.label for player in game.players],
        "payoffs": [
            [[float(x) for x in row] for row in table] for table in game.to_arrays(dtype=float)
        ],
        "pure": [[float(profile[strategy]) for strategy in first] for profile in pure],
        "mixed": [[float(profile[strategy]) for strategy in first] for profile in mixed],
    }


if __name__ == "__main__":
    source = Path(sys.argv[1])
    answers = [solve(task) for task in json.loads(source.read_text(encoding="utf-8"))]
    source.with_name("answers.json").write_text(json.dumps(answers), encoding="utf-8")
