"""Rules between settings: contradictory terms make a run meaningless and are refused.

A rule is data, declared beside its settings (``rules`` of a group): a setting, a relation, what it
is compared with, and a message. So a page can use the same rules without its own list
(:func:`declared`). A rule checks one scenario, or all rows of a design at a time. Bounds of single
settings are :mod:`sim.config.check`'s.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.config.errors import SimError, nearest
from sim.config.fields import all_leaves, leaves, setting_of, settings_of

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "Bound",
    "Rule",
    "bound_rules",
    "broken_rows",
    "contradictions",
    "declared",
    "first_contradiction",
    "in_a_rule",
    "refused_rows",
]

Values = Mapping[str, Any]
_PLACE = re.compile(r"\{([\w.*]+)\}")
_HOLDS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">=": operator.ge,
    "is": operator.eq,
    "is not": operator.ne,
}
_FAILS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.ge,
    "<=": operator.gt,
    ">=": operator.lt,
    "is": operator.ne,
}
_CHANGES = "changes"  # as sim.config.dated, which builds on this module
_ALLOWED = {"<": "less than", "<=": "at most", ">=": "at least"}


@dataclass(frozen=True)
class Rule:
    """A condition: ``left`` ``relation`` ``right``, wherever each of ``when`` holds.

    ``left`` is the setting at fault, named from the group that declares the rule; ``*`` stands for
    each named item in turn. ``relation`` is ``<``, ``<=`` or ``>=`` against a setting or a number,
    or ``is`` against a word; or it is of named items: ``has`` (at least this many), ``sums above``
    (a number), ``differ`` (no two equal, except this word), ``share no name`` (with others).
    ``weeks`` is a setting to add to a day on the right. ``words`` is the message where it fails,
    ``allowed`` what is allowed and ``cure`` what to do; a name in braces is replaced by a value: of
    a setting, of the ``right`` side, or of the ``other`` item.
    """

    left: str
    relation: str
    right: str | float
    words: str
    when: tuple[tuple[str, str, str | float], ...] = ()
    weeks: str = ""
    allowed: str = ""
    cure: str | None = None

    @property
    def compares(self) -> bool:
        """Whether ``right`` names a setting, or items."""
        return isinstance(self.right, str) and self.relation in (*_ALLOWED, "share no name")

    def renamed(self, new: Callable[[str], str]) -> Rule:
        """The same rule with ``new`` names of settings."""
        return replace(
            self,
            left=new(self.left),
            right=new(str(self.right)) if self.compares else self.right,
            when=tuple((new(name), relation, right) for name, relation, right in self.when),
            weeks=self.weeks and new(self.weeks),
            allowed=_PLACE.sub(
                lambda at: at[0] if at[1] == "right" else f"{{{new(at[1])}}}", self.allowed
            ),
        )

    def reads(self) -> tuple[str, ...]:
        """The settings that it reads."""
        right = [str(self.right)] if self.compares else []
        names = [self.left, *right, *(name for name, _, _ in self.when), self.weeks]
        return tuple(name for name in dict.fromkeys(names) if name)

    def against(self, values: Values) -> Any:
        """The value on the right."""
        right = values[str(self.right)] if self.compares else self.right
        return right + 7 * values[self.weeks] if self.weeks else right

    def broken(self, values: Values) -> Any:
        """Whether it fails: for single values, or elementwise for columns."""
        fails = _FAILS[self.relation](values[self.left], self.against(values))
        for name, relation, right in self.when:
            fails = fails & _HOLDS[relation](values[name], right)
        return fails


class Bound(NamedTuple):
    """A rule for the items of a scenario: ``broken`` of values by name, ``key`` the setting at
    fault.
    """

    rule: Rule
    reads: tuple[str, ...]
    broken: Callable[[Values], Any]
    key: str
    words: str

    def error(self, cls: type, values: Values) -> SimError:
        """The error for these single values."""
        given = _shown(cls, self.key, values[self.key]) if self.key in values else None
        return SimError(
            self.words,
            key=self.key,
            given=given,
            allowed=self._allowed(cls, values),
            cure=self.rule.cure,
        )

    def _allowed(self, cls: type, values: Values) -> str | None:
        rule = self.rule

        def fill(place: re.Match[str]) -> str:
            right = place[1] == "right"
            value = rule.against(values) if right else values[place[1]]
            return _in_words(_shown(cls, rule.left if right else place[1], value))

        if rule.allowed:
            return _PLACE.sub(fill, rule.allowed)
        if rule.relation not in _ALLOWED:
            return None
        source = f" ({rule.right})" if rule.compares else ""
        return f"{_ALLOWED[rule.relation]} {_in_words(rule.against(values))}{source}"


def _shown(cls: type, name: str, value: Any) -> Any:
    """A day as written; it is compared as a number."""
    if _is_day(cls, name):
        return dt.date.fromordinal(int(value)).isoformat()
    return value


def _is_day(cls: type, name: str) -> bool:
    setting = setting_of(cls, name)
    return setting is not None and setting.kind == "date"


def _day_numbers(days: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray([dt.date.fromisoformat(day).toordinal() for day in days.tolist()])


def _in_words(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def contradictions(node: Any) -> list[SimError]:
    """All contradictions in a group whose single values are valid."""
    rules = bound_rules(node)
    values = _values(node) if rules else {}
    broken = [rule.error(type(node), values) for rule in rules if rule.broken(values)]
    return [*broken, *node.refused()]


def first_contradiction(
    scenario: Any, columns: Mapping[str, np.ndarray]
) -> tuple[int, SimError] | None:
    """The first row of a design that breaks a rule, and the error; None if no row does.

    Parameters
    ----------
    scenario
        The checked scenario, whose other settings stay as they are.
    columns
        Values of settings by dotted name, each already checked alone; columns of one length.
    """
    masks = _broken_rows(scenario, columns)
    if not masks:
        return None
    row = min(int(mask.argmax()) for mask, _ in masks)
    numbers = _with_day_numbers(scenario, columns)
    of_row = {
        **_values(scenario),
        **{name: column[row].item() for name, column in numbers.items()},
    }
    return row, SimError.together(
        [rule.error(type(scenario), of_row) for mask, rule in masks if mask[row]]
    )


def refused_rows(scenario: Any, columns: Mapping[str, np.ndarray]) -> tuple[np.ndarray, list[str]]:
    """Which rows of a design break a rule, bool (rows,), and the rules that any breaks, in words;
    arguments as in :func:`first_contradiction`.
    """
    import numpy as np

    masks = _broken_rows(scenario, columns)
    rows = len(next(iter(columns.values()), ()))
    refused = np.zeros(rows, bool)
    for mask, _ in masks:
        refused |= mask
    return refused, list(dict.fromkeys(f"{rule.key}: {rule.words}" for _, rule in masks))


def _with_day_numbers(scenario: Any, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Columns with days as numbers, which is how rules compare them."""
    return {
        name: _day_numbers(column) if _is_day(type(scenario), name) else column
        for name, column in columns.items()
    }


def _broken_rows(
    scenario: Any, columns: Mapping[str, np.ndarray]
) -> list[tuple[np.ndarray, Bound]]:
    """The rules that any row breaks, each with the rows that do."""
    import numpy as np

    columns = _with_day_numbers(scenario, columns)
    values, found = {**_values(scenario), **columns}, list[tuple[np.ndarray, Bound]]()
    for rule in bound_rules(scenario):
        if not columns.keys().isdisjoint(rule.reads):
            mask = np.asarray(rule.broken(values))
            if mask.any():
                found.append((mask, rule))
    return found


def broken_rows(scenario: Any, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Which rows of a design break a rule, shape (rows,); arguments as :func:`first_contradiction`
    takes them.
    """
    import numpy as np

    values = {**_values(scenario), **columns}
    broken = np.zeros(max((len(column) for column in columns.values()), default=0), bool)
    for rule in bound_rules(scenario):
        if not columns.keys().isdisjoint(rule.reads):
            broken |= np.asarray(rule.broken(values), bool)
    return broken


def in_a_rule(scenario: Any, names: Iterable[str]) -> bool:
    """Whether any rule reads one of these settings; a design that moves none cannot contain
    contradictions.
    """
    moved = set(names)
    return any(not moved.isdisjoint(rule.reads) for rule in bound_rules(scenario))


@cache
def declared(cls: type) -> tuple[Rule, ...]:
    """Every rule of a group and of the groups in it, with names from ``cls``."""
    return tuple(_declared(cls, ""))


def _declared(cls: type, path: str) -> Iterator[Rule]:
    for name, setting in settings_of(cls).items():
        if setting.kind in ("group", "mapping"):
            yield from _declared(
                setting.item, f"{path}{name}." + ("*." if setting.kind == "mapping" else "")
            )
    for rule in getattr(cls, "rules", ()):
        yield rule.renamed(lambda name: f"{path}{name}")


def bound_rules(node: Any) -> tuple[Bound, ...]:
    """The rules that hold for the named items that ``node`` has, and for what changes on a day."""
    cls: Any = type(node)
    parents = _parents(cls)
    bound = _bound(cls, tuple((path, tuple(operator.attrgetter(path)(node))) for path in parents))
    return (*bound, *_of_changes(node, bound)) if getattr(node, _CHANGES, None) else bound


def _of_changes(node: Any, bound: tuple[Bound, ...]) -> Iterator[Bound]:
    """The rules of what changes: it exists, its day is within the run, and after every change the
    rules between settings hold of those in force.
    """
    known, in_force = {path for path, _, _ in leaves(node)}, dict[str, str]()
    for day, changes in node.changes.items():
        for name in changes:
            dated = f"{_CHANGES}.{day}.{name}"
            if name not in known:
                words, near = f"no such setting here: {name}", nearest(name, known)
                cure = f"write {_CHANGES}.{day}.{near}" if near else _MISSING.cure
                yield Bound(replace(_MISSING, cure=cure), (), lambda _: True, dated, words)
            if name in in_force:
                yield _one_a_week(in_force[name], dated)
            in_force[name] = dated
        yield from _within(day)
        for rule in bound:
            if not in_force.keys() & set(rule.reads) or set(rule.reads).isdisjoint(changes):
                continue
            yield _renamed(rule, dict(in_force), f"{rule.words} (in force from {day})")


def _one_a_week(before: str, after: str) -> Bound:
    """Two changes of one setting lie in two weeks: the step is a week, so of two in one week the
    earlier would never be in force.
    """
    first, second = (
        dt.date.fromisoformat(name.split(".")[1]).toordinal() for name in (before, after)
    )
    start = "calendar.start"

    def broken(values: Values) -> Any:
        return (first - values[start]) // 7 == (second - values[start]) // 7

    words = f"changes again in the week in which {before} changes it, which would never be in force"
    cure = "leave one of them out, or move one into another week (weeks run from calendar.start)"
    return Bound(replace(_MISSING, cure=cure), (start,), broken, after, words)


def _renamed(bound: Bound, names: Mapping[str, str], words: str) -> Bound:
    """A rule about the settings in force after changes: those in ``names`` by their dated names."""

    def broken(values: Values) -> Any:
        return bound.broken({**values, **{old: values[new] for old, new in names.items()}})

    reads = tuple(names.get(name, name) for name in bound.reads)
    rule = bound.rule.renamed(lambda name: names.get(name, name))
    return Bound(rule, reads, broken, names.get(bound.key, bound.key), words)


def _within(day: str) -> Iterator[Bound]:
    """A day on which settings change lies after the first day and before the last."""
    number, key = dt.date.fromisoformat(day).toordinal(), f"{_CHANGES}.{day}"
    start, weeks = "calendar.start", "calendar.horizon_weeks"
    yield Bound(
        Rule(
            start,
            "<",
            number,
            "",
            allowed=f"after {{{start}}} ({start})",
            cure="a change on the first day is the setting itself: set that",
        ),
        (start,),
        lambda values: values[start] >= number,
        key,
        "not after the first day",
    )
    yield Bound(
        Rule(
            start,
            ">",
            number,
            "",
            allowed=f"before the end: {{{weeks}}} weeks ({weeks}) from {{{start}}}",
            cure=f"an earlier day, or a longer run: {weeks}",
        ),
        (start, weeks),
        lambda values: values[start] + 7 * values[weeks] <= number,
        key,
        "after the last day",
    )


_MISSING = Rule("", "is", "", "", cure="tariffsim run --info lists the settings of the scenario")


@cache
def _parents(cls: type, path: str = "") -> tuple[str, ...]:
    """Dotted names of the mappings of named items."""
    found: list[str] = []
    for name, setting in settings_of(cls).items():
        if setting.kind == "mapping":
            found.append(f"{path}{name}")
        elif setting.kind == "group":
            found += _parents(setting.item, f"{path}{name}.")
    return tuple(found)


@lru_cache(maxsize=64)
def _bound(cls: type, items: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Bound, ...]:
    return tuple(bound for rule in declared(cls) for bound in _for_items(rule, dict(items)))


def _for_items(rule: Rule, items: Mapping[str, tuple[str, ...]]) -> Iterator[Bound]:
    parent, starred, rest = rule.left.partition(".*")
    named = [_for_item(rule, item) for item in items[parent]] if starred else [rule]
    if rule.relation == "has":
        if len(items[rule.left]) < float(rule.right):
            yield Bound(rule, (), lambda _: True, rule.left, rule.words)
    elif rule.relation == "share no name":
        for name in items[rule.left]:
            if name in items[str(rule.right)]:
                yield Bound(rule, (), lambda _: True, f"{rule.left}.{name}", rule.words)
    elif rule.relation == "sums above":
        names = tuple(one.left for one in named)
        yield Bound(
            rule,
            names,
            lambda v: sum(v[name] for name in names) <= float(rule.right),
            parent,
            rule.words,
        )
    elif rule.relation == "differ":
        yield from (_apart(rule, one, two, rest) for one, two in combinations(named, 2))
    else:
        yield from (Bound(one, one.reads(), one.broken, one.left, one.words) for one in named)


def _for_item(rule: Rule, item: str) -> Rule:
    return rule.renamed(lambda name: name.replace("*", item))


def _apart(rule: Rule, one: Rule, two: Rule, rest: str) -> Bound:
    first, second = one.left, two.left
    other = first.removesuffix(rest).rpartition(".")[2]
    words = rule.words.replace("{other}", other)

    def equal(values: Values) -> Any:
        return (values[first] == values[second]) & (values[second] != rule.right)

    return Bound(rule, (first, second), equal, second, words)


def _values(node: Any) -> dict[str, Any]:
    """Values by dotted name; days as numbers, so that weeks can be added to them."""
    return {
        path: dt.date.fromisoformat(value).toordinal() if setting.kind == "date" else value
        for path, setting, value in all_leaves(node)
    }
