"""What follows the verb ``validate``: ``runs=``, ``seed=``, ``out=``, ``threads=`` and ``--strict``. It parses; it checks nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from sim.config.errors import SimError, nearest

__all__ = ["command"]

_NUMBERS = {"runs": (1000, 20, 100_000), "seed": (1, 0, 2**63 - 1), "threads": (0, 0, 1024)}
_KNOWN = (*_NUMBERS, "out")


def command(words: Sequence[str]) -> int:
    """Validate; 0, or with ``--strict`` 1 where something is not met.

    Raises
    ------
    SimError
        An unknown word or a value out of range.
    """
    strict, given = False, {}
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--strict":
            strict = True
        elif equals and name in _KNOWN:
            given[name] = value
        else:
            raise SimError(
                "not a word of validate", given=word, allowed=(*_KNOWN, "--strict"), suggestion=nearest(name, _KNOWN)
            )
    numbers = {name: _whole(name, given.get(name, str(limits[0])), *limits[1:]) for name, limits in _NUMBERS.items()}
    from sim.validation.report import validate

    result = validate(given.get("out", "outputs"), **numbers)
    print(f"results: {result.folder}")
    print(f"answer: {result.answer}")
    return 1 if strict and result.failed else 0


def _whole(name: str, text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high):
        raise SimError("not a whole number in range", key=name, given=text, allowed=f"{low} to {high}")
    return int(text)
