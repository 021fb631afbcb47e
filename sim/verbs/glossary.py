"""The verb ``glossary``: from a word of the news to the settings that stand for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import fill
from typing import TYPE_CHECKING

from sim.verbs.grammar import WIDTH, Line, Takes
from sim.verbs.output import Output

if TYPE_CHECKING:
    from sim.config.glossary import Entry

__all__ = ["command", "takes"]


def takes(verb: str) -> Takes:
    """What may follow the verb."""
    return Takes(
        term="a word or a phrase of the news, such as samarium, fast track, 55 %; none lists all",
        scenario=False,
        notes="the same as a page: docs/glossary.md",
    )


def command(line: Line) -> Output:
    """Show what stands for a word, or list the words.

    Raises
    ------
    SimError
        No word like it.
    """
    from sim.config.glossary import find, glossary

    if not line.term:
        return Output(shown="\n".join(_listed(glossary())))
    return Output(shown="\n\n".join("\n".join(_lines(entry)) for entry in find(line.term)))


def _listed(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield _wrapped(f"{entry.word}: {', '.join(entry.also)}", "")


def _lines(entry: Entry) -> Iterator[str]:
    from sim.config.fields import leaves
    from sim.config.glossary import named_by
    from sim.config.scenario import Scenario

    known = {path: (meta, value) for path, meta, value in leaves(Scenario())}
    yield entry.word
    yield _wrapped(f"also: {', '.join(entry.also)}")
    yield _wrapped(entry.means)
    yield "  stands for it:"
    for name in entry.stands_for:
        meta, value = known[named_by(name, known)]
        unit = "" if meta.unit in ("", "name", "flag") else f" {meta.unit}"
        shown = str(value).lower() if isinstance(value, bool) else value
        yield _wrapped(f"{name} = {shown}{unit}: {meta.meaning}", "    ")
    yield f"  try: tariffsim compare left=london {' '.join(entry.change)}"
    yield _wrapped(f"left out: {entry.left_out}")
    if entry.answers:
        yield "  asked with it (docs/compare.md, Three questions):"
        yield from (f"    {command}" for command in entry.answers)


def _wrapped(text: str, indent: str = "  ") -> str:
    return fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
