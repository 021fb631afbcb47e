"""The first day: draws by entity, sectors, terms."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.codes import CONTROLLED, MILITARY_KIND
from sim.rules.state import State

SECTORS = Scenario().firms.magnets.sectors
DRAWN = ("size", "cover", "kind", "trusted", "sector", "until", "ease", "file_weeks", "declared")


def firms_of(**settings: object) -> State:
    named = {key.replace("__", "."): value for key, value in settings.items()}
    return TruceModel(Scenario().change(named), 1, 3, collect="none").state


def drawn_size(firms: State) -> np.ndarray:
    """Sizes before users of the military grade buy less than others of their size."""
    ordered = Scenario().firms.magnets.military_order
    return firms.column("size") / np.where(firms.column("kind") == MILITARY_KIND, ordered, 1.0)


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
        at_risk, size = firms.column("value_at_risk")[here], drawn_size(firms)[here]
        assert at_risk.sum() == pytest.approx(value)
        assert at_risk / size == pytest.approx(at_risk[0] / size[0])


def test_sizes_average_one() -> None:
    sizes = drawn_size(firms_of(firms__magnets__firms=2000))[:2000]
    assert sizes.mean() == pytest.approx(1.0, abs=0.1)


def test_a_sector_weighs_what_its_firms_buy() -> None:
    """A sector without any goods lacks all of its need, whatever grade its firms buy."""
    firms = firms_of()
    whole = firms.whole[0]["world"]["sector_size"]
    for sector in range(len(SECTORS)):
        here = firms.column("sector")[:120] == sector
        assert whole[sector] == pytest.approx(firms.column("size")[:120][here].sum())


def test_defence_needs_the_military_grade_and_cars_do_not() -> None:
    """What defence buys is of military grade or needs no licence."""
    kind, sector = (firms_of().column(name) for name in ("kind", "sector"))
    defence = kind[sector == sorted(SECTORS).index("defence")]
    assert (defence != CONTROLLED).all() and (defence == MILITARY_KIND).mean() > 0.5
    assert not (kind[sector == sorted(SECTORS).index("automotive")] == MILITARY_KIND).any()


def test_runs_differ_and_a_run_repeats_itself() -> None:
    one, again = (TruceModel(Scenario(), 1, 0, collect="none").state for _ in range(2))
    other = TruceModel(Scenario(), 1, 1, collect="none").state
    assert one.firms.tobytes() == again.firms.tobytes()
    assert one.firms.tobytes() != other.firms.tobytes()
