"""The one exception of the simulator.

Its message names the key, what was given, what is allowed, the nearest valid name and the cure; its
exit code says whose fault it was. The exit codes of every verb are defined here. This module only
formats text.
"""

from __future__ import annotations

import contextlib
import difflib
import errno
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sim.config.renamed import successor

__all__ = [
    "BAD_INPUT",
    "DONE",
    "INTERRUPTED",
    "MACHINE",
    "MOST_FAULTS",
    "SOME_FAILED",
    "Faults",
    "SimError",
    "fault_of_folder",
    "nearest",
]

DONE, SOME_FAILED, BAD_INPUT, MACHINE, INTERRUPTED = 0, 1, 2, 3, 130


# what the name of a folder brings about; anything else, a full disk or too many open files, is the
# machine's fault
_OF_THE_NAME = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
    errno.ELOOP,
    errno.EINVAL,
    errno.EILSEQ,
)


# how alike the last parts of two dotted names must be: with like heads, and with any
_SAME_TAIL, _OTHER_TAIL = 0.5, 0.82
_LIKE_HEAD = 0.5  # us.tariff is not outcomes.us_tariff, which is a threshold


_OTHER_WORDS = dict.fromkeys(("at", "on", "dated", "regime", "regimes", "schedule"), "changes")
"""What others call a setting, at the head of a dotted name -> what it is called here."""


def fault_of_folder(error: BaseException) -> int:
    """The exit code of a folder that cannot be written: bad input where another name would help,
    else the machine's fault.
    """
    number = getattr(error, "errno", None)
    return BAD_INPUT if number is None or number in _OF_THE_NAME else MACHINE


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed name closest to ``word``, or None when nothing is close.

    The successor of a renamed one comes first, and what others' word means. A dotted name is close
    where its last part is: what merely begins alike is another setting.
    """
    names = [str(name) for name in allowed]
    head, dot, rest = word.partition(".")
    if _OTHER_WORDS.get(head) in names:
        return f"{_OTHER_WORDS[head]}{dot}{rest}"
    renamed = successor(word, names)
    if renamed is not None:
        return renamed
    own = _tail(word)
    for name in difflib.get_close_matches(word, names, n=3, cutoff=0.5):
        wanted = _SAME_TAIL if _alike(_head(word), _head(name)) >= _LIKE_HEAD else _OTHER_TAIL
        if "." not in name or _alike(own, _tail(name)) >= wanted:
            return name
    tails = {_tail(name): name for name in reversed(names)}
    close = difflib.get_close_matches(own, list(tails), n=1, cutoff=_OTHER_TAIL)
    return tails[close[0]] if close else None


def _tail(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _head(name: str) -> str:
    return name.rpartition(".")[0]


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


class SimError(Exception):
    """Bad input, or a machine that cannot do what was asked.

    Parameters
    ----------
    problem
        What is wrong, in one clause.
    key
        Dotted name of the setting, or the path of the file, at fault.
    given
        The offending value.
    allowed
        What would have been accepted: a description, or the valid names.
    suggestion
        The nearest valid name.
    cure
        What to do about it.
    exit_code
        ``BAD_INPUT`` (2) or ``MACHINE`` (3).
    others
        Further errors, which the message lists below.
    """

    def __init__(
        self,
        problem: str,
        *,
        key: str | None = None,
        given: object = None,
        allowed: str | Iterable[str] | None = None,
        suggestion: str | None = None,
        cure: str | None = None,
        exit_code: int = BAD_INPUT,
        others: tuple[SimError, ...] = (),
    ) -> None:
        self.problem, self.key, self.given = problem, key, given
        self.allowed = (
            allowed if allowed is None or isinstance(allowed, str) else ", ".join(allowed)
        )
        self.suggestion, self.cure, self.exit_code, self.others = (
            suggestion,
            cure,
            exit_code,
            others,
        )
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The full message: one line, or one line per known part."""
        head = f"{self.key}: {self.problem}" if self.key else self.problem
        parts = [head]
        if self.given is not None:
            parts.append(f"given: {_clip(self.given)}")
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.suggestion:
            parts.append(f"did you mean: {self.suggestion}")
        if self.cure:
            parts.append(f"cure: {self.cure}")
        return "\n".join(["\n  ".join(parts), *(error.message for error in self.others)])

    @classmethod
    def together(cls, errors: Sequence[SimError]) -> SimError:
        """The first of several errors, whose message lists the others."""
        first, *others = [one for error in errors for one in (error, *error.others)]
        return first.changed(others=tuple(error.changed(others=()) for error in others))

    def changed(self, **parts: Any) -> SimError:
        """A copy with some of its parts replaced."""
        return SimError(**{**self._parts(), **parts})

    def _parts(self) -> dict[str, Any]:
        names = ("problem", "key", "given", "allowed", "suggestion", "cure", "exit_code", "others")
        return {name: getattr(self, name) for name in names}

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _rebuild, (self._parts(),)


MOST_FAULTS = 20
"""Faults of a table that one message lists: a screen of them; the rest is mostly of the same kind."""


class Faults:
    """What is wrong with a table, gathered so that it is said at once and not one fault a try."""

    def __init__(self) -> None:
        self.found: list[SimError] = []

    @contextlib.contextmanager
    def catching(self) -> Iterator[None]:
        """Gather a refusal of the block.

        Raises
        ------
        SimError
            All of them, as soon as there are :data:`MOST_FAULTS`.
        """
        try:
            yield
        except SimError as error:
            self.found += [one.changed(others=()) for one in (error, *error.others)]
        if len(self.found) >= MOST_FAULTS:
            more = SimError(f"the first {MOST_FAULTS} faults; what follows was not looked at")
            raise SimError.together([*self.found[:MOST_FAULTS], more])

    def refuse(self) -> None:
        """Raise what was gathered, if anything was.

        Raises
        ------
        SimError
            The first, whose message lists the others.
        """
        if self.found:
            raise SimError.together(self.found)


def _rebuild(parts: dict[str, Any]) -> SimError:
    return SimError(**parts)


def _clip(value: object, most: int = 120) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"
