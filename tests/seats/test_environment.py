"""A truce as an environment: PettingZoo's and Gymnasium's own tests, and the rules' own answers."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

pytest.importorskip("pettingzoo", reason="an optional extra")

from gymnasium.utils.env_checker import check_env
from pettingzoo.test import api_test, seed_test

import sim
from sim.config.errors import SimError
from sim.seats import (
    ACTIONS,
    AS_THE_RULE,
    OBSERVED,
    STEPS,
    Truce,
    answer,
    environment,
    mask,
    one_seat,
)
from sim.vocabulary import DECISIONS, SIDES, STRATEGIES

SHORT = sim.load("scenario=london", "calendar.horizon_weeks=30", "outcomes.weeks_in_force=10")


def played(truce: Truce, seed: int, action: int = AS_THE_RULE) -> dict[str, float]:
    """What both seats had in all, one action whatever is asked."""
    truce.reset(seed=seed)
    had = dict.fromkeys(truce.possible_agents, 0.0)
    for agent in truce.agent_iter():
        _, reward, done, _, _ = truce.last()
        had[agent] += reward
        truce.step(None if done else action)
    return had


def test_pettingzoos_own_tests_pass() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        api_test(environment(SHORT, ("us", "cn")), num_cycles=60)
        seed_test(lambda: environment(SHORT, ("us", "cn")), num_cycles=30)


def test_gymnasiums_own_test_passes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        check_env(one_seat(SHORT, "cn"), skip_render_check=True)


@pytest.mark.parametrize("kind", ["screening", "committed", "time_dependent", "micro", "hardliner"])
def test_who_answers_as_the_rule_is_the_ensemble(kind: str) -> None:
    assert kind in STRATEGIES
    scenario = SHORT.change({"us.strategy.kind": kind, "cn.strategy.kind": kind})
    truce = environment(scenario, ("us", "cn"))
    had = played(truce, seed=3)
    runs = sim.run(scenario, runs=1, seed=3, weeks="none").runs
    weeks = scenario.calendar.horizon_weeks
    for side in SIDES:
        assert truce.model.measures()[0]["payoff"][SIDES[side].code] == runs[f"payoff.{side}"][0]
        assert had[side] == pytest.approx(runs[f"payoff.{side}"][0] * weeks / 52.0)


def test_an_empty_seat_is_played_by_the_rules() -> None:
    both, one = environment(SHORT, ("us", "cn")), environment(SHORT, ("cn",))
    played(both, 5), played(one, 5)
    assert both.model.measures()[0]["payoff"].tolist() == one.model.measures()[0]["payoff"].tolist()


def test_answers_change_the_run() -> None:
    truce = environment(SHORT, ("us",))
    assert played(truce, 3) != played(truce, 3, action=0)


def test_a_reset_without_a_seed_takes_the_next_run() -> None:
    truce = environment(SHORT, ("us",), seed=4)
    for run in range(3):
        truce.reset()
        assert (truce.model.seed_of_draws, truce.model.run) == (4, run)
    truce.reset(seed=4, options={"run": 2})
    assert truce.model.run == 2


def test_the_mask_tells_the_actions_that_differ() -> None:
    truce = environment(SHORT, ("us", "cn"))
    truce.reset(seed=1)
    seen = set()
    for agent in truce.agent_iter():
        observation, _, done, _, facts = truce.last()
        assert truce.observation_space(agent).contains(observation)
        if done:
            truce.step(None)
            continue
        view = truce._views[agent]
        seen.add(view.decision)
        assert facts["decision"] == view.decision
        assert observation["observation"][0] == DECISIONS[view.decision].code
        open_to = np.flatnonzero(mask(view)).tolist()
        answers = {answer(view, action) for action in range(ACTIONS) if action not in open_to}
        rule = answer(view, AS_THE_RULE)
        assert all(_same(given, rule) for given in answers)
        truce.step(AS_THE_RULE)
    assert {"offer", "accept", "renew"} <= seen
    assert len(OBSERVED) == len(set(OBSERVED))


def _same(one: tuple[int, float], other: tuple[int, float]) -> bool:
    return one[0] == other[0] and (one[1] == other[1] or math.isnan(one[1]) == math.isnan(other[1]))


def test_steps_of_an_offer_go_from_the_least_to_the_most() -> None:
    truce = environment(SHORT, ("us",))
    truce.reset(seed=1)
    for agent in truce.agent_iter():
        view = truce._views.get(agent)
        if view is not None and view.decision == "offer" and view.best > view.reservation:
            break
        truce.step(AS_THE_RULE)
    worths = [answer(view, step)[1] for step in range(STEPS + 1)]
    assert worths[0] == view.reservation
    assert worths[-1] == pytest.approx(view.best)
    assert np.all(np.diff(worths) > 0.0)


@pytest.mark.parametrize("seats", [(), ("us", "us"), ("washington",)], ids=str)
def test_seats_that_are_none_are_refused(seats: tuple[str, ...]) -> None:
    with pytest.raises(SimError, match="seats"):
        environment(SHORT, seats)


def test_a_seat_reads_what_a_person_on_the_page_reads() -> None:
    truce = environment(SHORT, seats=("cn",), seed=1)
    truce.reset(seed=1)
    said = truce.render()
    assert said.startswith("week 1 of ") and "Beijing: What do you offer on " in said
    assert "The least you take is" in said
