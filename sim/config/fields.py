"""Settings: a setting is an annotated line of a group, with its meaning and source in the text
below it.

    floor_tariff: Annotated[float, In(0, 2, "ad valorem"), Plausible(0.03, 0.3)] = 0.208
    '''tariff at concession level 1. Source: PIIE: the January 2025 level'''

:func:`settings_of` reads a group's lines once into :class:`Setting`; the check, the parameter page,
columns and axis labels all read that. Texts are read from the source file, and only when a page or
an axis asks for them. A group nests as an attribute, named items (issues, sectors, events) as a
:class:`Named` mapping.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from functools import cache
from itertools import pairwise
from typing import (
    Annotated,
    Any,
    ClassVar,
    Generic,
    NoReturn,
    TypeVar,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

__all__ = [
    "Changes",
    "Day",
    "Folder",
    "FolderName",
    "Group",
    "In",
    "Label",
    "Lever",
    "Most",
    "Named",
    "OneOf",
    "Plausible",
    "Rows",
    "Setting",
    "Text",
    "all_leaves",
    "leaves",
    "rows_in_words",
    "setting_of",
    "settings_of",
]

Item = TypeVar("Item")


class Mark:
    """An annotation of a setting: ``facts`` of :class:`Setting`."""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts


# what a room calls a unit of the field
PLAIN_UNITS = {
    "sd of log": "of the value",
    "exponent": "(1 = steadily)",
    "ad valorem": "share of the price",
    "elasticity": "% per 1% of price",
    "bn USD/bn USD": "dollars per dollar",
}


class In(Mark):
    """Inclusive bounds of a number, and its unit."""

    def __init__(self, low: float, high: float, unit: str) -> None:
        super().__init__(low=low, high=high, unit=unit)


class Plausible(Mark):
    """The plausible range of a judgement."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__(plausible=(low, high))


class Label(Mark):
    """The label of the setting on axes."""

    def __init__(self, label: str) -> None:
        super().__init__(label=label)


class Lever(Mark):
    """A lever of first rank: what a room calls it, and its place among them, 1 on top.

    ``slider`` is the range that a page offers where no plausible range is declared; its source
    stands with the setting's. ``{item}`` in the name stands for a named item, and ``only`` are the
    items for which the setting is of first rank, where it is not for all.
    """

    def __init__(
        self,
        plain: str,
        rank: int,
        slider: tuple[float, float] | None = None,
        only: tuple[str, ...] = (),
    ) -> None:
        super().__init__(plain=plain, rank=rank, slider=slider, only=only)


class OneOf(Mark):
    """The names of a choice, in the order of the codes that rules use."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(kind="choice", unit="name", choices=tuple(names))


class Day(Mark):
    """A day of the calendar, as an ISO 8601 date."""

    def __init__(self) -> None:
        super().__init__(kind="date", unit="date")


class Text(Mark):
    """Free text of at most ``most`` characters; no rule reads it."""

    def __init__(self, most: int, form: str = "") -> None:
        super().__init__(kind="text", unit="text", most=most, form=form)


class FolderName(Text):
    """A text that can name a folder on every system; empty only where that is its default."""

    def __init__(self, most: int = 64) -> None:
        super().__init__(most, "folder name")


class Folder(Text):
    """The path of a folder."""

    def __init__(self, most: int) -> None:
        super().__init__(most, "folder")


class Most(Mark):
    """The largest number of named items."""

    def __init__(self, items: int) -> None:
        super().__init__(most=items)


class Changes(Mark):
    """Settings of the same group that change on a day: a mapping of at most ``days`` days to values
    by dotted name.
    """

    def __init__(self, days: int) -> None:
        super().__init__(kind="changes", unit="day", most=days, item=None)


class Rows(Mark):
    """The rows of a table, each a group of settings; at most ``rows``. A file may name the table."""

    def __init__(self, item: type, rows: int) -> None:
        super().__init__(kind="rows", unit="rows", item=item, most=rows)


@dataclass(frozen=True)
class Setting:
    """The metadata of one setting.

    ``kind`` is ``number``, ``count``, ``flag``, ``choice``, ``date``, ``text``, ``group``,
    ``mapping``, ``changes`` or ``rows``. ``low`` and ``high`` bound numbers, inclusive; ``plausible`` is the range of a
    judgement. ``item`` is the class of a group or of named items; ``most`` the largest number of
    items or of characters. ``required`` marks what defines a named item, which has no default.
    ``plain``, ``rank`` (0 for none), ``slider`` and ``only`` are those of a :class:`Lever`.
    ``owner`` and ``name`` say where its text is.
    """

    kind: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    plausible: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    item: Any = None
    most: int = 0
    form: str = ""
    label: str = ""
    plain: str = ""
    rank: int = 0
    slider: tuple[float, float] | None = None
    only: tuple[str, ...] = ()
    default: Any = None
    required: bool = False
    owner: type | None = None
    name: str = ""

    @property
    def meaning(self) -> str:
        """Its text without the source."""
        words = self._text.partition("Source: ")[0].strip().removesuffix(".")
        return words or (_first_line(self.item) if self.kind == "group" else "")

    @property
    def source(self) -> str:
        """Where its default comes from."""
        return (
            "the scenario's author"
            if self.kind == "text"
            else self._text.partition("Source: ")[2].strip()
        )

    @property
    def plain_unit(self) -> str:
        """Its unit in plain words, where the unit is a word of the field; empty where it is plain."""
        return PLAIN_UNITS.get(self.unit, "")

    @property
    def _text(self) -> str:
        return _texts_of(self.owner).get(self.name, "") if self.owner is not None else ""

    @property
    def bounds(self) -> str:
        """The allowed values, in words."""
        if self.kind == "choice":
            return ", ".join(self.choices)
        if self.kind in ("number", "count"):
            if self.kind == "count":
                return f"a whole number from {self.low:,} to {self.high:,} ({self.unit})"
            return f"a number from {self.low:g} to {self.high:g} ({self.unit})"
        words = {
            "flag": "true or false",
            "date": "an ISO date such as 2025-06-11",
            "text": f"text, at most {self.most}",
            "changes": f"a mapping of at most {self.most} days to settings by dotted name",
            "rows": f"the name of a table, or at most {self.most:,} rows",
        }
        return words.get(self.kind, "a mapping of names to values")


class Named(dict[str, Item], Generic[Item]):
    """Named items in the order written. It cannot be changed, so that a checked scenario stays
    valid.
    """

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(
            "named items cannot be changed in place; scenario.change({'+issues.soy': {...}}) makes another"
        )

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)

    def __deepcopy__(self, _: Any) -> Named[Item]:
        return self  # neither it nor its items can change


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Group:
    """Settings that belong together. A subclass becomes a frozen dataclass; its arguments go by
    keyword.

    ``rules`` are the relations between its settings (:class:`sim.config.contradictions.Rule`).
    """

    rules: ClassVar[tuple[Any, ...]] = ()

    def refused(self) -> Iterator[Exception]:
        """What is wrong with its values that no rule can say."""
        return iter(())

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True)(cls)

    def __post_init__(self) -> None:
        for name, setting in settings_of(type(self)).items():
            given = getattr(self, name)
            if (
                setting.kind == "mapping"
                and isinstance(given, Mapping)
                and not isinstance(given, Named)
            ):
                object.__setattr__(self, name, Named(given))


_KINDS: dict[Any, dict[str, Any]] = {
    float: {"kind": "number"},
    int: {"kind": "count"},
    bool: {"kind": "flag", "unit": "true/false"},
}


_READ: dict[type, dict[str, Setting]] = {}


def settings_of(cls: type) -> dict[str, Setting]:
    """Name -> :class:`Setting`, in the order written; kept, so not to be changed."""
    if cls not in _READ:
        hints = get_type_hints(cls, include_extras=True)
        _READ[cls] = {field.name: _setting(cls, field, hints[field.name]) for field in fields(cls)}
    return _READ[cls]


def _setting(cls: type, field: Any, hint: Any) -> Setting:
    base, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    if get_origin(base) is Named:
        facts: dict[str, Any] = {"kind": "mapping", "item": get_args(base)[0]}
    elif isinstance(base, type) and issubclass(base, Group):
        facts = {"kind": "group", "item": base}
    else:
        facts = dict(_KINDS.get(base, {"kind": str(base)}))
    for mark in marks:
        facts |= mark.facts
    default = field.default if field.default_factory is MISSING else field.default_factory()
    required = default is MISSING
    owner = next(c for c in cls.__mro__ if field.name in inspect.get_annotations(c))
    facts |= {"default": None if required else default, "required": required}
    return Setting(owner=owner, name=field.name, **facts)


@cache
def _texts_of(cls: type) -> dict[str, str]:
    """Name of an attribute -> the text that stands below it in the source."""
    body = _classes(inspect.getsourcefile(cls) or "")[cls.__name__].body
    found = {}
    for line, below in pairwise(body):
        if (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and isinstance(below, ast.Expr)
        ):
            found[line.target.id] = " ".join(str(ast.literal_eval(below.value)).split())
    return found


@cache
def _classes(path: str) -> dict[str, ast.ClassDef]:
    with open(path, encoding="utf-8") as stream:
        return {
            node.name: node
            for node in ast.parse(stream.read()).body
            if isinstance(node, ast.ClassDef)
        }


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().split("\n")[0]


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Setting, Any]]:
    """Every (dotted name, setting, value) below an instance of a group, without changes by day."""
    for name, setting in settings_of(type(node)).items():
        value, here = getattr(node, name), f"{path}.{name}" if path else name
        if setting.kind == "changes":
            continue
        if setting.kind == "group":
            yield from leaves(value, here)
        elif setting.kind == "mapping":
            for key, item in value.items():
                yield from leaves(item, f"{here}.{key}")
        else:
            yield here, setting, value


def rows_in_words(rows: tuple[Any, ...]) -> str:
    """A table by what it is and how long: ``a chronology of 300 events``, never its rows."""
    if not rows:
        return "none"
    what, one = rows[0].table
    return f"{what} of {len(rows):,} {one}{'' if len(rows) == 1 else 's'}"


def all_leaves(node: Any) -> Iterator[tuple[str, Setting, Any]]:
    """The same, with each setting that changes on a day, by its dated name."""
    yield from leaves(node)
    for name, setting in settings_of(type(node)).items():
        if setting.kind == "changes":
            for day, changes in getattr(node, name).items():
                for path, value in changes.items():
                    meta = setting_of(type(node), path)
                    assert meta is not None
                    yield f"{name}.{day}.{path}", meta, value


def setting_of(cls: type, path: str) -> Setting | None:
    """The setting at a dotted name below ``cls``; None where there is none.

    That of a change on a day is the setting that changes.
    """
    head, _, rest = path.partition(".")
    setting = settings_of(cls).get(head)
    if setting is None or not rest:
        return setting
    if setting.kind == "changes":
        return setting_of(cls, rest.partition(".")[2]) if "." in rest else setting
    if setting.kind == "mapping":
        rest = rest.partition(".")[2]
        if not rest:
            return replace(setting, kind="group")
    return setting_of(setting.item, rest) if setting.item is not None else None
