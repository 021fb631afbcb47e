"""The first day: draws by entity, sectors, terms."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.state import State

SECTORS = Scenario().firms.magnets.sectors
DRAWN = ("size", "cover", "grade", "trusted", "sector", "until")


def firms_of(**settings: object) -> State:
    named = {key.replace("__", "."): value for key, value in settings.items()}
    return TruceModel(Scenario().change(named), 1, 3, collect="none").state


def test_removing_a_firm_changes_no_other_firms_draws() -> None:
    """docs/validation.md, *Known answers*, number 8."""
    all_firms, fewer = firms_of(), firms_of(firms__magnets__firms=119)
    for name in DRAWN:
        kept = np.delete(all_firms.column(name), 119)
        assert len(kept) == 159
        np.testing.assert_array_equal(kept, fewer.column(name))


def test_sectors_get_their_share_of_firms() -> None:
    dealt = np.bincount(firms_of().column("sector")[:120])
    shares = [SECTORS[name].share for name in sorted(SECTORS)]
    assert dealt == pytest.approx(120 * np.asarray(shares), abs=2)


def test_a_sectors_value_at_risk_is_shared_by_size() -> None:
    firms = firms_of()
    for sector, name in enumerate(sorted(SECTORS)):
        value = SECTORS[name].value_at_risk
        here = firms.column("sector") == sector
        at_risk, size = firms.column("value_at_risk")[here], firms.column("size")[here]
        assert at_risk.sum() == pytest.approx(value)
        assert at_risk / size == pytest.approx(at_risk[0] / size[0])


def test_sizes_average_one() -> None:
    assert firms_of(firms__magnets__firms=2000).column("size")[:2000].mean() == pytest.approx(
        1.0, abs=0.1
    )


def test_defence_needs_the_military_grade_and_cars_do_not() -> None:
    grade, sector = (firms_of().column(name) for name in ("grade", "sector"))
    assert grade[sector == sorted(SECTORS).index("defence")].all()
    assert not grade[sector == sorted(SECTORS).index("automotive")].any()


def test_runs_differ_and_a_run_repeats_itself() -> None:
    one, again = (TruceModel(Scenario(), 1, 0, collect="none").state for _ in range(2))
    other = TruceModel(Scenario(), 1, 1, collect="none").state
    assert one.firms.tobytes() == again.firms.tobytes()
    assert one.firms.tobytes() != other.firms.tobytes()
