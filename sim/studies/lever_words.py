"""Levers in words: one grammar for every study that is asked which settings to move
(``docs/configs.md``, *Naming levers*).

``levers=linkage.us:0..0.4+linkage.cn,us.strategy.kind:micro/hardliner,politics`` names three levers
and a group. What a word stands for, and what is refused, is said here; what a study does with a
setting over a range (a coordinate, a factor of a design, a move) it says itself. Which settings of a
group are open depends on the question, so a study gives that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.config.check import check_value
from sim.config.errors import SimError, nearest
from sim.config.fields import Setting, leaves
from sim.config.renamed import why_gone
from sim.config.scenario import Scenario
from sim.studies.levers import of_first_side, of_other_side
from sim.vocabulary import SIDES, TRANSCRIPT

__all__ = [
    "ALL",
    "APART",
    "NUMBERS",
    "TOGETHER",
    "Asked",
    "AskedSetting",
    "Given",
    "matching",
    "name_and_span",
    "of_both",
    "read_levers",
    "word_for",
    "written_words",
]

ALL, TOGETHER, APART, BOTH = "all", "together", "apart", "both"
NUMBERS = ("number", "count")
_MOVED = (*NUMBERS, "choice", "flag")  # days are the record's, texts are read by no rule
_KEY = "levers"
_SPAN = "LOW..HIGH or A/B/C"
_CURE = (
    "levers=all, a group such as truce, or names of settings: linkage.cn,truce.length_weeks:6..39"
)
_ALLOWED = "settings, groups such as truce, last parts of names such as resolve.trade, or all"
Given = str | Sequence[str] | Mapping[str, Any]
Known = Mapping[str, tuple[Setting, Any]]
Opens = Callable[[str, Setting, Any], bool]


@dataclass(frozen=True)
class AskedSetting:
    """A setting that is to be moved.

    Attributes
    ----------
    name, meta, own
        Its dotted name, its declaration, and its value in the scenario.
    ends
        The range that was given, (low, high); None where none was.
    options
        The options that were given.
    """

    name: str
    meta: Setting
    own: Any
    ends: tuple[float, float] | None = None
    options: tuple[Any, ...] = ()

    @property
    def given(self) -> bool:
        """Whether its range or options were given, and not declared."""
        return self.ends is not None or bool(self.options)

    @property
    def categorical(self) -> bool:
        """Whether it goes through options, and not over a range."""
        return bool(self.options) or self.meta.kind not in NUMBERS

    def range(self) -> tuple[float, float]:
        """The range of a number: given, or declared as plausible.

        Raises
        ------
        SimError
            Where neither is.
        """
        ends = self.ends or self.meta.plausible
        if ends is None:
            raise self.without_range()
        return ends

    def without_range(self) -> SimError:
        """The error of a number over which nothing says how far to go."""
        return SimError(
            "no plausible range is declared for it",
            key=_KEY,
            given=self.name,
            allowed=self.meta.bounds,
            cure=f"give one: {self.name}:LOW..HIGH",
        )

    def values(self, *, with_own: bool) -> tuple[Any, ...]:
        """Its options, given or all that are declared; the scenario's own among them if asked.

        Raises
        ------
        SimError
            Where only one is left.
        """
        # a transcript is no strategy to choose: without rows its side plays another
        declared = tuple(name for name in self.meta.choices if name != TRANSCRIPT)
        found = self.options or declared or (False, True)
        if with_own and self.own not in found:
            found = (self.own, *found)
        if len(found) < 2:
            given = f"{self.name}:{word_for(found[0])}"
            raise SimError("nothing to move: that is one value", key=_KEY, given=given)
        return found


@dataclass(frozen=True)
class Asked:
    """Settings that are moved together; ``brought`` where a group, ``all`` or a last part named
    them, and not a word of their own.
    """

    settings: tuple[AskedSetting, ...]
    brought: bool = False

    def joint(self) -> AskedSetting:
        """The first of them in the place of all, where all take one value: over the range from the
        lowest end to the highest, or through the options of any.

        Raises
        ------
        SimError
            Settings that cannot take one value, or of which only some have options.
        """
        first, *others = self.settings
        if not others:
            return first
        given = "+".join(one.name for one in self.settings)
        if len({of_first_side(one.name) for one in self.settings}) > 1:
            raise SimError(
                "joined settings take one value here",
                key=_KEY,
                given=given,
                allowed="both sides' same setting",
                cure="separate them by commas",
            )
        if len({one.categorical for one in self.settings}) > 1:
            raise SimError("a range and options cannot be joined", key=_KEY, given=given)
        if first.categorical:
            options = (value for one in self.settings for value in one.values(with_own=False))
            return replace(first, options=tuple(dict.fromkeys(options)))
        lows, highs = zip(*(one.range() for one in self.settings), strict=True)
        return replace(first, ends=(min(lows), max(highs)))


def read_levers(
    scenario: Scenario,
    given: Given,
    opens: Opens,
    *,
    in_all: Callable[[str], bool] = lambda path: True,
    sides: str = TOGETHER,
    choices_apart: bool = False,
) -> list[Asked]:
    """What words name, in their order; a setting that a group brings in and that has a word of its
    own has that alone.

    Parameters
    ----------
    scenario
        The scenario whose settings are named.
    given
        Words separated by commas or in a list, or a mapping of words to (low, high), a list of
        options, or None for what is declared.
    opens
        Which settings a group or a last part brings in: called with name, declaration and value.
    in_all
        Which of these ``all`` brings in.
    sides
        ``together``: both sides' same setting, where words bring in both, is one lever. ``apart``:
        two.
    choices_apart
        Whether choices and flags are a side's own also then.

    Raises
    ------
    SimError
        A name that is none, a range or option that is refused, a setting that is given twice, or
        nothing that is open.

    Examples
    --------
    >>> words = "truce.length_weeks:6..39,resolve.trade,linkage.us+linkage.cn"
    >>> for asked in read_levers(Scenario(), words, lambda path, meta, own: bool(meta.plausible)):
    ...     print([setting.name for setting in asked.settings], asked.settings[0].ends)
    ['truce.length_weeks'] (6, 39)
    ['us.resolve.trade', 'cn.resolve.trade'] None
    ['linkage.us', 'linkage.cn'] None
    """
    if sides not in (TOGETHER, APART):
        raise SimError(
            "neither together nor apart",
            key="sides",
            given=sides,
            allowed=(TOGETHER, APART),
            suggestion=nearest(str(sides), (TOGETHER, APART)),
        )
    known = {path: (meta, value) for path, meta, value in leaves(scenario)}
    reader = _Reader(known, opens, in_all, sides == TOGETHER, choices_apart)
    return reader.once([asked for word in written_words(given) for asked in reader.read(word)])


def written_words(given: Given) -> list[str]:
    """Words as they are written on the command line, one each.

    Raises
    ------
    SimError
        What is no word, list of words or mapping of words to ranges.

    Examples
    --------
    >>> written_words({"truce.length_weeks": (6, 39), "us.strategy.kind": ["micro", "hardliner"]})
    ['truce.length_weeks:6..39', 'us.strategy.kind:micro/hardliner']
    """
    if isinstance(given, str):
        given = given.split(",")
    if isinstance(given, Mapping):
        given = [_written(str(name), span) for name, span in given.items()]
    if not isinstance(given, Sequence) or not all(isinstance(text, str) for text in given):
        raise SimError("not names of levers", key=_KEY, given=given, cure=_CURE)
    if not given or not all(text.strip() for text in given):
        raise SimError("a name is missing", key=_KEY, given=",".join(given), cure=_CURE)
    return [text.strip() for text in given]


def _written(name: str, span: Any) -> str:
    """A word of a mapping as it is written on the command line."""
    if span is None:
        return name
    if isinstance(span, tuple) and len(span) == 2:
        text = f"{span[0]}..{span[1]}"
    elif isinstance(span, list) and span:
        text = "/".join(word_for(value) for value in span)
    else:
        allowed = "(low, high), a list of options, or None"
        raise SimError("not a range", key=f"{_KEY}.{name}", given=span, allowed=allowed)
    return "+".join(f"{part}:{text}" for part in name.split("+"))


def word_for(value: Any) -> str:
    """A value as it is written on the command line."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def name_and_span(word: str) -> tuple[str, str]:
    """A name, and the range or options that are written behind it; empty where none are."""
    name, _, span = word.partition(":")
    return name.strip(), span.strip()


def matching(name: str, names: Collection[str]) -> list[str]:
    """Which of these settings a name stands for: itself, all, both sides', a group's, or those that
    end so.

    Examples
    --------
    >>> matching("both.patience", ["us.patience", "cn.patience", "us.patience.more"])
    ['us.patience', 'cn.patience']
    """
    if name in names:
        return [name]
    if name == ALL:
        return list(names)
    return (
        [path for path in names if of_both(path) == name]
        or [path for path in names if path.startswith(f"{name}.")]
        or [path for path in names if path.endswith(f".{name}")]
    )


def of_both(path: str) -> str | None:
    """The name that a setting and the other side's have in common; None of what is of neither."""
    parts = path.split(".")
    if not any(part in SIDES for part in parts):
        return None
    return ".".join(BOTH if part in SIDES else part for part in parts)


@dataclass(frozen=True)
class _Reader:
    """One reading of words; see :func:`read_levers`."""

    known: Known
    opens: Opens
    in_all: Callable[[str], bool]
    together: bool
    choices_apart: bool

    def read(self, word: str) -> list[Asked]:
        """What one word names; those that it brings in each for itself."""
        if "+" in word:
            parts = [one for part in word.split("+") for one in self._joined(part)]
            return [Asked(tuple(parts))]
        name, span = name_and_span(word)
        paths = self._paths(name)
        if name in self.known:
            return [Asked((self._asked(name, span, word),))]
        if BOTH in name.split("."):
            return [Asked(tuple(self._asked(path, span, word) for path in paths))]
        last = all(path.endswith(f".{name}") for path in paths)
        if ":" in word and not last:
            cure = f"name one of its settings: {paths[0]}:{_SPAN}"
            raise SimError("a range is for a setting", key=_KEY, given=word, cure=cure)
        if ":" in word:
            settings = [self._asked(path, span, word) for path in paths]
            return [Asked(pair) for pair in self._paired({one.name: one for one in settings})]
        return [Asked((self._asked(path, "", path),), True) for path in self._open(name, paths)]

    def once(self, found: Sequence[Asked]) -> list[Asked]:
        """Each setting once, and both sides' that were brought in together."""
        named = [one.name for asked in found if not asked.brought for one in asked.settings]
        for name in named:
            if named.count(name) > 1:
                raise SimError("given twice", key=_KEY, given=name)
        brought = {
            one.name: one
            for asked in found
            if asked.brought
            for one in asked.settings
            if one.name not in named
        }
        pairs = {pair[0].name: pair for pair in self._paired(brought)}
        kept = list[Asked]()
        for asked in found:
            if not asked.brought:
                kept.append(asked)
            elif (pair := pairs.pop(asked.settings[0].name, None)) is not None:
                kept.append(Asked(pair, True))
        return kept

    def _joined(self, part: str) -> list[AskedSetting]:
        """The settings of a part of a joined word, both sides' or one."""
        name, span = name_and_span(part)
        paths = self._paths(name)
        if name not in self.known and BOTH not in name.split("."):
            raise SimError(
                "only settings are joined", key=_KEY, given=part, cure=f"such as {paths[0]}"
            )
        return [self._asked(path, span, part) for path in paths]

    def _paths(self, name: str) -> list[str]:
        paths = matching(name, self.known)
        if not paths:
            names = [*self.known, *_groups_of(self.known), ALL]
            if "." not in name:
                names += [path.rpartition(".")[2] for path in self.known]
            gone = why_gone(name)
            raise SimError(
                "no such lever",
                key=_KEY,
                given=name,
                allowed=_ALLOWED,
                suggestion=None if gone else nearest(name, names),
                cure=gone or "tariffsim run --info settings lists them",
            )
        return paths

    def _open(self, name: str, paths: Iterable[str]) -> list[str]:
        """Those that the study moves where they are not named themselves."""
        moved = [path for path in paths if self.known[path][0].kind in _MOVED]
        found = [
            path
            for path in moved
            if self.opens(path, *self.known[path]) and (name != ALL or self.in_all(path))
        ]
        if not found:
            number = next((path for path in moved if self.known[path][0].kind in NUMBERS), "NAME")
            raise SimError(
                "no plausible range is declared in it",
                key=_KEY,
                given=name,
                cure=f"name settings with a range of your own: {number}:LOW..HIGH",
            )
        return found

    def _asked(self, path: str, span: str, word: str) -> AskedSetting:
        """A setting with the range or options that were written behind its name."""
        meta, own = self.known[path]
        if meta.kind not in _MOVED:
            raise SimError(f"cannot be a lever, being a {meta.kind}", key=_KEY, given=path)
        asked = AskedSetting(path, meta, own)
        return _over(asked, span) if ":" in word else asked

    def _paired(self, settings: Mapping[str, AskedSetting]) -> list[tuple[AskedSetting, ...]]:
        """Settings with the other side's where that is among them, in the place of the first
        side's.
        """
        pairs = list[tuple[AskedSetting, ...]]()
        for path, one in settings.items():
            other = of_other_side(path)
            alone = not self.together or (self.choices_apart and one.categorical)
            if alone or other == path or other not in settings:
                pairs.append((one,))
            elif path == of_first_side(path):
                pairs.append((one, settings[other]))
        return pairs


def _groups_of(paths: Iterable[str]) -> list[str]:
    parts = [path.split(".") for path in paths]
    return sorted({".".join(part[:k]) for part in parts for k in range(1, len(part))})


def _over(asked: AskedSetting, span: str) -> AskedSetting:
    """The setting over the range or options that were written behind it."""
    key, meta = f"{_KEY}.{asked.name}", asked.meta
    if not span or ":" in span:
        cure = f"{asked.name}:{span.replace(':', '..') or _SPAN}"
        raise SimError("not a range", key=key, given=span or None, allowed=_SPAN, cure=cure)
    if ".." in span:
        if meta.kind not in NUMBERS:
            cure = f"give options: {asked.name}:{'/'.join(meta.choices) or 'true/false'}"
            raise SimError("a range is for numbers", key=key, given=span, cure=cure)
        low, high = (_value(meta, end, key) for end in span.split("..", 1))
        if low >= high:
            allowed = "LOW..HIGH, the lower end first"
            raise SimError("an empty range", key=key, given=span, allowed=allowed)
        return replace(asked, ends=(low, high))
    options = tuple(_value(meta, option, key) for option in span.split("/"))
    if len(set(options)) < len(options):
        raise SimError("an option is given twice", key=key, given=span)
    return replace(asked, options=options)


def _value(meta: Setting, text: str, key: str) -> Any:
    """A written value, checked."""
    given: Any = text.strip()
    if meta.kind == "flag":
        given = {"true": True, "false": False}.get(given, given)
    elif meta.kind in NUMBERS:
        try:
            given = float(given)
        except ValueError:
            raise SimError("not a number", key=key, given=given, allowed=_SPAN) from None
        if meta.kind == "count" and given.is_integer():
            given = int(given)
    return check_value(meta, given, key)
