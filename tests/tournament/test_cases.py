"""Scenarios of two issues of one's own, as their owners keep them: what is bargained over decides a
tournament, and where nothing is gained nothing is claimed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.config.compose import read_scenario
from sim.config.scenario import Scenario
from sim.tournament import tournament
from sim.validation.symmetry import NOTHING_PRIVATE

_HEAD = "track: {track}, driver: constant, red_line: 1.0, phase_in_weeks: 1, terms: 0, in_force: 0, lapse: 0, snaps_back: false"


def read(folder: Path, name: str, issues: dict[str, str], track: str = "trade") -> Scenario:
    """The scenario of a file with these issues alone, which any gain settles: London's prices of
    settling are of London's pie.
    """
    head = _HEAD.format(track=track)
    lines = "".join(f"  {issue}: {{{head}, {own}}}\n" for issue, own in issues.items())
    path = folder / f"{name}.yaml"
    path.write_text(f"name: {name}\ntitle: Two issues\nissues:\n{lines}", encoding="utf-8")
    return read_scenario(path).change(NOTHING_PRIVATE)


OWN = "benefit: 30, linear_cost: 2, convex_cost: 10"
SMALL = "benefit: 3, linear_cost: 0, convex_cost: 1"
PAYOFFS = {
    "own_payoffs": {"spectrum": f"owner: us, {OWN}", "fisheries": f"owner: cn, {OWN}"},
    "unequal_payoffs": {"spectrum": f"owner: us, {OWN}", "fisheries": f"owner: cn, {SMALL}"},
    "small_payoffs": {"grain": f"owner: us, {SMALL}", "visas": f"owner: cn, {SMALL}"},
}


@pytest.mark.parametrize("name", PAYOFFS)
def test_own_payoffs_are_what_is_ranked(name: str, tmp_path: Path) -> None:
    """Tariffs are no issue here, so their losses are the same whoever plays."""
    scenario = read(tmp_path, name, PAYOFFS[name])
    result = tournament([scenario], ("time_dependent", "hardliner", "micro"), runs=30)
    assert np.ptp(result.ranking["advantage"]) > 0.01
    assert np.ptp(result.pairs["welfare_loss.us"]) < 0.02
    # what a side has of a deal is what the other concedes: it sets the pairs apart, losses do not
    payoffs, losses = (np.ptp(result.pairs[f"{name}.us"]) for name in ("payoff", "welfare_loss"))
    assert payoffs > 0.1 and payoffs > 10.0 * losses
    assert (len(result.first) == 1) == ("comes first" in result.answer)


SALE = "benefit: 2.4, linear_cost: 1.1, convex_cost: 0.1"
EMPTY = {
    "empty_agreement": {
        "cash_now": f"owner: cn, {SALE}",
        "quiet_years": "owner: cn, benefit: 1.6, linear_cost: 1.4, convex_cost: 0.1",
    },
    "the_other_seller": {"cash_now": f"owner: us, {SALE}", "quiet_years": f"owner: us, {SALE}"},
    "too_dear": {
        "cash_now": "owner: cn, benefit: 1, linear_cost: 4, convex_cost: 2",
        "quiet_years": "owner: us, benefit: 1, linear_cost: 4, convex_cost: 2",
    },
}


@pytest.mark.parametrize("name", EMPTY)
def test_where_one_side_has_nothing_to_offer_no_deal_and_no_surplus_is_claimed(
    name, tmp_path
) -> None:
    results = sim.run(read(tmp_path, name, EMPTY[name]), runs=40, seed=1)
    shares = results.shares().set_index("outcome")["share"]
    assert shares["narrow_deal"] == 0.0 and shares["breakthrough"] == 0.0
    for measure in ("efficiency", "nash_ratio", "us_surplus_share"):
        assert results.runs[measure].isna().all(), measure


@pytest.mark.parametrize("name", EMPTY)
def test_a_tournament_over_nothing_is_a_tie(name: str, tmp_path: Path) -> None:
    scenario = read(tmp_path, name, EMPTY[name])
    result = tournament([scenario], ("time_dependent", "hardliner"), runs=8)
    assert result.answer.startswith("all strategies have the same payoff")
