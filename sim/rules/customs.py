"""What customs collect: groups of goods and the legal bases of duties, as records that rules read.

Filled from ``sim/data/trade_groups.csv``, ``sim/data/tariff_bases.csv`` and
``sim/data/trade_season.csv``, whose rows have their
sources. They are facts, the same for every run: no setting changes them. Their bytes are part of
the hash of the rules (:func:`sim.rules.compiled.source_hash`). What holds on a day is worked out by
:mod:`sim.rules.law`; nothing here knows what a duty does to trade.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from sim.rules.codes import N_FAMILIES, N_GROUPS, N_SIDES, US, code
from sim.rules.compiled import FACT_FILES
from sim.vocabulary import BASIS_FAMILIES, SIDES, TRADE_GROUPS

__all__ = [
    "BASES",
    "FAR",
    "GROUPS",
    "MOST_BASES",
    "STACK",
    "THIRD",
    "Facts",
    "day_of",
    "facts",
]

MOST_BASES = 64  # rows of tariff_bases.csv: 56 to August 2025
THIRD = code(N_SIDES)  # the side of a basis on third countries' goods
FAR = code(10**6)  # a day that never comes
_FIRST_DAY = date(2018, 1, 1)
_BASES_FILE, _GROUPS_FILE, _SEASON_FILE = FACT_FILES
# What the United States collected in 2024 is met by MFN, section 232 and the lists that are not
# waived; section 201, spread evenly here, would count its cells and washers twice.
_ONLY_STATUTORY = ("us_201",)
_COLUMNS = {
    "imports": "imports_2024",
    "between": "between_origins",
    "in_all": "in_all",
    "third_slope": "third_supply_slope",
    "pass_through": "pass_through",
    "margin": "export_margin",
    "weight": "weight_statutory",
    "exempt": "exempt_from_reciprocal",
    "waived": "legacy_waived_share",
    "jobs": "exporter_jobs",
    "voice_importer": "voice_importer",
    "voice_exporter": "voice_exporter",
}

_BY_GROUP = ("f8", (N_SIDES, N_GROUPS))
GROUPS = np.dtype(
    [
        *((name, *_BY_GROUP) for name in (*_COLUMNS, "third", "exempt_before")),
        ("season", "f8", (N_SIDES, 12)),
        ("harvest", "f8", (12,)),
    ],
    align=True,
)
"""Groups of goods by importer (``[US]`` are US imports from China). ``imports`` and ``third``: sales
of the other side and of third countries in 2024, bn USD/yr; ``between``, ``in_all`` elasticities
between origins and of all of them; ``third_slope`` log price per log volume of third countries;
``pass_through``, ``margin`` (of the exporter), ``exempt`` (from the reciprocal or counter-duty),
``exempt_before`` (before the order of 11 April 2025) and ``waived`` (of sections 301 and China's
lists) shares; ``weight`` that of statutory averages; ``jobs`` of exporters, thousand;
``voice_importer``, ``voice_exporter`` how loudly losses press the importer and the exporter.
``season`` of each side's imports and ``harvest`` of US soybeans: a month's flow over the mean month's."""
BASES = np.dtype(
    [
        ("count", "i8"),
        *((name, "i8", (MOST_BASES,)) for name in ("side", "family", "from_day", "until_day")),
        *((name, "i8", (MOST_BASES,)) for name in ("void", "limit_days")),
        *((name, "f8", (MOST_BASES,)) for name in ("rate", "factor", "collected", "suspended")),
        ("scope", "f8", (MOST_BASES, N_GROUPS)),
    ],
    align=True,
)
"""Legal bases, a row per basis and rate. ``side``: that which levies it, :data:`THIRD` for US duties
on third countries; it holds from ``from_day`` to the day before ``until_day``, no longer than
``limit_days`` (0: no limit), days counted from 1 January 2018; ``void``: 1 where a ruling against
the emergency powers kills it; ``rate`` and ``suspended`` ad valorem, ``scope`` a share of each
group, or the rate itself where ``rate`` is a share of it; ``factor`` of the statutory average;
``collected``: 0 where it counts in the statutory average alone."""
_BY_FAMILY = ("f8", (N_SIDES, N_FAMILIES))
STACK = np.dtype(
    [
        *((name, "f8", (N_SIDES, N_FAMILIES, N_GROUPS)) for name in ("effective", "unit")),
        *((name, *_BY_FAMILY) for name in ("statutory", "unit_statutory", "rate")),
        *((name, "f8", (N_GROUPS,)) for name in ("third", "third_void")),
    ],
    align=True,
)
"""What holds on a day (:func:`sim.rules.law.set_stack`), ad valorem. ``effective``: duty of each
family of bases on each group; ``statutory``: its points in the statutory average; ``rate``: the
highest rate among its bases; ``unit`` and ``unit_statutory``: both per unit of that rate;
``third``: US duty on third countries; ``third_void``: what of it a ruling on IEEPA kills."""


class Facts(NamedTuple):
    """A record of dtype :data:`GROUPS` and one of :data:`BASES`."""

    groups: Any
    bases: Any


def day_of(day: date) -> int:
    """A date as rules count days: 0 is 1 January 2018, below 0 before it.

    >>> day_of(date(2018, 1, 31))
    30
    """
    return (day - _FIRST_DAY).days


@cache
def facts() -> Facts:
    """The facts of ``sim/data``, read once; nobody may change them.

    Raises
    ------
    ValueError
        Where a table has a side, group or basis that the vocabulary does not know, or lacks one.
    """
    groups, bases = np.zeros(1, GROUPS), np.zeros(1, BASES)
    _fill_groups(groups[0], _rows(_GROUPS_FILE))
    _fill_seasons(groups[0], _rows(_SEASON_FILE))
    _fill_bases(bases[0], _rows(_BASES_FILE))
    groups.flags.writeable = bases.flags.writeable = False
    return Facts(groups[0], bases[0])


def _rows(name: str) -> list[dict[str, str]]:
    text = files("sim").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _fill_groups(groups: Any, rows: list[dict[str, str]]) -> None:
    values = {
        (row["direction"], row["quantity"], row["group"]): float(row["value"]) for row in rows
    }
    for side in SIDES.values():
        for group in TRADE_GROUPS.values():
            of = {
                column: _value(values, side.name, column, group.name)
                for column in (*_COLUMNS.values(), "partner_share")
            }
            at = (side.code, group.code)
            for field, column in _COLUMNS.items():
                groups[field][at] = of[column]
            if side.code == US:
                groups["third"][at] = _value(values, "us", "third_imports_2024", group.name)
                groups["exempt_before"][at] = _value(
                    values, "us", "exempt_before_11_april", group.name
                )
            else:
                share = of["partner_share"]
                groups["third"][at] = of["imports_2024"] * (1.0 - share) / share
                groups["exempt_before"][at] = of["exempt_from_reciprocal"]


def _value(
    values: Mapping[tuple[str, str, str], float], side: str, column: str, group: str
) -> float:
    try:
        return values[f"{side}_imports", column, group]
    except KeyError:
        raise ValueError(f"{_GROUPS_FILE}: no {column} of {side}_imports, {group}") from None


def _fill_seasons(groups: Any, rows: list[dict[str, str]]) -> None:
    """Factors of each series of mean 1."""
    factors = {(row["series"], int(row["month"])): float(row["factor"]) for row in rows}
    series = {"soybeans": groups["harvest"]}
    for side in SIDES.values():
        series[f"{side.name}_imports"] = groups["season"][side.code]
    for name, of in series.items():
        try:
            of[:] = [factors[name, month + 1] for month in range(len(of))]
        except KeyError as error:
            raise ValueError(f"{_SEASON_FILE}: no factor of {error.args[0]}") from None
        of /= of.mean()


def _fill_bases(bases: Any, rows: list[dict[str, str]]) -> None:
    if len(rows) > MOST_BASES:
        raise ValueError(f"{_BASES_FILE}: {len(rows)} rows, more than {MOST_BASES}")
    families = {
        basis: family.code
        for terms in BASIS_FAMILIES.values()
        for family in terms.values()
        for basis in family.bases
    }
    sides = {**{side.name: side.code for side in SIDES.values()}, "us_third": int(THIRD)}
    bases["count"] = len(rows)
    for k, row in enumerate(rows):
        if row["basis"] not in families or row["side"] not in sides:
            raise ValueError(f"{_BASES_FILE}: {row['basis']} of {row['side']} is not known")
        bases["side"][k], bases["family"][k] = sides[row["side"]], families[row["basis"]]
        bases["from_day"][k] = start = _day(row)
        later = [_day(other) for other in rows if other["basis"] == row["basis"]]
        bases["until_day"][k] = min((day for day in later if day > start), default=FAR)
        bases["void"][k] = bool(row["void_group"])
        bases["limit_days"][k] = int(row["limit_days"] or 0)
        bases["rate"][k], bases["factor"][k] = float(row["rate"]), float(row["statutory_factor"])
        bases["collected"][k] = row["basis"] not in _ONLY_STATUTORY
        bases["suspended"][k] = float(row["suspended_rate"])
        bases["scope"][k] = [float(row[f"scope_{group}"]) for group in TRADE_GROUPS]


def _day(row: Mapping[str, str]) -> int:
    """The first day of a row; one that never comes where no day is given."""
    return day_of(date.fromisoformat(row["from"])) if row["from"] else int(FAR)
