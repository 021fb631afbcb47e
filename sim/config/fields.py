"""Typed settings that know their unit, bounds, meaning and source.

A setting is a dataclass field made by :func:`number`, :func:`count`, :func:`flag`, :func:`choice`, :func:`date` or
:func:`text`; its :class:`Field` metadata is what validation, parameter tables, YAML comments, result columns and axis
labels all read. Groups nest as dataclasses; an open-ended mapping of named groups (issues, sectors, events) is made by
:func:`mapping`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

__all__ = [
    "Field",
    "choice",
    "count",
    "date",
    "field_of",
    "flag",
    "group",
    "leaves",
    "mapping",
    "number",
    "schema_of",
    "text",
]


@dataclass(frozen=True)
class Field:
    """What is known of one setting.

    ``kind`` is ``number``, ``count``, ``flag``, ``choice``, ``date``, ``text``, ``group`` or ``mapping``. ``low`` and
    ``high`` bound numbers, inclusive. ``spread`` is the plausible range of a judgement (low, high). ``source`` says
    where the default comes from; ``item`` is the dataclass of a group or of a mapping's items; ``most`` the
    largest number of items of a mapping. ``required`` marks what a named item *is*, which has no default.
    """

    kind: str
    unit: str = ""
    description: str = ""
    source: str = ""
    low: float | None = None
    high: float | None = None
    spread: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    item: type | None = None
    most: int = 0
    label: str = ""
    required: bool = False

    @property
    def bounds(self) -> str:
        """The allowed values, in words."""
        if self.kind == "choice":
            return ", ".join(self.choices)
        if self.kind in ("number", "count"):
            noun = "a number" if self.kind == "number" else "a whole number"
            return f"{noun} from {self.low:g} to {self.high:g} ({self.unit})"
        words = {
            "flag": "true or false",
            "date": "an ISO date such as 2025-06-11",
            "text": f"text, at most {self.most}",
        }
        return words.get(self.kind, "a mapping of names to values")


def _make(meta: Field, default: object) -> Any:
    return field(default=default, metadata={"field": meta})


def number(
    default: float,
    unit: str,
    bounds: tuple[float, float],
    description: str,
    source: str,
    *,
    spread: tuple[float, float] | None = None,
    label: str = "",
) -> Any:
    """A real-valued setting with inclusive ``bounds``."""
    return _make(Field("number", unit, description, source, bounds[0], bounds[1], spread, label=label), float(default))


def count(
    default: int,
    unit: str,
    bounds: tuple[int, int],
    description: str,
    source: str,
    *,
    spread: tuple[float, float] | None = None,
    label: str = "",
) -> Any:
    """A whole-number setting with inclusive ``bounds``."""
    return _make(Field("count", unit, description, source, bounds[0], bounds[1], spread, label=label), default)


def flag(default: bool, description: str, source: str, *, label: str = "") -> Any:
    """A yes-or-no setting."""
    return _make(Field("flag", "true/false", description, source, label=label), default)


def choice(default: str | None, choices: tuple[str, ...], description: str, source: str, *, label: str = "") -> Any:
    """A setting that is one of ``choices``; compiled rules see its position. Without a default it must be given: what an item *is*."""
    meta = Field("choice", "name", description, source, choices=choices, label=label, required=default is None)
    return field(metadata={"field": meta}) if default is None else _make(meta, default)


def date(default: str, description: str, source: str) -> Any:
    """A calendar day, ISO 8601."""
    return _make(Field("date", "date", description, source), default)


def text(default: str, description: str, *, most: int = 400) -> Any:
    """Free text of at most ``most`` characters; no rule reads it."""
    return _make(Field("text", "text", description, "the scenario's author", most=most), default)


def group(item: type) -> Any:
    """A nested dataclass of settings."""
    meta = Field("group", item=item, description=(item.__doc__ or "").strip().split("\n")[0])
    return field(default_factory=item, metadata={"field": meta})


def mapping(item: type, default: dict[str, Any], description: str, *, most: int) -> Any:
    """Named items of one dataclass, at most ``most`` of them, in the order written."""
    meta = Field("mapping", item=item, description=description, most=most)
    return field(default_factory=lambda: dict(default), metadata={"field": meta})


_SCHEMAS: dict[type, dict[str, Field]] = {}


def schema_of(cls: type) -> dict[str, Field]:
    """Field name to :class:`Field`, in order, for a dataclass of settings; kept, so not to be changed."""
    if cls not in _SCHEMAS:
        _SCHEMAS[cls] = {f.name: f.metadata["field"] for f in fields(cls)}
    return _SCHEMAS[cls]


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Field, Any]]:
    """Every (dotted path, field, value) below an instance of a settings dataclass."""
    for name, meta in schema_of(type(node)).items():
        value, here = getattr(node, name), f"{path}.{name}" if path else name
        if meta.kind == "group":
            yield from leaves(value, here)
        elif meta.kind == "mapping":
            for key, item in value.items():
                yield from leaves(item, f"{here}.{key}")
        else:
            yield here, meta, value


def field_of(cls: type, path: str) -> Field | None:
    """The :class:`Field` at a dotted path below ``cls``; None where there is none."""
    head, _, rest = path.partition(".")
    meta = schema_of(cls).get(head)
    if meta is None or not rest:
        return meta
    if meta.kind == "mapping":
        rest = rest.partition(".")[2]
        if not rest:
            return dataclasses.replace(meta, kind="group")
    return field_of(meta.item, rest) if meta.item is not None and is_dataclass(meta.item) else None
