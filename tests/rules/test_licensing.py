"""The licence queue: order, green channel, capacity, chances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.codes import CHIPS, MAGNETS, MILITARY, N_GRADES
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
    return [
        int(application) // N_GRADES + 120 * good for application in np.roll(line, -head)[:waiting]
    ]


SURE = {
    "licensing.magnets.approve_withheld": 1.0,
    "licensing.magnets.approve_permitted": 1.0,
    "licensing.approve_withheld_military": 1.0,
}


def test_first_come_is_first_served_where_every_application_is_approved() -> None:
    settings = SURE | {
        "licensing.magnets.green_channel": False,
        "licensing.magnets.capacity": 5.0,
        "licensing.magnets.licensed_share": 0.0,
    }
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    for firm in model.firms[:120]:
        firm.seek_licence()
    waiting = queue_of(model, MAGNETS, COMMON_QUEUE)
    from sim.rules import steps

    steps.open_window(*model.all_sides)
    model.authorities[MAGNETS].clear_queue()
    served = [place for place in waiting if not model.state.column("pending")[place]]
    assert served == waiting[: len(served)]
    assert len(served) == model.authorities[MAGNETS].approved == 5


def test_trusted_firms_are_served_before_others() -> None:
    settings = SURE | {"licensing.magnets.capacity": 10.0, "licensing.magnets.licensed_share": 0.0}
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
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
        assert len(places) == len(set(places)) == int(model.state.column("pending").sum())


@pytest.mark.parametrize("capacity", [0.4, 3.0, 12.5])
def test_an_authority_never_examines_more_than_its_capacity(capacity: float) -> None:
    model = model_with(licensing__magnets__capacity=capacity)
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
    quick = runs(UNDISPUTED | {"compliance.cn.start": 1.0}, 120)
    slow = runs(
        UNDISPUTED
        | {
            "compliance.cn.start": 0.2,
            "compliance.recovery": 0.0,
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
    until, grade = (model.state.column(name)[:120] for name in ("until", "grade"))
    assert (
        model.state.whole["issues"]["agreed"][0, model.params.issues.index("military_magnets")]
        == 0.0
    )
    assert not (until[grade == MILITARY] > 0).any()


def test_licences_last_their_term() -> None:
    settings = SURE | {
        "licensing.magnets.capacity": 500.0,
        "licensing.magnets.term_weeks": 9,
        "licensing.magnets.licensed_share": 0.0,
    }
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    model.step()
    assert (model.state.column("until")[:120] == 9).all()


def test_a_line_keeps_its_order_when_it_passes_the_end_of_its_ring() -> None:
    """Nobody is approved and three a week are examined: 16 firms in a ring of 16 go round, in the
    order in which they came.
    """
    settings = {
        "firms.magnets.firms": 16,
        "licensing.magnets.capacity": 3.0,
        "licensing.magnets.licensed_share": 0.0,
        "licensing.magnets.approve_withheld": 0.0,
        "licensing.magnets.approve_permitted": 0.0,
        "licensing.approve_withheld_military": 0.0,
        "licensing.magnets.green_channel": False,
        # the authority does all that it promised
        **UNDISPUTED,
        "compliance.cn.drift_rate": 0.0,
        "truce.talks.meetings_per_week": 0,
        "truce.talks.sprint_weeks": 0,
    }
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    for week in range(1, 40):
        model.step()
        line = model.state.whole["authorities"]["line"][0, MAGNETS, COMMON_QUEUE, :16]
        head, waiting = (
            int(model.state.whole["authorities"][name][0, MAGNETS, COMMON_QUEUE])
            for name in ("head", "waiting")
        )
        assert waiting == 16
        assert [int(entry) // N_GRADES for entry in np.roll(line, -head)] == [
            (3 * week + n) % 16 for n in range(16)
        ]
