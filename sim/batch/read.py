"""Plain data -> a sweep, checked against the scenario that it moves.

Factors must be numeric or categorical settings of that scenario and their values lie within its
bounds; an empty, contradictory or too large design is refused before anything runs. Rows are made
by :mod:`sim.sweeps`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sim.batch import words
from sim.batch.others import of_others
from sim.batch.sweep import (
    DESIGNS,
    DISTRIBUTIONS,
    MOST_FOCUS,
    SWEPT,
    Constraint,
    Factor,
    Stopping,
    Sweep,
)
from sim.batch.words import ours
from sim.config.check import build, check_value, to_plain, unknown
from sim.config.compose import weeks_to
from sim.config.dated import missing_change
from sim.config.errors import SimError, nearest
from sim.config.fields import Setting, all_leaves, settings_of
from sim.config.idle import refuse_idle
from sim.config.scenario import Scenario

__all__ = ["build_sweep", "check_contrast", "sweep_to_plain"]

_MOST_FACTORS = 400  # every setting with a plausible range is a factor of a box: 235
_MOST_VALUES = 10_000
_FACTOR_KEYS = (
    "values",
    "choices",
    "low",
    "high",
    "points",
    "distribution",
    "mean",
    "sd",
    "mode",
    "same_as",
)
_MEASURE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
_COMPARISON = re.compile(r"\s*([\w.]+)\s*(<=|>=|<|>|==|!=)\s*([-+\w.]+)\s*")
_DRAWN = ("latin_hypercube", "sobol", "saltelli", "morris")
# settings that only some kinds of design read, and the cure where another takes it from elsewhere
_READ_BY: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "points": (
        _DRAWN,
        {
            "grid": f"leave it out: a grid takes its points from the values of its factors; {', '.join(_DRAWN)} take points",
            "list": "leave it out: a list takes its points from its file",
        },
    ),
    "levels": (("morris",), {}),
    "second_order": (("saltelli",), {}),
}
_OLD_BOUND = 50_000_000  # runs; what older versions wrote into every sweep
_WORDS = ("choice", "flag", "date")  # kinds of settings that have values and no range
_DEADLINE, _FIRST_WEEKS = "deadline", "truce.first_deadline_weeks"
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
_PARTS = ("labels", "factors", "constraints", "stopping", "measures", "focus")


def build_sweep(
    plain: Mapping[str, Any] | Sweep, scenario: Scenario, *, recorded: bool = False
) -> Sweep:
    """A validated sweep around ``scenario``, from plain data or from a sweep created in Python.

    A ``recorded`` one may hold a setting that its kind does not read: versions that took it in
    silence left such results, and they are still good.

    Raises
    ------
    SimError
        An unknown factor or one that nothing in the scenario reads, a value out of its bounds, an empty or too large design, a contradiction
        within the design.
    """
    if isinstance(plain, Sweep):
        plain = sweep_to_plain(plain)
    if not isinstance(plain, Mapping):
        raise SimError(
            "settings expected here",
            key="sweep",
            given=plain,
            allowed="a mapping of names to values",
        )
    plain = _without_bound(plain, recorded)
    known = {path: meta for path, meta, _ in all_leaves(scenario) if meta.kind in SWEPT}
    plain = of_others(plain, known)
    for name in plain:
        if name not in settings_of(Sweep):
            raise _unknown_setting(name)
    _refuse_kind_of_others(plain.get("kind"))
    sweep = build(
        Sweep, {name: value for name, value in plain.items() if name not in _PARTS}, "sweep"
    )
    given = _with_weeks(plain.get("factors") or {}, scenario.calendar.start)
    factors = _factors(given, sweep.kind, known)
    stopping = plain.get("stopping")
    sweep = replace(
        sweep,
        factors=factors,
        constraints=tuple(
            _constraint(text, known) for text in _words(plain.get("constraints"), "constraints")
        ),
        labels=tuple(_words(plain.get("labels"), "labels")),
        measures=tuple(
            _measure(word, "sweep.measures") for word in _words(plain.get("measures"), "measures")
        ),
        focus=_focus(plain.get("focus")),
        stopping=None if stopping is None else build(Stopping, stopping, "sweep.stopping"),
    )
    if not recorded:
        _check_used(sweep)
        refuse_idle(to_plain(scenario), factors, factors, "sweep.factors.")
    _check(sweep)
    return sweep


def _unknown_setting(name: object) -> SimError:
    error = unknown(f"sweep.{name}", settings_of(Sweep), Sweep, "sweep")
    word = ours(name, words.SETTINGS)
    return error.changed(suggestion=f"sweep.{word}") if word else error


def _refuse_kind_of_others(kind: object) -> None:
    word = ours(kind, words.DESIGNS)
    if word and kind not in DESIGNS:
        raise SimError(
            "not one of the choices",
            key="sweep.kind",
            given=kind,
            allowed=DESIGNS,
            suggestion=word,
        )


def _with_weeks(given: object, start: str) -> object:
    """The factors, with the days of ``deadline`` as the weeks of the setting behind it."""
    if not isinstance(given, Mapping) or _DEADLINE not in given:
        return given
    key = f"sweep.factors.{_DEADLINE}"
    if _FIRST_WEEKS in given:
        raise SimError("given twice", key=key, cure=f"give either {_DEADLINE} or {_FIRST_WEEKS}")
    plain = given[_DEADLINE]
    days = plain.get("values") if isinstance(plain, Mapping) and len(plain) == 1 else plain
    if isinstance(days, (str, Mapping)) or not isinstance(days, Sequence):
        cure = "list its days: {values: [2025-08-12, 2025-11-10]}"
        raise SimError("not a list of days", key=key, given=plain, cure=cure)
    weeks = [weeks_to(day, start, f"{key}, no. {n}") for n, day in enumerate(days, 1)]
    return {
        (_FIRST_WEEKS if name == _DEADLINE else name): {"values": weeks}
        if name == _DEADLINE
        else own
        for name, own in given.items()
    }


def _without_bound(plain: Mapping[str, Any], recorded: bool) -> Mapping[str, Any]:
    """A sweep without the bound on its runs that files of older versions hold: whoever runs a file
    says how much is too much.

    Raises
    ------
    SimError
        A bound that somebody wrote.
    """
    if not recorded and plain.get("largest", _OLD_BOUND) != _OLD_BOUND:
        cure = "leave it out; whoever runs it says largest=HOURS, of one processor"
        raise SimError(
            "a design cannot say how large it may be",
            key="sweep.largest",
            given=plain["largest"],
            cure=cure,
        )
    return {name: value for name, value in plain.items() if name != "largest"}


def sweep_to_plain(sweep: Sweep) -> dict[str, Any]:
    """A sweep as plain data that :func:`build_sweep` takes back, or refuses; unknown parts are left
    as they are.
    """
    plain: dict[str, Any] = {
        name: getattr(sweep, name) for name in settings_of(Sweep) if name not in _PARTS
    }
    plain["factors"] = {
        name: _factor_to_plain(factor) if isinstance(factor, Factor) else factor
        for name, factor in sweep.factors.items()
    }
    plain["constraints"] = [
        f"{c.left} {c.comparison} {c.right}" if isinstance(c, Constraint) else c
        for c in sweep.constraints
    ]
    plain["labels"] = list(sweep.labels)
    plain["measures"] = list(sweep.measures)
    plain["focus"] = list(sweep.focus)
    if sweep.stopping is not None:
        plain["stopping"] = {name: getattr(sweep.stopping, name) for name in settings_of(Stopping)}
    return plain


def _factor_to_plain(factor: Factor) -> dict[str, Any]:
    if factor.same_as:
        return {"same_as": factor.same_as}
    if factor.values:
        return {"values": list(factor.values)}
    parts = {
        name: getattr(factor, name)
        for name in ("distribution", "low", "high", "mean", "sd", "mode")
    }
    return {name: value for name, value in parts.items() if value not in (None, "")}


def _words(given: object, name: str) -> Sequence[str]:
    if given is None:
        return ()
    if (
        isinstance(given, str)
        or not isinstance(given, Sequence)
        or not all(isinstance(word, str) for word in given)
    ):
        raise SimError(
            "not a list of texts", key=f"sweep.{name}", given=given, allowed="[first, second]"
        )
    if len(given) > 100:
        raise SimError("too many", key=f"sweep.{name}", given=len(given), allowed="at most 100")
    return given


def _focus(given: object) -> tuple[str, ...]:
    """One name, or a list of at most two."""
    words = _words([given] if isinstance(given, str) else given, "focus")
    if len(words) > MOST_FOCUS:
        raise SimError(
            "too many", key="sweep.focus", given=len(words), allowed=f"at most {MOST_FOCUS}"
        )
    return tuple(dict.fromkeys(_measure(word, "sweep.focus") for word in words))


def _measure(word: str, key: str) -> str:
    if not _MEASURE.fullmatch(word):
        raise SimError("not the name of an outcome or measure", key=key, given=word)
    return word


def _constraint(given: str, known: Mapping[str, Setting]) -> Constraint:
    key = "sweep.constraints"
    match = _COMPARISON.fullmatch(given)
    if match is None:
        raise SimError(
            "not a comparison",
            key=key,
            given=given,
            allowed="a setting, one of <= < >= > == !=, a setting or number",
        )
    left, comparison, right = match.groups()
    if re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?", right):
        try:
            value: str | float = float(right)
        except ValueError:
            raise SimError("not a number", key=key, given=right) from None
    else:
        value = right
    for name in (left, value):
        if isinstance(name, str) and (
            name not in known or known[name].kind not in ("number", "count")
        ):
            raise SimError(
                "no such numeric setting", key=key, given=name, suggestion=nearest(name, known)
            )
    return Constraint(left, comparison, value)


def _factors(given: object, kind: str, known: Mapping[str, Setting]) -> dict[str, Factor]:
    if not isinstance(given, Mapping):
        raise SimError(
            "factors expected here",
            key="sweep.factors",
            given=given,
            allowed="a mapping of settings to values",
        )
    if len(given) > _MOST_FACTORS:
        raise SimError(
            "too many factors",
            key="sweep.factors",
            given=len(given),
            allowed=f"at most {_MOST_FACTORS}",
        )
    for name in given:
        if name not in known:
            allowed = "a numeric or categorical setting by its dotted name"
            cure = missing_change(str(name))
            raise SimError(
                "no such factor",
                key=f"sweep.factors.{name}",
                allowed=allowed,
                suggestion=None if cure else nearest(str(name), known),
                cure=cure,
            )
    factors = {name: _factor(name, plain, kind, known[name]) for name, plain in given.items()}
    for name, factor in factors.items():
        if factor.same_as:
            _check_link(name, factor.same_as, factors, known)
    return factors


def _check_link(
    name: str, other: str, factors: Mapping[str, Factor], known: Mapping[str, Setting]
) -> None:
    key = f"sweep.factors.{name}.same_as"
    if other not in factors or factors[other].same_as:
        free = [n for n, factor in factors.items() if not factor.same_as]
        raise SimError(
            "not a free factor", key=key, given=other, allowed=free, suggestion=nearest(other, free)
        )
    meta, limits = known[name], factors[other]
    if (meta.kind in _WORDS) != (known[other].kind in _WORDS):
        raise SimError("settings of different kinds cannot be linked", key=key, given=other)
    for value in limits.values or (limits.low, limits.high):
        check_value(meta, value, key)


def _factor(name: str, plain: object, kind: str, meta: Setting) -> Factor:
    key = f"sweep.factors.{name}"
    if isinstance(plain, Sequence) and not isinstance(plain, str):
        plain = {"values": plain}
    elif not isinstance(plain, Mapping):
        plain = {"values": [plain]}  # held at one value at every point
    for part in plain:
        if part not in _FACTOR_KEYS:
            raise _unknown_part(plain, part, key)
    if "same_as" in plain:
        if len(plain) > 1:
            raise SimError("a linked factor has no own values", key=key, cure="give only same_as")
        return Factor(name, same_as=str(plain["same_as"]))
    if "values" in plain or "choices" in plain:
        return Factor(name, values=_listed(plain, key, meta))
    return _ranged(name, plain, kind, meta)


def _unknown_part(plain: Mapping[str, Any], part: str, key: str) -> SimError:
    error = unknown(f"{key}.{part}", _FACTOR_KEYS, Sweep, "sweep")
    word = ours(part, words.FACTOR_KEYS)
    ends = [
        next((plain[end] for end in names if end in plain), None)
        for names in (("low", "min", "from", "start"), ("high", "max", "to", "stop"))
    ]
    numbers = [end for end in [*ends, plain[part]] if isinstance(end, (int, float))]
    if part == "step" and len(numbers) == 3 and numbers[2] > 0 and numbers[1] > numbers[0]:
        points = round((numbers[1] - numbers[0]) / numbers[2]) + 1
        return error.changed(suggestion=f"{key}.points", cure=f"points: {points} instead of step")
    return error.changed(suggestion=f"{key}.{word}") if word else error


def _listed(plain: Mapping[str, Any], key: str, meta: Setting) -> tuple[Any, ...]:
    word = "values" if "values" in plain else "choices"
    if len(plain) > 1:
        raise SimError(
            f"{word} exclude other keys",
            key=key,
            given=", ".join(plain),
            cure=f"give only {word}, or a range",
        )
    given = plain[word]
    if isinstance(given, (str, Mapping)) or not isinstance(given, Sequence) or not given:
        raise SimError(
            "not a list of values", key=f"{key}.{word}", given=given, allowed="[first, second]"
        )
    if len(given) > _MOST_VALUES:
        raise SimError(
            "too many values",
            key=f"{key}.{word}",
            given=len(given),
            allowed=f"at most {_MOST_VALUES:,}",
        )
    values = tuple(
        check_value(meta, value, f"{key}.{word}, no. {n}") for n, value in enumerate(given, 1)
    )
    for n, value in enumerate(values):
        if value in values[:n]:
            raise SimError("the same value twice", key=f"{key}.{word}", given=value)
    return values


_NEEDS = {
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "integers": ("low", "high"),
    "normal": ("mean", "sd"),
    "triangular": ("low", "mode", "high"),
}


def _ranged(name: str, plain: Mapping[str, Any], kind: str, meta: Setting) -> Factor:
    key = f"sweep.factors.{name}"
    if meta.kind in _WORDS:
        word = "values" if meta.kind == "date" else "choices"
        cure = f"list its {word}: {{{word}: [..]}}"
        raise SimError("has no range", key=key, allowed=meta.bounds, cure=cure)
    distribution = plain.get("distribution", "integers" if meta.kind == "count" else "uniform")
    if distribution not in DISTRIBUTIONS:
        near = nearest(str(distribution), DISTRIBUTIONS)
        raise SimError(
            "no such distribution",
            key=f"{key}.distribution",
            given=distribution,
            allowed=DISTRIBUTIONS,
            suggestion=near,
        )
    if (distribution == "integers") != (meta.kind == "count"):
        wanted = "integers" if meta.kind == "count" else "another distribution"
        raise SimError(
            "does not fit the setting",
            key=f"{key}.distribution",
            given=distribution,
            allowed=wanted,
        )
    low_high = ("low", "high") if distribution == "normal" else ()
    allowed = (*_NEEDS[distribution], *low_high, "distribution", "points")
    for part in plain:
        if part not in allowed:
            raise SimError(f"not used by {distribution}", key=f"{key}.{part}", allowed=allowed)
    for part in _NEEDS[distribution]:
        if part not in plain:
            raise SimError(f"needed by {distribution}", key=f"{key}.{part}", allowed=meta.bounds)
    numbers = {
        part: check_value(meta, plain[part], f"{key}.{part}")
        for part in ("low", "high", "mean", "mode")
        if part in plain
    }
    if "sd" in plain:
        numbers["sd"] = check_value(
            Setting("number", meta.unit, low=0.0, high=1e9), plain["sd"], f"{key}.sd"
        )
    factor = Factor(
        name, distribution=distribution, **{"low": meta.low, "high": meta.high, **numbers}
    )
    _check_range(factor, key)
    if kind == "grid":
        return replace(
            factor, values=_spaced(factor, plain.get("points"), key, meta), distribution=""
        )
    if "points" in plain:
        raise SimError(
            "only a grid has points of a factor", key=f"{key}.points", cure="set sweep.points"
        )
    return factor


def _check_range(factor: Factor, key: str) -> None:
    low, high = factor.low, factor.high
    assert low is not None and high is not None
    if not low < high:
        given, cure = f"{low:g} to {high:g}", "write the smaller end first"
        cure = cure if high < low else "a range has two ends; one value is held: values: [..]"
        raise SimError("an empty range", key=key, given=given, allowed="low below high", cure=cure)
    if factor.distribution == "loguniform" and low <= 0:
        raise SimError("must be above 0 for loguniform", key=f"{key}.low", given=low)
    if factor.mode is not None and not low <= factor.mode <= high:
        raise SimError("not within low and high", key=f"{key}.mode", given=factor.mode)
    if factor.mean is not None and not low <= factor.mean <= high:
        raise SimError("not within low and high", key=f"{key}.mean", given=factor.mean)
    if factor.sd is not None and factor.sd <= 0:
        raise SimError("must be above 0", key=f"{key}.sd", given=factor.sd)


def _spaced(factor: Factor, points: object, key: str, meta: Setting) -> tuple[Any, ...]:
    if factor.distribution not in ("uniform", "loguniform", "integers"):
        raise SimError(
            "a grid has no distribution", key=f"{key}.distribution", given=factor.distribution
        )
    if points is None:
        raise SimError(
            "needed by a grid", key=f"{key}.points", cure="give points: 5, or values: [..]"
        )
    n = check_value(Setting("count", "values", low=2, high=_MOST_VALUES), points, f"{key}.points")
    low, high = factor.low, factor.high
    assert low is not None and high is not None
    steps = [k / (n - 1) for k in range(n)]
    if factor.distribution == "loguniform":
        values = [low * (high / low) ** step for step in steps]
    else:
        values = [low + (high - low) * step for step in steps]
    values = [min(max(value, low), high) for value in values]
    if meta.kind == "count":
        values = list(dict.fromkeys(round(value) for value in values))
    return tuple(values)


def check_contrast(sweep: Sweep, free: Sequence[str]) -> None:
    """Refuse a contrast that is none of the ``free`` factors, or one without a question about a
    measure.
    """
    if not sweep.contrast:
        return
    if sweep.contrast not in free:
        near = nearest(sweep.contrast, free)
        raise SimError(
            "not a free factor",
            key="sweep.contrast",
            given=sweep.contrast,
            allowed=list(free),
            suggestion=near,
        )
    if not sweep.focus:
        cure = "name the outcome or measure to compare: focus: breakthrough"
        raise SimError(
            "a contrast without a focus", key="sweep.contrast", given=sweep.contrast, cure=cure
        )


def _check_used(sweep: Sweep) -> None:
    """Refuse a setting that the kind of design does not read; a default is never refused, since a
    recorded sweep holds all.
    """
    for name, (kinds, cure) in _READ_BY.items():
        given = getattr(sweep, name)
        if sweep.kind not in kinds and given != settings_of(Sweep)[name].default:
            raise SimError(
                f"a {sweep.kind} design does not use it",
                key=f"sweep.{name}",
                given=given,
                cure=cure.get(sweep.kind, f"leave it out, or kind: {' or '.join(kinds)}"),
            )


def _check(sweep: Sweep) -> None:
    if sweep.kind != "list":
        check_contrast(
            sweep, [name for name, factor in sweep.factors.items() if not factor.same_as]
        )
    if sweep.kind == "list":
        if not sweep.file.lower().endswith(_TABLES):
            raise SimError(
                "a list needs a file",
                key="sweep.file",
                given=sweep.file or None,
                allowed=f"a file that ends in {', '.join(_TABLES)}",
            )
        if sweep.factors:
            raise SimError(
                "a list takes its factors from its file", key="sweep.factors", cure="leave them out"
            )
        return
    if sweep.file:
        raise SimError(
            f"a {sweep.kind} reads no file",
            key="sweep.file",
            given=sweep.file,
            cure="leave it out, or kind: list",
        )
    if not any(not factor.same_as for factor in sweep.factors.values()):
        raise SimError(
            "the design is empty", key="sweep.factors", cure="name at least one setting to move"
        )
    if sweep.kind in ("sobol", "saltelli") and sweep.points & (sweep.points - 1):
        near = 2 ** round(math.log2(sweep.points))
        raise SimError(
            "not a power of two", key="sweep.points", given=sweep.points, suggestion=str(near)
        )
    if sweep.kind == "morris" and sweep.levels % 2:
        raise SimError("not even", key="sweep.levels", given=sweep.levels)
    most = sweep.stopping.most_runs if sweep.stopping else sweep.runs
    if most < sweep.runs:
        raise SimError(
            "fewer than the first runs",
            key="sweep.stopping.most_runs",
            given=most,
            allowed=f"at least {sweep.runs}",
        )
