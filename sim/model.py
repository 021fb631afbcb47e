"""The truce as a Mesa model: one run, open to be stepped, collected from, subclassed and given
strategies of one's own.

Agents are views of rows of the state; every method calls the compiled rule that the ensemble calls,
so both engines give the same bits. Where agents are the stock ones a population's phase is one
call; where a class is replaced each agent is asked. Randomness is the rules' own
(:mod:`sim.rules.randomness`); Mesa's generators are seeded but no rule draws from them.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
from collections.abc import Generator
from functools import partial
from importlib import import_module
from operator import attrgetter
from typing import Any

import numpy as np

from sim.agents.authority import LicensingAuthority
from sim.agents.firm import Firm
from sim.agents.framework import Collector, mesa
from sim.agents.negotiator import Negotiator
from sim.agents.strategies import Strategy, check_strategies
from sim.agents.view import View, view_of
from sim.config.compose import take_scenario
from sim.config.errors import SimError
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.progress import Stopped
from sim.rules import steps
from sim.rules.asks import NO_ASK
from sim.rules.codes import CHIPS, CN, MAGNETS, US
from sim.rules.logs import Logs
from sim.rules.measures import RUN, WEEK, WEEK_SERIES
from sim.rules.state import STATE, allocate, places, tiles
from sim.vocabulary import SIDES, STATUSES

__all__ = ["TruceModel", "simulate"]

_COLLECT = ("none", "model", "agents")
assert STATE.fields is not None
_LOGS = STATE.fields["acts"][1]  # bytes of a state before its logs


class TruceModel(mesa.Model):
    """One run of a scenario.

    Parameters
    ----------
    scenario
        A :class:`~sim.config.scenario.Scenario`, or the name of one; None takes the default.
    seed
        Seed of all draws, 0 to 2**64 - 1; None takes one from the operating system. ``rng`` is
        Mesa's newer name of it.
    run
        Run number under that seed.
    strategies
        Strategies of one's own by side: ``{"cn": MyStrategy()}``; the others keep the scenario's.
    collect
        ``model`` collects the weekly series, ``agents`` also what agents report (a run then takes
        some 25 times as long as with ``none``), ``none`` nothing.
    by_agent
        True asks every agent by itself; None does so where a subclass replaced ``firm_class`` or
        ``authority_class``.
    kwargs
        Any setting by its dotted name, as ``mesa.batch_run`` passes them: ``**{"linkage.cn":
        0.5}``.

    Raises
    ------
    SimError
        A scenario, setting, strategy or seed is refused.
    """

    firm_class: type[Firm] = Firm
    authority_class: type[LicensingAuthority] = LicensingAuthority
    negotiator_class: type[Negotiator] = Negotiator
    scenario: Any = (
        None  # a plain attribute: Mesa 3.5 has a property of this name that would write into ours
    )

    def __init__(
        self,
        scenario: Scenario | str | None = None,
        seed: int | None = None,
        run: int = 0,
        *,
        strategies: dict[str, Strategy] | None = None,
        collect: str = "model",
        by_agent: bool | None = None,
        rng: int | None = None,
        **kwargs: Any,
    ) -> None:
        seed = _one_seed(seed, rng)
        if seed is None:
            seed = int(np.random.SeedSequence().generate_state(1, np.uint64)[0])
        super().__init__(rng=_integer("seed", seed, 2**64 - 1))
        self.scenario = take_scenario(scenario, kwargs)
        self.seed_of_draws, self.run = seed, _integer("run", run, 2**32 - 1)
        self.params = flatten(self.scenario)
        counts = self.params.record["firms"]["goods"]["firms"]
        self.state = allocate(int(tiles(counts).sum()))
        steps.begin(*self.all_firms, self.params.script, np.uint64(seed), self.run)
        own = check_strategies(strategies)
        self.negotiators = [
            self.negotiator_class(self, int(side), own.get(SIDES.names[side])) for side in (US, CN)
        ]
        self.authorities = [self.authority_class(self, int(good)) for good in (MAGNETS, CHIPS)]
        self.firms = [self.firm_class(self, place) for place in places(*counts.tolist())]
        replaced = self.firm_class is not Firm or self.authority_class is not LicensingAuthority
        self.by_agent = replaced if by_agent is None else by_agent
        wanted = [negotiator.wanted for negotiator in self.negotiators]
        self.state.whole[0]["world"]["wanted"] = wanted
        self._asks_agents = any(wanted)
        self._week = np.zeros(1, WEEK)
        if collect not in _COLLECT:
            raise SimError("unknown choice", key="collect", given=collect, allowed=_COLLECT)
        self.collecting = collect != "none"
        self.datacollector = Collector(
            model_reporters=_model_reporters(self) if self.collecting else None,
            agenttype_reporters=_agent_reporters(self) if collect == "agents" else None,
        )

    def __copy__(self) -> TruceModel:
        """A model of its own: two that shared a state would step it twice a week."""
        return copy.deepcopy(self)

    # arguments of steps are put together at each use: a copy that kept views into the state would
    # have those of an array that nothing else reads

    @property
    def all_sides(self) -> tuple[Any, ...]:
        """State and settings, which are a run's own: what changes on a day is written into them."""
        return self.state.whole, self.params.values

    @property
    def all_firms(self) -> tuple[Any, ...]:
        """State, firms and settings."""
        return self.state.whole, self.state.firms, self.params.values

    @property
    def all_dated(self) -> tuple[Any, ...]:
        """What is dated, and the settings as cells that it is written into."""
        return self.params.dated, self.params.values.view(np.int64)

    @property
    def _live(self) -> np.ndarray:
        """What phases change: all but the logs, which they only write on."""
        return self.state.whole.view(np.uint8)[:_LOGS]

    @property
    def week(self) -> int:
        """Weeks since the start."""
        return int(self.state.whole["world"]["week"][0])

    @property
    def series(self) -> np.void:
        """The record, of dtype WEEK, of the last week lived."""
        return self._week[0]

    @property
    def acts(self) -> np.ndarray:
        """What was done so far, rows of :data:`sim.vocabulary.ACT_ROW`."""
        s = self.state.whole[0]
        return s["acts"][: s["world"]["acts"]].copy()

    @property
    def transcript(self) -> np.ndarray:
        """What was asked and answered so far, rows of :data:`sim.vocabulary.ASK_ROW`."""
        s = self.state.whole[0]
        return s["transcript"][: s["world"]["asked"]].copy()

    def branch(self, run: int) -> TruceModel:
        """A future of this run: a copy that goes on with the draws of ``run``, 0 to 2**32 - 1.

        With the model's own number it goes on as the model does. What is drawn before stays: prices
        of settling, errors of beliefs, firms. :func:`sim.branch` makes many, with settings changed.

        Raises
        ------
        SimError
            Not a number of a run.
        """
        future = copy.deepcopy(self)
        future.run = _integer("run", run, 2**32 - 1)
        steps.branch(future.state.whole, future.run)
        return future

    def _repr_html_(self) -> str:
        """What a notebook shows: the week, both tariffs, and what each side believes and wants."""
        scenario, world = self.scenario, self.state.whole["world"][0]
        day = dt.date.fromisoformat(scenario.calendar.start) + dt.timedelta(weeks=self.week)
        tariffs = (
            f"{side.country} {100.0 * world['tariff'][side.code]:.0f} %" for side in SIDES.values()
        )
        facts = {
            "week": f"{self.week} of {scenario.calendar.horizon_weeks}, {day}",
            "seed and run": f"{self.seed_of_draws}, {self.run}",
            "status": STATUSES[STATUSES.names[int(world["status"])]].label,
            "tariffs": ", ".join(tariffs),
        }
        rows = [
            (
                SIDES[one.name].label,
                f"{one.belief_alive:.2f}",
                f"{one.reservation:.1f}",
                f"{one.aspiration:.1f}",
            )
            for one in self.negotiators
        ]
        head = (
            "side",
            "belief that the truce goes on",
            "reservation value, bn USD/yr",
            "aspiration, bn USD/yr",
        )
        # by name: the model knows nothing of reports
        card = import_module("sim.report.cards").card
        return str(card(scenario.title or scenario.name, facts, head, rows))

    def step(self) -> None:
        """One week: the ten phases of docs/model.md, *Process overview and scheduling*."""
        self._begin_week()
        self.decide()
        self._close_week()

    def turns(self) -> Generator[View, tuple[int, float], None]:
        """One week, as :meth:`step`, that yields a view for each ask to be answered from outside.

        It is sent the answer, a choice and a worth as rules hold them; which decisions of a side
        are asked is ``world.wanted``, a bit a decision.
        """
        self._begin_week()
        yield from self._asks()
        self._close_week()

    def _begin_week(self) -> None:
        """Phases 1 to 5."""
        steps.land_shocks(*self.all_sides, *self.all_dated)
        self.license()
        self.supply()
        steps.trade_flows(*self.all_sides)
        steps.feel_politics(*self.all_sides)

    def _close_week(self) -> None:
        """What the week adds, and the calendar."""
        steps.close_week(*self.all_firms, self._week)
        if self.collecting:
            self.datacollector.collect(self)
        self.running = self.week < self.scenario.calendar.horizon_weeks

    def license(self) -> None:
        """Phase 2: firms apply, authorities examine."""
        if not self.by_agent:
            steps.license_all(*self.all_firms)
            return
        steps.open_window(*self.all_sides)
        for firm in self.firms:
            firm.seek_licence()
        for authority in self.authorities:
            authority.clear_queue()

    def supply(self) -> None:
        """Phase 3: firms receive, use, fall short, order."""
        if not self.by_agent:
            steps.supply_all(*self.all_firms)
            return
        steps.grow_other_supply(*self.all_sides)
        for firm in self.firms:
            firm.operate()
        steps.tally(*self.all_firms)

    def decide(self) -> None:
        """Phases 6 to 10, in which governments are asked; agents answer what they decide."""
        if not self._asks_agents:
            steps.decide(*self.all_sides)
            return
        asks = self._asks()
        with contextlib.suppress(StopIteration):
            view = next(asks)
            while True:
                view = asks.send(self.negotiators[SIDES[view.side].code].decide(view))

    def _asks(self) -> Generator[View, tuple[int, float], None]:
        """Phases 6 to 10, which yield each ask and are sent its answer.

        They are run on a copy; where a side is asked what it decides itself, it is shown what it saw
        then, the answer joins the script, and they are run again, until no ask is open. Draws are
        keyed by what they are for, so an answer moves none.
        """
        kept = self._forget_used()
        while True:
            steps.decide(*self.all_sides)
            s = self.state.whole[0]
            if s["world"]["open_ask"] == NO_ASK:
                return
            s["sides"], s["world"] = s["seen"], s["seen_world"]
            view, asked = view_of(self), s["open"].copy()
            choice, worth = yield view
            self._live[:] = kept
            self._insert(
                (
                    view.week,
                    int(asked["ask"]),
                    int(asked["side"]),
                    int(asked["decision"]),
                    choice,
                    worth,
                )
            )
            kept = self._live.copy()

    def _forget_used(self) -> np.ndarray:
        """A copy of what phases change, once the script holds only rows that are to come."""
        s, world = self.state.whole[0], self.state.whole[0]["world"]
        rest = s["script"][world["script_next"] : world["script_end"]].copy()
        s["script"][: len(rest)] = rest
        world["script_next"], world["script_end"] = 0, len(rest)
        return self._live.copy()

    def _insert(self, row: tuple[Any, ...]) -> None:
        """Put a row where it belongs among those of the script."""
        s, world = self.state.whole[0], self.state.whole[0]["world"]
        end = int(world["script_end"])
        script = s["script"]
        later = (script["week"][:end], script["ask"][:end])
        at = int(np.sum((later[0] < row[0]) | ((later[0] == row[0]) & (later[1] < row[1]))))
        script[at + 1 : end + 1] = script[at:end].copy()
        script[at] = row
        world["script_end"] = end + 1

    def run_model(self) -> None:
        """Step to the horizon."""
        while self.running:
            self.step()

    def measures(self) -> np.ndarray:
        """The run's measures so far, shape (1,) of dtype RUN; the model can be stepped on."""
        kept = self.state.whole["out"].copy()
        steps.finish(*self.all_sides)
        out = self.state.whole["out"].copy()
        self.state.whole["out"] = kept
        return out


def simulate(
    scenario: Scenario,
    run: np.ndarray,
    seed: int,
    *,
    weekly: int = 0,
    strategies: dict[str, Strategy] | None = None,
    logs: Logs | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The Mesa engine: the same two arrays as :func:`sim.ensemble.execute.simulate`, one model a
    run; ``logs`` as there. On Ctrl-C :class:`sim.progress.Stopped` has the runs that were done.
    """
    outs = np.zeros(len(run), RUN)
    weeks = np.zeros((weekly, scenario.calendar.horizon_weeks), WEEK)
    done = 0
    try:
        for done, number in enumerate(run):
            model = TruceModel(scenario, seed, int(number), strategies=strategies, collect="none")
            while model.running:
                model.step()
                if done < weekly:
                    weeks[done, model.week - 1] = model.series
            outs[done] = model.measures()[0]
            if logs is not None and done < weekly:
                logs.add(0, int(number), model.acts, model.transcript)
    except KeyboardInterrupt:
        raise Stopped(outs[:done], weeks[:done]) from None
    return outs, weeks


def _integer(key: str, given: object, most: int) -> int:
    if (
        isinstance(given, bool)
        or not isinstance(given, (int, np.integer))
        or not 0 <= int(given) <= most
    ):
        raise SimError(f"not a whole number between 0 and {most:,}", key=key, given=given)
    return int(given)


def _one_seed(seed: int | None, rng: int | None) -> int | None:
    """The seed under either of its names."""
    if rng is None:
        return seed
    if seed is not None and seed != rng:
        cure = "rng is another name of seed: give one"
        raise SimError("two seeds", key="rng", given=rng, allowed=str(seed), cure=cure)
    return _integer("rng", rng, 2**64 - 1)


def _model_reporters(model: TruceModel) -> dict[str, Any]:
    """A reporter a weekly series, indexed ones by name (``tariff.us``, ``level.ai_chips``), what is
    a code by its name, beside seed and run number, from which every row can be made again.

    Reporters are no functions of this module's own making, which do not pickle.
    """
    reporters: dict[str, Any] = {"seed": "seed_of_draws", "run": "run", "week": "week"}
    for series in WEEK_SERIES:
        codes = model.params.code_names(series.name)
        if not series.axis:
            reporters[series.name] = partial(_read, series.name, (0,), codes)
        for index, name in enumerate(model.params.names(series.axis)):
            reporters[f"{series.name}.{name}"] = partial(_read, series.name, (0, index), codes)
    return reporters


def _read(field: str, at: tuple[int, ...], codes: tuple[str, ...], model: TruceModel) -> Any:
    """A series of the week; a code by its name, None for none."""
    value = model._week[field].item(at)
    if not codes:
        return value
    return codes[value] if value >= 0 else None


def _agent_reporters(model: TruceModel) -> dict[type, dict[str, Any]]:
    columns = {
        model.negotiator_class: (
            "name",
            "belief_alive",
            "reservation",
            "aspiration",
            "hawk",
            "lobby",
            "grievance",
        ),
        model.authority_class: ("good", "queue", "examined", "approved"),
        model.firm_class: (
            "good",
            "sector",
            "stock",
            "shortage",
            "licensed",
            "waiting",
            "other_share",
        ),
    }
    return {kind: {name: attrgetter(name) for name in names} for kind, names in columns.items()}
