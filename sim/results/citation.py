"""How to cite the software: the facts of ``CITATION.cff``, the one place that has them, as a line
and as a BibTeX entry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from sim.config.locate import shipped

__all__ = ["address", "authors", "bibtex", "citation", "cited_version"]

_SPECIAL = re.compile(r"([&%$#_{}])")


@cache
def _facts() -> Mapping[str, Any]:
    import yaml

    return yaml.safe_load(shipped("CITATION.cff").read_text(encoding="utf-8"))


def cited_version() -> str:
    """The version that the file cites: this one."""
    return str(_facts()["version"])


def citation(version: str) -> str:
    """A line that cites ``version``."""
    facts = _facts()
    names = ", ".join(authors())
    return f"To cite: {names} ({_year()}). {facts['title']}. Version {version}."


def bibtex(version: str) -> str:
    """The same as a BibTeX entry."""
    facts = _facts()
    entries = {
        "author": " and ".join(f"{{{name}}}" for name in map(_escaped, authors())),
        "title": f"{{{_escaped(facts['title'])}}}",
        "year": _year(),
        "version": _escaped(version),
        "note": f"Licence: {_escaped(facts['license'])}",
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in entries.items())
    return f"@software{{tariffsim,\n{lines}\n}}"


def address() -> str:
    """Where the software is to be had; "" where the file has no address."""
    facts = _facts()
    return str(facts.get("repository-code") or facts.get("url") or "")


def authors() -> list[str]:
    """Who made it."""
    return [
        author.get("name") or f"{author['given-names']} {author['family-names']}"
        for author in _facts()["authors"]
    ]


def _year() -> str:
    return str(_facts()["date-released"])[:4]


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
