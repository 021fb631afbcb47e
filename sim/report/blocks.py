"""What a section of a report is made of. All texts are plain: the template escapes them."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

__all__ = [
    "Block",
    "Definitions",
    "Items",
    "Links",
    "Picture",
    "Section",
    "Table",
    "Words",
]


@dataclass(frozen=True)
class Words:
    """A paragraph; ``tone`` ``aside`` sets it in grey, ``alarm`` in red and bold."""

    text: str
    tone: Literal["", "aside", "alarm"] = ""
    kind: ClassVar[str] = "words"


@dataclass(frozen=True)
class Items:
    """A list, a line each; ``lead`` stands before it."""

    lines: Sequence[str]
    lead: str = ""
    kind: ClassVar[str] = "items"


@dataclass(frozen=True)
class Definitions:
    """Words and what they mean."""

    meanings: Mapping[str, str]
    kind: ClassVar[str] = "definitions"


@dataclass(frozen=True)
class Links:
    """Links to files beside the page: names and their paths in the folder."""

    lead: str
    targets: Mapping[str, str]
    kind: ClassVar[str] = "links"


@dataclass(frozen=True)
class Table:
    """A table of texts.

    Attributes
    ----------
    caption
        What it shows, of how many runs, and what its intervals are of.
    head, rows
        Texts; rows are as long as the head.
    numeric
        Columns that are aligned to the right, from 0.
    alarming
        Cells of one of these texts are set in red and bold.
    file
        The table's file in the folder, such as ``outcomes.csv``; a link to it stands below.
    """

    caption: str
    head: Sequence[str]
    rows: Iterable[Sequence[str]]
    numeric: Collection[int] = ()
    alarming: Collection[str] = ()
    file: str = ""
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Picture:
    """A figure inside the page.

    Attributes
    ----------
    name
        Name of its file, without ending.
    words
        Alternative text: what it shows and what is to be seen in it.
    png
        The picture.
    data
        Its data as a table that folds out below it.
    files
        Files in the folder that hold its data, linked below it.
    """

    name: str
    words: str
    png: bytes
    data: Table | None = None
    files: Sequence[str] = ()
    kind: ClassVar[str] = "picture"

    @property
    def address(self) -> str:
        """The picture as a ``data:`` address."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")

    def described(
        self, words: str = "", data: Table | None = None, files: Sequence[str] = ()
    ) -> Picture:
        """The same with alternative text and data."""
        return replace(self, words=words or self.words, data=data, files=files)


@dataclass(frozen=True)
class Section:
    """A titled part of the page; sections may stand in a section."""

    title: str
    blocks: Sequence[Block]
    kind: ClassVar[str] = "section"


Block = Words | Items | Definitions | Links | Table | Picture | Section
