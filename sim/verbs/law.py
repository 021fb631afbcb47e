"""The verb ``law``: the duties of a day, basis by basis, and what falls with a ruling."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill
from typing import TYPE_CHECKING

from sim.config.errors import SimError, nearest
from sim.verbs.grammar import WIDTH, Line, Takes, Word
from sim.verbs.options import choices
from sim.verbs.output import Output
from sim.vocabulary import RULINGS

if TYPE_CHECKING:
    from sim.history.law import Basis, Duties

__all__ = ["command", "takes"]

_DEFAULT_DAY = "2025-08-12"
_VOIDS = tuple(kind.removeprefix("void_") for kind in RULINGS)
_HEADS = {
    "us": "US duties on goods of China",
    "cn": "Chinese duties on goods of the United States",
    "us_third": "US duties on goods of third countries",
}
_COLUMNS = f"  {'basis':21}{'rate':>9}{'statutory':>11}{'effective':>11}  from"


def takes(verb: str) -> Takes:
    """What may follow the verb."""
    return Takes(
        words={
            "date": Word("the day, from 2018-01-01 on; the rows end in August 2025", _DEFAULT_DAY),
            "void": Word(
                "what a ruling strikes down, separated by commas; ieepa is both and third countries' duties",
                values=lambda: _VOIDS,
            ),
            "section_122": Word(
                "rate that section 122 puts on all goods from the day on, per cent, at most 15", "0"
            ),
        },
        scenario=False,
        notes="points are per cent of the value of all imports; the two measures are never mixed: docs/law.md",
    )


def command(line: Line) -> Output:
    """Show the bases of the day.

    Raises
    ------
    SimError
        A day before the record, a basis that no ruling strikes down, a rate above the statute's.
    """
    if line.overrides:
        given, words = line.overrides[0], tuple(takes(line.verb).words)
        near = nearest(given.partition("=")[0], words)
        raise SimError("not a word of law", given=given, allowed=words, suggestion=near)
    day, void, rate = _day(line), choices(line.own, "void", (), _VOIDS), _rate(line)
    from sim.history.law import duties

    found = duties(day, void, rate)
    return Output(_answer(found), shown="\n".join(_lines(found)))


def _day(line: Line) -> str:
    from sim.config.check import check_value
    from sim.config.fields import Setting
    from sim.history.law import FIRST_DAY

    day = str(check_value(Setting("date"), line.own.get("date", _DEFAULT_DAY), "date"))
    if day < FIRST_DAY:
        raise SimError("before the record", key="date", given=day, allowed=f"from {FIRST_DAY} on")
    return day


def _rate(line: Line) -> float:
    """The rate of section 122, ad valorem."""
    from sim.history.law import SECTION_122_MOST

    text = line.own.get("section_122", "0")
    allowed = f"0 to {100 * SECTION_122_MOST:g} per cent (19 USC 2132)"
    try:
        rate = float(text.removesuffix("%")) / 100.0
    except ValueError:
        raise SimError("not a number", key="section_122", given=text, allowed=allowed) from None
    if not 0.0 <= rate <= SECTION_122_MOST:
        raise SimError("out of range", key="section_122", given=text, allowed=allowed)
    return rate


def _lines(found: Duties) -> Iterator[str]:
    for side, head in _HEADS.items():
        yield f"{head} on {found.day}"
        yield _COLUMNS
        for basis in reversed(found.of(side)):
            yield from _basis_lines(basis)
        yield _total("all", found, side)
        if found.changed(side):
            yield _total("all, without VOID and with NEW", found, side, after=True)
        yield ""
    yield from _notes(found)


def _basis_lines(basis: Basis) -> Iterator[str]:
    rate = "by group" if basis.rate is None else f"{_per_cent(basis.rate)} %"
    points = _points(basis.statutory, basis.effective)
    mark = "  VOID" if basis.void else "  NEW" if basis.added else ""
    yield f"  {basis.name:21}{rate:>9}{points}  {basis.start}{mark}"
    yield _wrapped(f"{basis.statute}: {basis.scope}")
    if basis.suspended:
        yield _wrapped(
            f"{_per_cent(basis.suspended)} points more from {basis.end} unless prolonged"
        )
    elif basis.end:
        yield _wrapped(f"until {basis.end}")
    yield _wrapped(f"ends by: {basis.ends}")
    yield _wrapped(f"source: {basis.source}")


def _total(name: str, found: Duties, side: str, *, after: bool = False) -> str:
    statutory = None if side == "us_third" else found.statutory(side, after=after)
    return f"  {name:30}{_points(statutory, found.effective(side, after=after))}"


def _points(statutory: float | None, effective: float) -> str:
    shown = "" if statutory is None else f"{100 * statutory:.1f}"
    return f"{shown:>11}{100 * effective:>11.1f}"


def _per_cent(rate: float) -> str:
    return f"{100 * rate:.4g}"


def _notes(found: Duties) -> Iterator[str]:
    from sim.history.law import LAST_DAY

    yield "statutory: published averages, for headlines; effective: after exemptions, for flows and losses"
    if found.day > LAST_DAY:
        yield f"the rows end on {LAST_DAY}: later changes are not among them"


def _answer(found: Duties) -> str:
    text = f"on {found.day} US duties on China average {_both(found, 'us')}, "
    text += f"Chinese duties {_both(found, 'cn')}, "
    text += f"US duties on third countries {_alone(found)}"
    if found.changed("us") or found.changed("us_third"):
        left, third = _both(found, "us", after=True), _alone(found, after=True)
        text += f"; then US duties on China {left}, on third countries {third}"
    return text


def _alone(found: Duties, *, after: bool = False) -> str:
    return f"{100 * found.effective('us_third', after=after):.1f} %"


def _both(found: Duties, side: str, *, after: bool = False) -> str:
    statutory, effective = found.statutory(side, after=after), found.effective(side, after=after)
    return f"{100 * statutory:.1f} % ({100 * effective:.1f} % effective)"


def _wrapped(text: str) -> str:
    return fill(
        text,
        WIDTH,
        initial_indent="      ",
        subsequent_indent="        ",
        break_on_hyphens=False,
        break_long_words=False,
    )
