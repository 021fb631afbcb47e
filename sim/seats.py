"""A truce as an environment: a learner, a script or a language model holds a seat.

:func:`environment` gives a PettingZoo AEC environment, in which each ask of a government that has a
seat is a turn, :func:`one_seat` the same for one seat as a Gymnasium environment. Whatever is not a
seat's is decided by the rules. Needs the extra: ``pip install 'tariffsim[environment]'``
(``docs/environment.md``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, ClassVar

import numpy as np

from sim.agents.view import View
from sim.config.compose import take_scenario
from sim.config.errors import SimError, nearest
from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.results.questions import facts, question
from sim.vocabulary import DECISIONS, REGIMES, SIDES, TRACKS

try:
    from gymnasium import Env, spaces
    from pettingzoo import AECEnv
except ImportError as missing:  # pragma: no cover - one line a user without the extra sees
    raise SimError(
        "an optional library is not installed",
        key="sim.seats",
        given=missing.name,
        cure="pip install 'tariffsim[environment]'",
    ) from None

__all__ = [
    "ACTIONS",
    "AS_THE_RULE",
    "OBSERVED",
    "OneSeat",
    "Truce",
    "answer",
    "environment",
    "one_seat",
]

STEPS = 20
AS_THE_RULE = STEPS + 1
"""The action that answers as the rule of the decision would."""
ACTIONS = AS_THE_RULE + 1
"""Number of actions: of a decision with choices, its choices by their codes; of a worth, steps of
a twentieth from the least to the most; the last is :data:`AS_THE_RULE`. Others answer as the rule,
too, and are masked."""
_WORDS = ("side", "track", "decision", "would", "issue", "issues", "good", "grade")
_WEEKS_A_YEAR = 52.0
OBSERVED = (
    "decision",
    "track",
    "seat",
    *(field.name for field in fields(View) if field.name not in _WORDS),
)
"""What an observation holds, in its order: codes of the decision, the track (-1 for none) and the
seat, then the numbers of :class:`~sim.agents.view.View`, regimes by their rank; what there is not is 0, no date 520 weeks."""
_NO_DATE = 520.0


def environment(
    scenario: Scenario | str | None = None, seats: Sequence[str] = ("us",), *, seed: int = 1
) -> Truce:
    """A truce as a PettingZoo AEC environment.

    Parameters
    ----------
    scenario
        As :func:`sim.run` takes it.
    seats
        The sides that agents hold: us, cn, or both.
    seed
        The seed of draws until ``reset(seed=)`` gives another. Each reset without a seed takes the
        next run of it.

    Raises
    ------
    SimError
        A scenario or side is refused.

    Examples
    --------
    >>> truce = environment("london", seats=("us", "cn"))
    >>> truce.reset(seed=3)
    >>> truce.agent_selection in ("us", "cn")
    True
    """
    return Truce(take_scenario(scenario), seats, seed)


def one_seat(scenario: Scenario | str | None = None, seat: str = "us", *, seed: int = 1) -> OneSeat:
    """The same as a Gymnasium environment for one seat; see :func:`environment`."""
    return OneSeat(take_scenario(scenario), seat, seed)


def answer(view: View, action: int) -> tuple[int, float]:
    """What an action answers to an ask: choice and worth, as rules hold them."""
    term = DECISIONS[view.decision]
    if not term.is_worth:
        own = term.choices.index(view.would) if isinstance(view.would, str) else int(view.would)
        return (int(action) if 0 <= action < len(term.choices) else own), math.nan
    if not 0 <= action <= STEPS:
        return 0, view.built_in
    share = action / STEPS
    if view.decision == "offer":
        return 0, view.reservation + share * max(0.0, view.best - view.reservation)
    return 0, 2.0 * share * view.built_in


def mask(view: View) -> np.ndarray:
    """Which actions differ from one another for an ask, (ACTIONS,) of 0 and 1."""
    term = DECISIONS[view.decision]
    open_to = np.zeros(ACTIONS, np.int8)
    open_to[: STEPS + 1 if term.is_worth else len(term.choices)] = 1
    open_to[AS_THE_RULE] = 1
    return open_to


def _number(known: float | str) -> float:
    """A number of a view; a regime by its rank."""
    return float(REGIMES[known].code if isinstance(known, str) else known)


def numbers(view: View) -> np.ndarray:
    """A view as an observation, (len(OBSERVED),)."""
    found = [
        float(DECISIONS[view.decision].code),
        float(TRACKS[view.track].code if view.track else -1),
        float(SIDES[view.side].code),
        *(_number(getattr(view, name)) for name in OBSERVED[3:]),
    ]
    return np.nan_to_num(np.asarray(found), nan=0.0, posinf=_NO_DATE, neginf=0.0)


def words(view: View) -> dict[str, Any]:
    """A view by the names of its fields, None for what there is not: for who reads words."""
    found = {field.name: getattr(view, field.name) for field in fields(View)}
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in found.items()
    }


@cache
def _observations() -> spaces.Dict:
    return spaces.Dict(
        {
            "observation": spaces.Box(-np.inf, np.inf, (len(OBSERVED),), np.float64),
            "action_mask": spaces.Box(0, 1, (ACTIONS,), np.int8),
        }
    )


class Truce(AECEnv):
    """A truce in which agents hold seats; an ask of a seat is a turn.

    An agent's reward is its side's payoff since its last turn, bn USD: what the weeks between
    brought, each a 52nd of :func:`sim.rules.outcomes.payoff`. ``infos`` has the view in words
    (:func:`words`).
    """

    metadata: ClassVar[dict[str, Any]] = {
        "name": "tariff_truce_v0",
        "is_parallelizable": False,
        "render_modes": ["ansi"],
    }
    render_mode = "ansi"

    def __init__(self, scenario: Scenario, seats: Sequence[str], seed: int) -> None:
        super().__init__()
        for seat in seats:
            if seat not in SIDES:
                near = nearest(str(seat), SIDES)
                raise SimError(
                    "no such side", key="seats", given=seat, allowed=SIDES.names, suggestion=near
                )
        if len(set(seats)) != len(seats) or not seats:
            raise SimError("a side has one seat", key="seats", given=", ".join(seats))
        self.truce, self.possible_agents = scenario, list(seats)
        self._seed, self._run = seed, -1
        self.observation_spaces = dict.fromkeys(seats, _observations())
        self.action_spaces = {seat: spaces.Discrete(ACTIONS) for seat in seats}
        self.agents: list[str] = []

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        """A mapping: ``observation``, numbers by the names of OBSERVED, and ``action_mask``."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        """One of ACTIONS."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> None:
        """The first turn of another run: of ``seed`` run 0, or ``options["run"]``; without a seed
        the next run.
        """
        if seed is not None:
            self._seed, self._run = int(seed), -1
        self._run = int((options or {}).get("run", self._run + 1))
        self.model = TruceModel(self.truce, self._seed, self._run, collect="none")
        wanted = self.model.state.whole[0]["world"]["wanted"]
        for seat in self.possible_agents:
            wanted[SIDES[seat].code] = (1 << len(DECISIONS)) - 1
        self.agents = list(self.possible_agents)
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self.infos: dict[str, dict[str, Any]] = {agent: {} for agent in self.agents}
        self._views: dict[str, View] = {}
        self._paid = self._payoffs()
        self._turns = self.model.turns()
        self.agent_selection = self.agents[0]
        self._go_on(None)

    def _payoffs(self) -> np.ndarray:
        """What both sides had so far, bn USD."""
        return np.asarray(self.model.state.whole[0]["out"]["payoff"]) / _WEEKS_A_YEAR

    def _go_on(self, given: tuple[int, float] | None) -> None:
        """Up to the next ask of a seat, or the end of the run."""
        while True:
            try:
                view = next(self._turns) if given is None else self._turns.send(given)
            except StopIteration:
                given = None
                if not self.model.running:
                    self.terminations = dict.fromkeys(self.agents, True)
                    break
                self._turns = self.model.turns()
                continue
            self.agent_selection = view.side
            self._views[view.side] = view
            self.infos[view.side] = words(view)
            break
        paid = self._payoffs()
        for agent in self.agents:
            side = SIDES[agent].code
            self.rewards[agent] = float(paid[side] - self._paid[side])
        self._paid = paid

    def observe(self, agent: str) -> dict[str, np.ndarray]:
        """What a seat knew at its last ask; nothing, and all masked but the rule, before the first."""
        view = self._views.get(agent)
        if view is None:
            nothing = np.zeros(ACTIONS, np.int8)
            nothing[AS_THE_RULE] = 1
            return {"observation": np.zeros(len(OBSERVED)), "action_mask": nothing}
        return {"observation": numbers(view), "action_mask": mask(view)}

    def step(self, action: int | None) -> None:
        """The answer of the seat that is asked."""
        agent = self.agent_selection
        if self.terminations[agent]:
            self._was_dead_step(action)
            return
        self._cumulative_rewards[agent] = 0.0
        assert action is not None
        self._go_on(answer(self._views[agent], int(action)))
        self._accumulate_rewards()

    def render(self) -> str:
        """Where the run stands, what is asked and what the seat knows, as the page says it."""
        card = f"week {self.model.week + 1} of {self.truce.calendar.horizon_weeks}"
        asked = self._views.get(self.agent_selection)
        if asked is None or self.terminations.get(self.agent_selection, True):
            return card
        state, side = self.model.state.whole[0], SIDES[asked.side]
        said = question(state["open"], self.model.params.issues)
        return f"{card}, {side.label}: {said} {facts(state['open'], state['sides'][side.code])}"

    def close(self) -> None:
        """Nothing is held open."""


class OneSeat(Env):
    """A truce for one seat, as Gymnasium has environments: the other side plays by its rules.

    Observations, actions and rewards are those of :class:`Truce`; the reward of a step is what came
    until the next ask, or the end.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi"]}  # noqa: RUF012 - as its base class has it

    def __init__(self, scenario: Scenario, seat: str, seed: int) -> None:
        self.render_mode = "ansi"
        self._truce, self._seat = Truce(scenario, (seat,), seed), seat
        self.observation_space = self._truce.observation_space(seat)
        self.action_space = self._truce.action_space(seat)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """As :meth:`Truce.reset`; the observation, and the view in words."""
        super().reset(seed=seed)
        self._truce.reset(seed=seed, options=options)
        return self._truce.observe(self._seat), dict(self._truce.infos[self._seat])

    def step(self, action: int) -> tuple[dict[str, np.ndarray], float, bool, bool, dict[str, Any]]:
        """The answer to the ask; what came of it until the next."""
        if self._truce.terminations[self._seat]:
            raise SimError("the run is over", key="step", cure="reset() begins the next")
        self._truce.step(action)
        return (
            self._truce.observe(self._seat),
            self._truce.rewards[self._seat],
            self._truce.terminations[self._seat],
            False,
            dict(self._truce.infos[self._seat]),
        )

    def render(self) -> str:
        """Where the run stands, in words."""
        return self._truce.render()
