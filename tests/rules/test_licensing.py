"""The licence queue: order, green channel, capacity, chances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.codes import CHIPS, CONTROLLED, MAGNETS, MILITARY_KIND
from sim.rules.licensing import IN_LINE
from sim.rules.state import COMMON_QUEUE, N_QUEUES

Runs = Callable[..., np.ndarray]


def model_with(**settings: object) -> TruceModel:
    named = {key.replace("__", "."): value for key, value in settings.items()}
    return TruceModel(Scenario().change(named), 1, 0, collect="none")


def queue_of(model: TruceModel, good: int, lane: int) -> list[int]:
    """Waiting firms by their number, magnets first, in the order of the line."""
    authority = model.state.whole["authorities"][0, good]
    line = authority["line"][lane][: 120 if good == MAGNETS else 40]
    head, waiting = int(authority["head"][lane]), int(authority["waiting"][lane])
    assert waiting <= len(line)
    return [int(application) + 120 * good for application in np.roll(line, -head)[:waiting]]


WILLING = ("approve_shipment", "approve_six_months", "approve_general")
# every application that is examined is approved, of firms whose files are in order (``ready``)
SURE: dict[str, object] = {f"licensing.magnets.{name}": 1.0 for name in WILLING} | {
    "licensing.approve_withheld_military": 1.0,
    "licensing.magnets.licensed_share": 0.0,
}
SIX_MONTHS: dict[str, object] = {
    "licensing.magnets.regime": "six_months",
    "licensing.magnets.regime_start": "six_months",
}


def capacity_of(applications: float, firms: int = 120) -> dict[str, object]:
    """An office that examines so many applications of so many firms a week, and learns nothing."""
    given = applications * 120.0 / firms
    return {"licensing.magnets.capacity": given, "licensing.magnets.capacity_start": given}


def ready(settings: dict[str, object]) -> TruceModel:
    """A model whose firms' applications pass as easily as any."""
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    model.state.firms["ease"][:] = 1.0
    return model


def test_first_come_is_first_served_where_every_application_is_approved() -> None:
    model = ready(SURE | capacity_of(5.0) | {"licensing.magnets.green_channel": False})
    for firm in model.firms[:120]:
        firm.seek_licence()
    waiting = queue_of(model, MAGNETS, COMMON_QUEUE)
    steps.open_window(*model.all_sides)
    model.authorities[MAGNETS].clear_queue()
    served = [place for place in waiting if not model.state.column("pending")[place]]
    assert served == waiting[: len(served)]
    assert len(served) == model.authorities[MAGNETS].approved == 5


def test_trusted_firms_are_served_before_others() -> None:
    model = ready(SURE | SIX_MONTHS | capacity_of(10.0))
    model.step()
    until, trusted = (model.state.column(name)[:120] for name in ("until", "trusted"))
    assert trusted[until > 0].all()
    assert (until > 0).sum() == 10


def test_every_waiting_firm_stands_in_one_queue_once() -> None:
    model = model_with()
    for _ in range(60):
        model.step()
        places = [
            place
            for good in (MAGNETS, CHIPS)
            for lane in range(N_QUEUES)
            for place in queue_of(model, good, lane)
        ]
        assert (
            len(places) == len(set(places)) == int((model.state.column("pending") == IN_LINE).sum())
        )


@pytest.mark.parametrize("capacity", [0.4, 3.0, 12.5])
def test_an_authority_never_examines_more_than_its_capacity(capacity: float) -> None:
    # nobody renews, which takes half an examination
    once = {"licensing.magnets.term_weeks": 260, "licensing.magnets.licensed_share": 0.0}
    model = TruceModel(
        Scenario().change(capacity_of(capacity) | SIX_MONTHS | once), 1, 0, collect="none"
    )
    examined = 0
    for week in range(1, 40):
        model.step()
        examined += model.authorities[MAGNETS].examined
        assert examined <= capacity * week + 1.0


# nobody claims a breach, threatens or slacks
UNDISPUTED: dict[str, object] = {
    "compliance.review_rate": 0.0,
    "truce.disputes.occasion_rate": 0.0,
    "truce.disputes.claim_cost": 100.0,
    "truce.talks.interim_rate": 0.0,
}


def test_slow_walking_lengthens_the_wait(runs: Runs) -> None:
    quick = runs(UNDISPUTED, 120)
    slow = runs(
        UNDISPUTED
        | {
            "issues.civil_magnets.deliverable": 0.2,
            "licensing.magnets.slow_walk": 1.0,
        },
        120,
    )
    assert (
        slow["licence_queue"][:, MAGNETS].mean() > 1.4 * quick["licence_queue"][:, MAGNETS].mean()
    )


def test_the_military_grade_is_withheld_while_the_issue_is() -> None:
    model = model_with(
        licensing__approve_withheld_military=0.0,
        us__resolve__minerals=500.0,
        cn__resolve__minerals=500.0,
    )
    for _ in range(20):
        model.step()
    until, kind = (model.state.column(name)[:120] for name in ("until", "kind"))
    assert (
        model.state.whole["issues"]["agreed"][0, model.params.issues.index("military_magnets")]
        == 0.0
    )
    assert not (until[kind == MILITARY_KIND] > 0).any()


def test_licences_last_their_term() -> None:
    """Those of military grade, whose regime is suspended, a shipment."""
    term = {"licensing.magnets.term_weeks": 9, "licensing.magnets.term_spread": 0.0}
    model = ready(SURE | SIX_MONTHS | capacity_of(500.0) | term)
    model.step()
    until, kind = (model.state.column(name)[:120] for name in ("until", "kind"))
    assert (until[kind == CONTROLLED] == 9).all()
    shipment = model.scenario.licensing.magnets.shipment_weeks
    assert (until[kind == MILITARY_KIND] == shipment).all()


def test_a_line_keeps_its_order_when_it_passes_the_end_of_its_ring() -> None:
    """Nobody is approved, three a week are examined and back after a week, by their numbers: 16
    firms in a ring of 16 go round.
    """
    sectors = Scenario().firms.magnets.sectors
    settings = capacity_of(3.0, 16) | {
        "firms.magnets.firms": 16,
        "licensing.magnets.regime": "shipment",
        "licensing.magnets.resubmit_weeks": 1,
        "licensing.magnets.licensed_share": 0.0,
        "licensing.approve_withheld_military": 0.0,
        **{f"licensing.magnets.{name}": 0.0 for name in WILLING},
        **{f"firms.magnets.sectors.{name}.uncontrolled_share": 0.0 for name in sectors},
        # the authority does all that it promised
        **UNDISPUTED,
        "compliance.cn.drift_rate": 0.0,
        "truce.talks.meetings_per_week": 0,
        "truce.talks.sprint_weeks": 0,
    }
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    line, back = list(range(16)), list[int]()
    for _ in range(40):
        model.step()
        line += sorted(back)
        back, line = line[:3], line[3:]
        authority = model.state.whole["authorities"][0, MAGNETS]
        head, waiting = (int(authority[name][COMMON_QUEUE]) for name in ("head", "waiting"))
        ring = np.roll(authority["line"][COMMON_QUEUE, :16], -head)
        assert ring[:waiting].tolist() == line
