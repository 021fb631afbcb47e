"""The words after the verb: Hydra's override syntax, checked first and read with Hydra's own
grammar.

An override names a group (``truce=long``), a setting (``truce.length_weeks=26``), or adds and
removes a named item (``+issues.soy={owner: cn, track: trade, benefit: 3}``, ``~issues.ai_chips``).
Interpolation, ``_target_`` and similar names, ``hydra.*`` (but for the launcher of a multirun),
config paths and packages are refused before Hydra sees them. It composes nothing.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.util import find_spec
from typing import Any

from sim.config.dated import CHANGES, is_dated, no_such_change, refuse_other_day, with_changes
from sim.config.errors import SimError, nearest
from sim.config.fields import Setting, leaves, setting_of, settings_of
from sim.config.options import groups
from sim.config.renamed import why_gone

__all__ = ["MOST_JOBS", "Names", "Override", "hydra_arguments", "option_of", "read_overrides"]

_MOST = 200
_MOST_CHARACTERS = 10_000
_MOST_DEPTH = 20
_CODE = re.compile(r"(^|[\s.{,:'\"+~@/])_[a-z]+_\s*($|[=.:@])")
# Hydra's grammar has no - in a name: a day in one is written d2025_12_01 for it
_DAY_IN_NAME = re.compile(r"^([+~]*\w+\.)(\d{4})-(\d\d)-(\d\d)(?=[.=]|$)")
_DAY_IN_HYDRA = re.compile(r"^(\w+\.)d(\d{4})_(\d\d)_(\d\d)(?=\.|$)")
_LAUNCHERS = {
    "basic": "hydra",
    "joblib": "hydra_plugins.hydra_joblib_launcher",
    "submitit_local": "hydra_plugins.hydra_submitit_launcher",
    "submitit_slurm": "hydra_plugins.hydra_submitit_launcher",
}
MOST_JOBS = 1_000
"""Jobs of a multirun, and so values of one of its settings."""
_MOST_OF_A_LAUNCHER = 1_000_000
_WHOLE = f"a whole number from 1 to {_MOST_OF_A_LAUNCHER:,}"
_LAUNCHER_NUMBERS = {
    "n_jobs": f"{_WHOLE}, or -1 for every processor",
    **dict.fromkeys(
        ("timeout_min", "cpus_per_task", "mem_gb", "nodes", "array_parallelism"), _WHOLE
    ),
}
_LAUNCHER_KEYS = (
    "n_jobs",
    "timeout_min",
    "cpus_per_task",
    "mem_gb",
    "nodes",
    "partition",
    "array_parallelism",
)


@dataclass(frozen=True)
class Names:
    """The names that may stand left of ``=``.

    ``root`` is the class of the settings, ``parts`` further ones by the word before their names,
    ``aliases`` short names of settings, ``shortcuts`` words that are not settings, with their
    meaning.
    """

    root: type
    parts: Mapping[str, type] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    shortcuts: Mapping[str, str] = field(default_factory=dict)

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Config group -> its options."""
        return groups(self.root)

    @cached_property
    def known(self) -> tuple[str, ...]:
        """All names: groups, short names, shortcuts and settings."""
        named = (f"{part}.{name}" for part, cls in self.parts.items() for name in settings_of(cls))
        settings = (path for path, _, _ in leaves(self.root()))
        return (*self.groups, *self.aliases, *self.shortcuts, CHANGES, *settings, *named)

    def setting(self, name: str) -> Setting | None:
        """The setting of that dotted name."""
        first, _, rest = name.partition(".")
        if first in self.parts:
            return settings_of(self.parts[first]).get(rest.partition(".")[0])
        return setting_of(self.root, name)

    def is_item(self, name: str) -> bool:
        """Whether a dotted name is that of a named item."""
        parent = self.setting(name.rpartition(".")[0]) if "." in name else None
        return parent is not None and parent.kind == "mapping"

    def below_items(self, name: str) -> bool:
        """Whether it is an item or a setting of one, or a change on a day."""
        if is_dated(name):
            return True
        parts = name.split(".")
        return any(self.is_item(".".join(parts[:n])) for n in range(2, len(parts) + 1))

    @cached_property
    def items(self) -> list[str]:
        """The named items that the defaults have."""
        found = {path.rpartition(".")[0] for path, _, _ in leaves(self.root())}
        return sorted(path for path in found if self.is_item(path))


@dataclass(frozen=True)
class Override:
    """One checked override.

    ``kind`` is ``group``, ``set``, ``add``, ``remove``, ``shortcut`` or ``launcher``; ``key`` the
    group or the dotted name; ``values`` its values (more than one only in a multirun); ``texts``
    the same in Hydra's form. Of a range that asks for more than :data:`MOST_JOBS` only the first
    value is there, and ``asked`` says how many they would be.
    """

    kind: str
    key: str
    values: tuple[Any, ...]
    texts: tuple[str, ...]
    asked: int = 0

    @property
    def value(self) -> Any:
        """The only value; None where an item is removed."""
        return self.values[0] if self.values else None

    @property
    def jobs(self) -> int:
        """How many jobs of a multirun differ by it."""
        return self.asked or max(1, len(self.values))

    @property
    def signed(self) -> str:
        """Its name with its sign, as :func:`sim.config.check.changed` takes it."""
        forced = self.kind == "add" and self.texts[0].startswith("++")
        return ("++" if forced else {"add": "+", "remove": "~"}.get(self.kind, "")) + self.key

    def one(self, n: int) -> Override:
        """The same with its ``n``-th value alone."""
        return (
            Override(self.kind, self.key, self.values[n : n + 1], self.texts[n : n + 1])
            if self.values
            else self
        )


def read_overrides(
    arguments: Sequence[str], names: Names, *, multirun: bool = False
) -> list[Override]:
    """Parse and check overrides; order is kept.

    Raises
    ------
    SimError
        Every override that is malformed, unknown or not allowed.
    """
    if len(arguments) > _MOST:
        raise SimError(
            "too many overrides", given=len(arguments), allowed=f"at most {_MOST}", cure="use file="
        )
    read, problems, seen = list[Override](), list[SimError](), dict[str, str]()
    for text in arguments:
        try:
            override = _read(text, names, multirun)
            if override.key in seen and override.kind != "remove":
                raise SimError(
                    "given twice", key=override.key, given=f"{seen[override.key]} and {text}"
                )
        except SimError as error:
            problems.append(error)
        else:
            seen[override.key] = text
            read.append(override)
    if problems:
        raise SimError.together(problems)
    return read


def _read(text: str, names: Names, multirun: bool) -> Override:
    if not isinstance(text, str):
        given = type(text).__name__
        cure = (
            "sim.load() gives the default scenario; its change({'linkage.cn': 0.5}) takes a mapping"
        )
        raise SimError("an override is text such as truce.length_weeks=26", given=given, cure=cure)
    short, equals, value = text.partition("=")
    long = f"{names.aliases.get(short, short)}{equals}{value}"
    quoted = _quoted(long, names, multirun)
    _refuse(text, names, is_text=quoted != long)
    bare = short.lstrip("+~")
    refuse_other_day(bare)
    if is_dated(bare) and "/" in bare:
        raise _unknown(bare, names)
    text = quoted
    parsed = _parse(text)
    key = _DAY_IN_HYDRA.sub(r"\1\2-\3-\4", parsed.key_or_group)
    if parsed.package is not None:
        cure = "name the setting by its dotted name"
        raise SimError("packages (@) are not accepted in an override", key=text, cure=cure)
    if key == "hydra" or key.startswith(("hydra.", "hydra/")):
        return _launcher(key, parsed, text, multirun)
    values, texts = _values(parsed, text, multirun)
    override = _named(key, values, texts, text, parsed, names)
    asked = _asked(parsed) if multirun else 0
    return replace(override, asked=asked) if asked > MOST_JOBS else override


def _named(
    key: str,
    values: tuple[Any, ...],
    texts: tuple[str, ...],
    text: str,
    parsed: Any,
    names: Names,
) -> Override:
    """The override of a group, an item, a shortcut or a setting."""
    if not parsed.is_delete() and _is_group(key, values, names):
        return _group(key, values, text, parsed, names)
    key = key.replace("/", ".")
    if parsed.is_delete():
        return _remove(key, text, names)
    if parsed.is_add() or (parsed.is_force_add() and names.below_items(key)):
        return _add(key, values, texts, text, names)
    if key in names.shortcuts:
        return Override("shortcut", key, values, texts)
    return _set(key, values, texts, names)


def _refuse(text: str, names: Names, *, is_text: bool) -> None:
    """Refuse what no override may hold; the value of text or a path is no name of anything."""
    key = text.partition("=")[0][:80]
    if len(text) > _MOST_CHARACTERS:
        raise SimError(
            "too long", key=key, given=text, allowed=f"at most {_MOST_CHARACTERS:,} characters"
        )
    if any("\udc80" <= character <= "\udcff" for character in text):  # bytes that are no UTF-8
        cure = "write it in UTF-8; folder= names a result folder in any encoding"
        raise SimError("is not UTF-8", key=key, given=text, cure=cure)
    if not text.isprintable():
        raise SimError("contains control characters", key=key, given=text)
    if "${" in text:
        raise SimError(
            "interpolation (${…}) is not accepted", key=key, cure="write the value itself"
        )
    if _CODE.search(text.partition("=")[0] if is_text else text):
        raise SimError(
            "names such as _target_ are not accepted: nothing in a config can run code", key=key
        )
    if text.startswith("-"):
        allowed = "-m, --multirun, --cfg job, --info, --help, before or after settings"
        raise SimError("no such option", given=text, allowed=allowed)
    if _depth(text) > _MOST_DEPTH:
        raise SimError("nested too deeply", key=key, allowed=f"at most {_MOST_DEPTH} levels")
    if text.startswith("=") or ("=" not in text and not text.startswith("~")):
        near = nearest(text, names.known)
        raise SimError(
            "not an override", given=text, allowed="name=value", suggestion=near and f"{near}=…"
        )


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character in "[{(") - (character in "]})")
        deepest = max(deepest, depth)
    return deepest


def _quoted(text: str, names: Names, multirun: bool) -> str:
    """Text and paths in quotes, so that ``out=/srv/josé/a b`` and ``title=London, June`` need none
    for Hydra; quotes stay as typed, and in a multirun so do commas and lists, which part values.
    """
    name, equals, value = text.partition("=")
    setting = names.setting(name.lstrip("+"))
    if name.lstrip("+") not in names.shortcuts and (
        setting is None or setting.kind not in ("text", "rows")
    ):
        return text
    closed = value[:1] + value[-1:] in ("[]", "{}")  # a list or mapping, which is no text
    typed = closed or value[:1] in ("'", '"') or value in ("", "null", "???")
    if typed or (multirun and (value[0] in "[{" or "," in value or "(" in value)):
        return text
    escaped = value.replace("'", "\\'")
    return text if "\\" in value else f"{name}{equals}'{escaped}'"


def _parse(text: str) -> Any:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        hydras = _DAY_IN_NAME.sub(r"\1d\2_\3_\4", text)
        return OverridesParser.create().parse_override(hydras)
    except HydraException:
        key, _, value = text.partition("=")
        problem, cure = _what_is_wrong(key, value)
        raise SimError(problem, key=key, given=text, cure=cure) from None


def _what_is_wrong(key: str, value: str) -> tuple[str, str]:
    """Why a value cannot be read, and the cure, without the words of Hydra's parser."""
    parts = value.split(",")
    if len(parts) > 1 and "" in (part.strip() for part in parts):
        kept = ",".join(part.strip() for part in parts if part.strip())
        return "a value between commas is empty", f"{key}={kept}"
    quoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", value)
    if any(quoted.count(one) != quoted.count(other) for one, other in ("[]", "{}", "()")):
        return (
            "a bracket is not closed",
            f"close it, or put text in its own quotes: '{key}=\"A (B\"'",
        )
    if any(mark in quoted for mark in "'\""):
        return "a quotation mark is not closed", f"close it: '{key}=\"...\"'"
    return (
        "cannot be read",
        f"put text with spaces or signs in its own quotes: '{key}=\"A (x); B\"'",
    )


def _values(parsed: Any, text: str, multirun: bool) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    from hydra.core.override_parser.types import OverrideType, QuotedString, ValueType

    if parsed.type == OverrideType.DEL:
        return (), ()
    if not parsed.is_sweep_override():
        value = parsed.value()
        return (value.text if isinstance(value, QuotedString) else value,), (text,)
    key, given = parsed.key_or_group, text.partition("=")[2]
    if not multirun:
        cure = "add -m for one job per value, or use a list [..]"
        raise SimError("several values", key=key, given=given, cure=cure)
    if parsed.value_type not in (
        ValueType.CHOICE_SWEEP,
        ValueType.SIMPLE_CHOICE_SWEEP,
        ValueType.RANGE_SWEEP,
    ):
        allowed = "values separated by commas, range() or choice()"
        raise SimError("not a list of values", key=key, given=text, allowed=allowed)
    asked = _asked(parsed)
    parts = list(
        itertools.islice(parsed.sweep_string_iterator(), 1 if asked > MOST_JOBS else asked)
    )
    texts = tuple(f"{parsed.get_key_element()}={part}" for part in parts)
    doubled = next((part for n, part in enumerate(texts) if part in texts[:n]), None)
    if doubled is not None:
        raise SimError("the same value twice", key=key, given=given, cure=f"keep one {doubled}")
    return tuple(_parse(part).value() for part in texts), texts


def _asked(parsed: Any) -> int:
    """How many values a sweep asks for, counted without making them."""
    from hydra.core.override_parser.types import RangeSweep

    if not parsed.is_sweep_override():
        return 0
    given = parsed.value()
    if not isinstance(given, RangeSweep):
        return len(given.list)
    start, stop, step = (float(end or 0.0) for end in (given.start, given.stop, given.step))
    if not (math.isfinite(stop - start) and step):
        raise SimError("a range without an end", key=parsed.key_or_group, given=parsed.input_line)
    return max(0, math.ceil((stop - start) / step))


def _launcher(key: str, parsed: Any, text: str, multirun: bool) -> Override:
    allowed = ["hydra/launcher", *(f"hydra.launcher.{name}" for name in _LAUNCHER_KEYS)]
    if key not in allowed or parsed.is_delete() or parsed.is_sweep_override() or parsed.is_add():
        near = nearest(key, allowed)
        raise SimError(
            "Hydra's own settings are not accepted", key=key, allowed=allowed, suggestion=near
        )
    if not multirun:
        raise SimError("only a multirun has a launcher", key=key, cure="add -m")
    value = parsed.value()
    if key == "hydra/launcher" and value not in _LAUNCHERS:
        near = nearest(str(value), _LAUNCHERS)
        raise SimError(
            "no such launcher", key=key, given=value, allowed=_LAUNCHERS, suggestion=near
        )
    if key == "hydra/launcher" and not _installed(_LAUNCHERS[value]):
        package = _LAUNCHERS[value].rpartition(".")[2].replace("_", "-")
        raise SimError(
            "this launcher is not installed", key=key, given=value, cure=f"install {package}"
        )
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float, str))
        or not re.fullmatch(r"[\w.-]+", str(value))
    ):
        raise SimError("not a plain value", key=key, given=value, allowed="a number or a word")
    name = key.rpartition(".")[2]
    if name in _LAUNCHER_NUMBERS and not _is_number_of(name, value):
        raise SimError(
            "not a number that a launcher can use",
            key=key,
            given=value,
            allowed=_LAUNCHER_NUMBERS[name],
        )
    return Override("launcher", key, (value,), (text,))


def _is_number_of(name: str, value: object) -> bool:
    every = name == "n_jobs" and value == -1
    return every or (isinstance(value, int) and 1 <= value <= _MOST_OF_A_LAUNCHER)


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _is_group(key: str, values: Iterable[Any], names: Names) -> bool:
    if key in names.groups:
        return not any(isinstance(value, dict) for value in values)
    return "/" in key


def _group(key: str, values: tuple[Any, ...], text: str, parsed: Any, names: Names) -> Override:
    if key not in names.groups:
        near = nearest(key, names.groups)
        raise SimError("no such config group", key=key, allowed=list(names.groups), suggestion=near)
    if parsed.is_add() or parsed.is_force_add():
        raise SimError(
            "every group has one option already", key=key, given=text, cure="leave out the +"
        )
    chosen = tuple(option_of(names.groups[key], key, value) for value in values)
    return Override("group", key, chosen, tuple(f"{key}={option}" for option in chosen))


def option_of(options: Sequence[str], group: str, value: Any) -> str:
    """The option of a group that a word means; ``group`` is what an error names.

    Raises
    ------
    SimError
        No option of that name, or the beginning of several.
    """
    word = str(value)
    starts = [option for option in options if option.startswith(f"{word}_")]
    if word in options or len(starts) == 1:
        return word if word in options else starts[0]
    path = group == "scenario" and ("/" in word or word.endswith((".yaml", ".yml")))
    raise SimError(
        "not unique" if starts else "no such option",
        key=group,
        given=value,
        allowed=options,
        suggestion=nearest(word, options),
        cure=f"file={word} reads a file" if path else None,
    )


def _set(key: str, values: tuple[Any, ...], texts: tuple[str, ...], names: Names) -> Override:
    setting = names.setting(key)
    if setting is None:
        raise _unknown(key, names)
    options = names.groups.get(key.replace(".", "/"), ())
    word = next((value for value in values if not isinstance(value, dict)), None)
    if setting.kind == "group" and options and word is not None:  # us.strategy=hardliner
        meant = f"{key.replace('.', '/')}={nearest(str(word), options) or options[0]}"
        problem = "a group of settings, not one value"
        raise SimError(problem, key=key, given=word, allowed=options, suggestion=meant)
    if setting.kind == "text":  # keeps what was typed: name=007 is not a number
        values = tuple(
            text.partition("=")[2] if isinstance(value, (bool, int, float)) else value
            for value, text in zip(values, texts, strict=True)
        )
    return Override("set", key, values, texts)


def _remove(key: str, text: str, names: Names) -> Override:
    if "=" in text:
        raise SimError("to remove an item, give only its name", key=key, given=text, cure=f"~{key}")
    if not names.is_item(key) and not is_dated(key):
        near = nearest(key, names.items)
        allowed = "an issue, a sector, an event or a change on a day"
        raise SimError(
            "only a named item can be removed", key=key, allowed=allowed, suggestion=near
        )
    return Override("remove", key, (), (f"~{key}",))


def _add(
    key: str, values: tuple[Any, ...], texts: tuple[str, ...], text: str, names: Names
) -> Override:
    if not names.below_items(key):
        cure = f"leave out the +: {text.lstrip('+')}" if names.setting(key) is not None else None
        near = None if cure else nearest(key, names.known)
        allowed = (
            "an issue, a sector or an event: +issues.soy='{owner: cn, track: trade, benefit: 3}'"
        )
        raise SimError(
            "only named items can be added", key=key, allowed=allowed, suggestion=near, cure=cure
        )
    if names.setting(key) is None:
        raise _unknown(key, names)
    return Override("add", key, values, texts)


def _unknown(key: str, names: Names) -> SimError:
    if is_dated(key):
        return no_such_change(key, [name for name in names.known if names.setting(name)])
    gone = why_gone(key)
    near = None if gone else with_changes(key) or nearest(key, names.known)
    cure = gone or ("tariffsim run --info lists groups and settings" if near is None else None)
    return SimError("no such setting or group", key=key, suggestion=near, cure=cure)


def hydra_arguments(arguments: Sequence[str], names: Names) -> list[str]:
    """Checked overrides of a multirun as Hydra takes them: short names written out, settings
    forced.

    Hydra only composes the groups and would refuse a setting from a file or a sweep; ours have
    been checked already.
    """
    written: list[str] = []
    for override in read_overrides(arguments, names, multirun=True):
        if override.kind == "remove":
            written += override.texts
            continue
        key = override.texts[0].partition("=")[0]
        forced = f"++{key.lstrip('+')}" if override.kind in ("set", "add", "shortcut") else key
        written.append(f"{forced}=" + ",".join(text.partition("=")[2] for text in override.texts))
    return written
