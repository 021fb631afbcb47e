"""Designs as other software writes them: SALib's problems and the EMA Workbench's parameters, as the
factors of a sweep.

What has no counterpart here is refused and not left out. A SALib problem is drawn as ``saltelli``
(its Sobol analysis) and EMA's parameters as ``latin_hypercube`` (its default sampler), unless the
sweep names a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.config.errors import SimError, nearest
from sim.config.fields import Setting
from sim.sheets import Sheet

__all__ = ["is_parameters", "of_others", "of_parameters"]

_PROBLEM = ("num_vars", "names", "bounds", "dists", "groups", "outputs", "sample_scaled")
_ONE = "leave one of them out"
_EMA = ("uncertainties", "levers")
_EMA_TYPES = ("type", "TYPE")
_EMA_NAMES = ("name", "NAME")
_WORDS = ("choice", "flag", "date")
_DISTRIBUTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "unif": ("", ("low", "high")),
    "logunif": ("loguniform", ("low", "high")),
    "norm": ("normal", ("mean", "sd")),
    "truncnorm": ("normal", ("low", "high", "mean", "sd")),
    "triang": ("triangular", ("low", "high", "peak")),
}


def of_others(plain: Mapping[str, Any], known: Mapping[str, Setting]) -> Mapping[str, Any]:
    """A sweep with the factors that a problem or parameters of others describe; any other as it is.

    Parameters
    ----------
    plain
        What stands in a sweep's file.
    known
        The settings that can be moved.

    Raises
    ------
    SimError
        What cannot be said here, or factors beside it.
    """
    problem = plain.get("problem")
    if problem is None and {"names", "bounds"} <= plain.keys():
        problem = {name: plain[name] for name in _PROBLEM if name in plain}
        plain = {name: value for name, value in plain.items() if name not in _PROBLEM}
    if problem is not None:
        rest = {name: value for name, value in plain.items() if name != "problem"}
        return _joined(rest, _of_problem(problem, known), "saltelli", "problem")
    if any(name in plain for name in _EMA):
        rest = {name: value for name, value in plain.items() if name not in _EMA}
        factors: dict[str, Any] = {}
        for part in (name for name in _EMA if plain.get(name)):
            for name, factor in of_parameters(plain[part], known, f"sweep.{part}").items():
                if name in factors:
                    raise SimError("given twice", key=f"sweep.{part}", given=name, cure=_ONE)
                factors[name] = factor
        return _joined(rest, factors, "latin_hypercube", "uncertainties")
    return plain


def _joined(
    rest: dict[str, Any], factors: Mapping[str, Any], kind: str, source: str
) -> dict[str, Any]:
    if rest.get("factors"):
        cure = f"leave out factors, or {source}"
        raise SimError("given twice", key="sweep.factors", cure=cure)
    return {"kind": kind, **rest, "factors": dict(factors)}


def _of_problem(problem: object, known: Mapping[str, Setting]) -> dict[str, Any]:
    """The factors of a SALib problem."""
    key = "sweep.problem"
    if not isinstance(problem, Mapping):
        allowed = "num_vars, names, bounds, and dists and groups where needed"
        cure = "problem: {names: [linkage.cn], bounds: [[0, 1]]}"
        raise SimError("not a SALib problem", key=key, given=problem, allowed=allowed, cure=cure)
    for name in problem:
        if name not in _PROBLEM:
            near = nearest(str(name), _PROBLEM)
            raise SimError("no such entry", key=f"{key}.{name}", allowed=_PROBLEM, suggestion=near)
    names, bounds = _list(problem, "names"), _list(problem, "bounds")
    dists = _list(problem, "dists") if problem.get("dists") else ["unif"] * len(names)
    count = problem.get("num_vars", len(names))
    sizes = {"names": len(names), "bounds": len(bounds), "dists": len(dists), "num_vars": count}
    if set(sizes.values()) != {len(names)}:
        cure = "one entry of bounds (and of dists) for each name, and num_vars their number"
        raise SimError("lists of different lengths", key=key, given=str(sizes), cure=cure)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SimError("given twice", key=f"{key}.names", given=twice, cure=_ONE)
    groups = problem.get("groups")
    if groups and len(set(map(str, groups))) < len(names):
        cure = "leave groups out; settings that always move together: {same_as: OTHER} in factors"
        raise SimError(
            "settings have an index each here, not by group", key=f"{key}.groups", cure=cure
        )
    return {
        str(name): _of_distribution(
            str(dist), bound, f"{key}.bounds, no. {n}", known.get(str(name))
        )
        for n, (name, bound, dist) in enumerate(zip(names, bounds, dists, strict=True), 1)
    }


def _list(problem: Mapping[str, Any], name: str) -> list[Any]:
    given = problem.get(name)
    if isinstance(given, (str, Mapping)) or not isinstance(given, Sequence) or not given:
        cure = "names: [linkage.cn, truce.length_weeks], bounds: [[0, 1], [6, 26]]"
        raise SimError("a list belongs here", key=f"sweep.problem.{name}", given=given, cure=cure)
    return list(given)


def _of_distribution(
    dist: str, bound: object, key: str, setting: Setting | None
) -> dict[str, Any] | list[Any]:
    """A factor of its bounds as SALib means them for each distribution."""
    if dist not in _DISTRIBUTIONS:
        cure = "draw the points with SALib, and give them as kind: list"
        raise SimError(
            "a distribution that is not known here",
            key=key.replace("bounds", "dists"),
            given=dist,
            allowed=tuple(_DISTRIBUTIONS),
            cure=cure,
        )
    ours, parts = _DISTRIBUTIONS[dist]
    values = list(bound) if isinstance(bound, Sequence) and not isinstance(bound, str) else []
    if dist == "triang" and len(values) == 2:  # SALib's older form: the low end is 0
        values = [0.0, *values]
    if len(values) != len(parts):
        wanted = f"[{', '.join(parts)}]"
        cure = f"{dist} takes {wanted}"
        raise SimError("not the bounds of it", key=key, given=bound, allowed=wanted, cure=cure)
    if setting is not None and setting.kind in _WORDS:
        if setting.kind == "flag" and _are_flags(values):
            return [False, True]
        cure = "values: [..] in factors; SALib has no words"
        raise SimError("has no range", key=key, given=bound, allowed=setting.bounds, cure=cure)
    found = dict(zip(parts, (_whole(value, setting) for value in values), strict=True))
    if "peak" in found:
        low, high, peak = found["low"], found["high"], found.pop("peak")
        numbers = all(isinstance(one, (int, float)) for one in (low, high, peak))
        found["mode"] = low + peak * (high - low) if numbers else peak
    return {**found, **({"distribution": ours} if ours else {})}


def _whole(value: object, setting: Setting | None) -> Any:
    """A number as the setting counts: 6.0 weeks are 6."""
    if setting is not None and setting.kind == "count" and isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value


def is_parameters(sheet: Sheet) -> bool:
    """Whether a table lists parameters with their bounds, as EMA's ``parameters_to_csv`` writes
    them, and not points.
    """
    others = [name for name in sheet.columns if name not in (*_EMA_NAMES, *_EMA_TYPES)]
    named = any(name in sheet.columns for name in _EMA_NAMES)
    return named and bool(others) and all(name.isdecimal() for name in others)


def of_parameters(
    given: object, known: Mapping[str, Setting], key: str = "sweep.uncertainties"
) -> dict[str, Any]:
    """The factors of EMA's parameters.

    Parameters
    ----------
    given
        A table as ``parameters_to_csv`` writes it, the same as a mapping of columns, names with
        their bounds or categories, or a list of EMA's own parameters.
    known
        The settings that can be moved.
    key
        Name of the argument in messages.

    Raises
    ------
    SimError
        What is none of these, or bounds that are none.
    """
    found: dict[str, Any] = {}
    for name, kind, values in _parameters(given, key):
        if name in found:
            raise SimError("given twice", key=f"{key}.{name}", given=name, cure=_ONE)
        found[name] = _of_bounds(values, kind, known.get(name), f"{key}.{name}")
    return found


def _parameters(given: object, key: str) -> Iterator[tuple[str, str, list[Any]]]:
    """(name, type or '', bounds or categories) of each parameter."""
    if isinstance(given, Sheet):
        yield from _of_columns(
            {name: list(given.columns[name].cells) for name in given.columns}, given
        )
    elif isinstance(given, Mapping) and any(name in given for name in _EMA_NAMES):
        yield from _of_columns({str(name): list(cells) for name, cells in given.items()})
    elif isinstance(given, Mapping):
        for name, values in given.items():
            if isinstance(values, (str, Mapping)) or not isinstance(values, Sequence):
                cure = "linkage.cn: [0, 1]"
                raise SimError("not bounds", key=f"{key}.{name}", given=values, cure=cure)
            yield str(name), "", list(values)
    elif isinstance(given, Sequence) and not isinstance(given, str):
        for one in given:
            yield _of_object(one, key)
    else:
        allowed = "names with their bounds, or a list of parameters"
        raise SimError("not parameters", key=key, given=given, allowed=allowed)


def _of_columns(
    table: Mapping[str, Sequence[Any]], sheet: Sheet | None = None
) -> Iterator[tuple[str, str, list[Any]]]:
    names = next(table[name] for name in _EMA_NAMES if name in table)
    types = next((table[name] for name in _EMA_TYPES if name in table), [""] * len(names))
    places = [name for name in table if name not in (*_EMA_NAMES, *_EMA_TYPES)]
    for row, (name, kind) in enumerate(zip(names, types, strict=True)):
        filled = [place for place in places if table[place][row] not in ("", None)]
        values = [
            table[place][row] if sheet is None else sheet.value(place, row) for place in filled
        ]
        yield str(name), str(kind or ""), [value for value in values if value == value]


def _of_object(one: object, key: str) -> tuple[str, str, list[Any]]:
    """A parameter of EMA's, or a mapping of its parts."""
    parts = one if isinstance(one, Mapping) else getattr(one, "__dict__", {})
    name = parts.get("name", getattr(one, "name", None))
    categories = parts.get("categories", getattr(one, "categories", None))
    if isinstance(name, str) and categories is not None:
        listed = categories.values() if isinstance(categories, Mapping) else categories
        return name, "cat", [getattr(category, "value", category) for category in listed]
    ends = [parts.get(end, getattr(one, end, None)) for end in ("lower_bound", "upper_bound")]
    if not isinstance(name, str) or None in ends:
        allowed = "name, and lower_bound and upper_bound or categories"
        raise SimError("not a parameter", key=key, given=one, allowed=allowed)
    return name, str(parts.get("type", "")), ends


def _are_flags(values: Sequence[Any]) -> bool:
    """Whether they are both flags, or 0 and 1 as which they are written."""
    numbers = all(isinstance(value, (bool, int, float)) for value in values)
    return numbers and sorted(map(float, values)) == [0.0, 1.0]


def _of_bounds(
    values: list[Any], kind: str, setting: Setting | None, key: str
) -> dict[str, Any] | list[Any]:
    """A factor between two bounds, or of the values of a category."""
    words = setting is not None and setting.kind in _WORDS
    if setting is not None and setting.kind == "flag" and _are_flags(values):
        return [False, True]
    if (
        setting is not None
        and setting.kind == "choice"
        and all(isinstance(v, (int, float)) for v in values)
    ):
        cure = f"write its words: {setting.bounds}"
        raise SimError("places of a list, not its words", key=key, given=values, cure=cure)
    if words or kind.lower() == "cat" or len(values) != 2:
        return values
    low, high = (_whole(value, setting) for value in values)
    return {"low": low, "high": high}
