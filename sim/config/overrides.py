"""What a person writes after the verb: Hydra's override syntax, read with Hydra's own grammar and checked first.

An override names a group (``truce=long``), a setting (``truce.length_weeks=26``) or adds and removes a named item
(``+issues.soy={owner: cn, table: trade, benefit: 3}``, ``~issues.ai_chips``). Interpolation, ``_target_`` and its kin, ``hydra.*`` (but for the launcher of a
multirun), config paths and packages are refused before Hydra sees them. It knows the tree of groups; it composes nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

from sim.config import tree
from sim.config.errors import SimError, nearest
from sim.config.fields import Setting, leaves, setting_of, settings_of
from sim.config.groups.outcomes import Figures, Run
from sim.config.groups.sweep import Sweep
from sim.config.scenario import Everything, Scenario

__all__ = [
    "ALIASES",
    "SHORTCUTS",
    "Override",
    "groups",
    "hydra_arguments",
    "known_names",
    "option_of",
    "read_overrides",
]

ALIASES = {
    "runs": "run.runs",
    "seed": "run.seed",
    "name": "run.name",
    "out": "run.out",
    "engine": "run.engine",
    "threads": "run.threads",
    "weeks": "calendar.horizon_weeks",
    "draw": "figures.draw",
}
SHORTCUTS = {
    "file": "a scenario.yaml handed over by someone, instead of the config groups",
    "sweep_file": "a sweep handed over by someone, instead of one in configs/sweep",
    "deadline": "the day on which the truce now running ends; becomes truce.first_deadline_weeks",
}
_PARTS: dict[str, type] = {"run": Run, "figures": Figures, "sweep": Sweep}
_MOST = 200
_MOST_CHARACTERS = 10_000
_MOST_DEPTH = 20
_CODE = re.compile(r"(^|[\s.{,:'\"+~@/])_[a-z]+_\s*($|[=.:@])")
_LAUNCHERS = {
    "basic": "hydra",
    "joblib": "hydra_plugins.hydra_joblib_launcher",
    "submitit_local": "hydra_plugins.hydra_submitit_launcher",
    "submitit_slurm": "hydra_plugins.hydra_submitit_launcher",
}
_MOST_VALUES = 100_000  # of one setting in a multirun, before they are counted as jobs; an endless range stops here
_MOST_OF_A_LAUNCHER = 1_000_000
_WHOLE = f"a whole number from 1 to {_MOST_OF_A_LAUNCHER:,}"
_LAUNCHER_NUMBERS = {
    "n_jobs": f"{_WHOLE}, or -1 for every processor",
    **dict.fromkeys(("timeout_min", "cpus_per_task", "mem_gb", "nodes", "array_parallelism"), _WHOLE),
}
_LAUNCHER_KEYS = ("n_jobs", "timeout_min", "cpus_per_task", "mem_gb", "nodes", "partition", "array_parallelism")


@dataclass(frozen=True)
class Override:
    """One checked override.

    ``kind`` is ``group``, ``set``, ``add``, ``remove``, ``shortcut`` or ``launcher``; ``key`` the group or the dotted name;
    ``values`` its values (more than one only in a multirun); ``texts`` the same as Hydra takes them.
    """

    kind: str
    key: str
    values: tuple[Any, ...]
    texts: tuple[str, ...]

    @property
    def value(self) -> Any:
        """The only value; None where an item is removed."""
        return self.values[0] if self.values else None


def groups() -> dict[str, tuple[str, ...]]:
    """Config group -> its options."""
    return tree.groups(Everything)


@cache
def known_names() -> tuple[str, ...]:
    """Every name that may stand left of ``=``: groups, aliases, shortcuts and the settings of the default scenario."""
    names = [*groups(), *ALIASES, *SHORTCUTS, *(path for path, _, _ in leaves(Scenario()))]
    return (*names, *(f"{part}.{name}" for part, cls in _PARTS.items() for name in settings_of(cls)))


def read_overrides(arguments: Sequence[str], *, multirun: bool = False) -> list[Override]:
    """Parse and check overrides; order is kept.

    Raises
    ------
    SimError
        The first override that is malformed, unknown or not allowed.
    """
    if len(arguments) > _MOST:
        raise SimError("too many overrides", given=len(arguments), allowed=f"at most {_MOST}", cure="use file=")
    read = [_read(text, multirun) for text in arguments]
    seen: dict[str, str] = {}
    for override, text in zip(read, arguments, strict=True):
        if override.key in seen and override.kind != "remove":
            raise SimError("given twice", key=override.key, given=f"{seen[override.key]} and {text}")
        seen[override.key] = text
    return read


def _read(text: str, multirun: bool) -> Override:
    if not isinstance(text, str):
        raise SimError("an override is text such as truce.length_weeks=26", given=text)
    _refuse(text)
    text = _quoted(_alias(text), multirun)
    parsed = _parse(text)
    key = parsed.key_or_group
    if parsed.package is not None:
        raise SimError(
            "packages (@) are not accepted in an override", key=text, cure="name the setting by its dotted name"
        )
    if key == "hydra" or key.startswith(("hydra.", "hydra/")):
        return _launcher(key, parsed, text, multirun)
    values, texts = _values(parsed, text, multirun)
    if not parsed.is_delete() and _is_group(key, values):
        return _group(key, values, text, parsed)
    key = key.replace("/", ".")
    if parsed.is_delete():
        return _remove(key, text)
    if parsed.is_add() or (parsed.is_force_add() and _below_mapping(key)):
        return _add(key, values, texts, text)
    if key in SHORTCUTS:
        return Override("shortcut", key, values, texts)
    setting = _check_setting(key)
    _refuse_one_value(setting, key, values)
    if setting.kind == "text":
        values = tuple(_as_written(value, part) for value, part in zip(values, texts, strict=True))
    return Override("set", key, values, texts)


def _refuse_one_value(setting: Setting, key: str, values: Iterable[Any]) -> None:
    """``us.strategy=hardliner`` is meant as ``us/strategy=hardliner``."""
    options = groups().get(key.replace(".", "/"), ())
    given = next((value for value in values if not isinstance(value, dict)), None)
    if setting.kind == "group" and options and given is not None:
        near = nearest(str(given), options) or options[0]
        raise SimError(
            "a group of settings, not one value", key=key, given=given, allowed=options,
            suggestion=f"{key.replace('.', '/')}={near}",
        )  # fmt: skip


def _as_written(value: Any, text: str) -> Any:
    """A text setting keeps what was typed: ``name=007`` is no number."""
    return text.partition("=")[2] if isinstance(value, (bool, int, float)) else value


def _refuse(text: str) -> None:
    key = text.partition("=")[0][:80]
    if len(text) > _MOST_CHARACTERS:
        raise SimError("too long", key=key, given=text, allowed=f"at most {_MOST_CHARACTERS:,} characters")
    if not text.isprintable():
        raise SimError("contains control characters", key=key, given=text)
    if "${" in text:
        raise SimError("interpolation (${…}) is not accepted", key=key, cure="write the value itself")
    if _CODE.search(text):
        raise SimError("names such as _target_ are not accepted: nothing in a config can run code", key=key)
    if text.startswith("-"):
        raise SimError(
            "no such option", given=text, allowed="-m, --multirun, --cfg job, --info, --help, before or after settings"
        )
    if _depth(text) > _MOST_DEPTH:
        raise SimError("nested too deeply", key=key, allowed=f"at most {_MOST_DEPTH} levels")
    if text.startswith("=") or ("=" not in text and not text.startswith("~")):
        suggestion = nearest(text, known_names())
        raise SimError(
            "not an override", given=text, allowed="name=value", suggestion=f"{suggestion}=…" if suggestion else None
        )


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character in "[{(") - (character in "]})")
        deepest = max(deepest, depth)
    return deepest


def _alias(text: str) -> str:
    name, equals, value = text.partition("=")
    return f"{ALIASES[name]}{equals}{value}" if name in ALIASES else text


def _quoted(text: str, multirun: bool) -> str:
    """Text and paths in quotes, so that ``out=/srv/josé/a b`` needs none of Hydra's own; lists and quotes stay as typed."""
    name, equals, value = text.partition("=")
    key = name.lstrip("+")
    if key not in SHORTCUTS:
        first, _, rest = key.partition(".")
        meta = setting_of(_PARTS[first], rest) if first in _PARTS and rest else setting_of(Scenario, key)
        if meta is None or meta.kind != "text":
            return text
    if not value or value[0] in "'\"[{" or value in ("null", "???") or "," in value or (multirun and "(" in value):
        return text
    escaped = value.replace("'", "\\'")
    if "\\" in value:
        return text
    return f"{name}{equals}'{escaped}'"


def _parse(text: str) -> Any:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        return OverridesParser.create().parse_override(text)
    except HydraException as error:
        reason = str(error).splitlines()[0]
        cure = "put a value with spaces or signs in quotes of its own: 'title=\"A; B\"'"
        raise SimError(
            f"cannot be read as an override: {reason}", key=text.partition("=")[0], given=text, cure=cure
        ) from None


def _values(parsed: Any, text: str, multirun: bool) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    from hydra.core.override_parser.types import OverrideType, QuotedString, ValueType

    if parsed.type == OverrideType.DEL:
        return (), ()
    if not parsed.is_sweep_override():
        value = parsed.value()
        return (value.text if isinstance(value, QuotedString) else value,), (text,)
    key = parsed.key_or_group
    if not multirun:
        raise SimError(
            "several values",
            key=key,
            given=text.partition("=")[2],
            cure="add -m for one job a value, or use a list [..]",
        )
    if parsed.value_type not in (ValueType.CHOICE_SWEEP, ValueType.SIMPLE_CHOICE_SWEEP, ValueType.RANGE_SWEEP):
        raise SimError(
            "not a list of values", key=key, given=text, allowed="values with commas between, range() or choice()"
        )
    parts = list(itertools.islice(parsed.sweep_string_iterator(), _MOST_VALUES + 1))
    if len(parts) > _MOST_VALUES:
        raise SimError("too many values", key=key, given=text, allowed=f"{_MOST_VALUES:,}", cure="a sweep takes designs of any size")  # fmt: skip
    texts = tuple(f"{parsed.get_key_element()}={part}" for part in parts)
    values = tuple(_parse(part).value() for part in texts)
    doubled = next((part for n, part in enumerate(texts) if part in texts[:n]), None)
    if doubled is not None:
        raise SimError("the same value twice", key=key, given=text.partition("=")[2], cure=f"keep one {doubled}")
    return values, texts


def _launcher(key: str, parsed: Any, text: str, multirun: bool) -> Override:
    allowed = ["hydra/launcher", *(f"hydra.launcher.{name}" for name in _LAUNCHER_KEYS)]
    if key not in allowed or parsed.is_delete() or parsed.is_sweep_override() or parsed.is_add():
        raise SimError(
            "Hydra's own settings are not accepted", key=key, allowed=allowed, suggestion=nearest(key, allowed)
        )
    if not multirun:
        raise SimError("only a multirun has a launcher", key=key, cure="add -m")
    value = parsed.value()
    if key == "hydra/launcher" and value not in _LAUNCHERS:
        raise SimError(
            "no such launcher", key=key, given=value, allowed=_LAUNCHERS, suggestion=nearest(str(value), _LAUNCHERS)
        )
    if key == "hydra/launcher" and not _installed(_LAUNCHERS[value]):
        package = _LAUNCHERS[value].rpartition(".")[2].replace("_", "-")
        raise SimError("this launcher is not installed", key=key, given=value, cure=f"install {package}")
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or not re.fullmatch(r"[\w.-]+", str(value)):
        raise SimError("not a plain value", key=key, given=value, allowed="a number or a word")
    name = key.rpartition(".")[2]
    if name in _LAUNCHER_NUMBERS and not _is_number_of(name, value):
        raise SimError("not a number that a launcher can use", key=key, given=value, allowed=_LAUNCHER_NUMBERS[name])
    return Override("launcher", key, (value,), (text,))


def _is_number_of(name: str, value: object) -> bool:
    every = name == "n_jobs" and value == -1
    return every or (isinstance(value, int) and 1 <= value <= _MOST_OF_A_LAUNCHER)


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _is_group(key: str, values: Iterable[Any]) -> bool:
    if key in groups():
        return not any(isinstance(value, dict) for value in values)
    return "/" in key


def _group(key: str, values: tuple[Any, ...], text: str, parsed: Any) -> Override:
    known = groups()
    if key not in known:
        raise SimError("no such config group", key=key, allowed=list(known), suggestion=nearest(key, known))
    if parsed.is_add() or parsed.is_force_add():
        raise SimError("every group has one option already", key=key, given=text, cure="leave the + out")
    chosen = tuple(option_of(key, value) for value in values)
    return Override("group", key, chosen, tuple(f"{key}={option}" for option in chosen))


def option_of(group: str, value: Any, key: str = "") -> str:
    """The option of a group that a word means; ``key`` is what an error names, the group unless given.

    Raises
    ------
    SimError
        No option of that name, or a beginning that several share.
    """
    options, word = groups()[group], str(value)
    if word in options:
        return word
    starts = [option for option in options if option.startswith(f"{word}_")]
    if len(starts) == 1:
        return starts[0]
    cure = None
    if group == "scenario" and ("/" in word or word.endswith((".yaml", ".yml"))):
        cure = f"file={word} reads a file"
    problem = "not unique" if starts else "no such option"
    near = nearest(word, options)
    raise SimError(problem, key=key or group, given=value, allowed=options, suggestion=near, cure=cure)


def _remove(key: str, text: str) -> Override:
    meta = setting_of(Scenario, key)
    if "=" in text:
        raise SimError("to remove an item, name it alone", key=key, given=text, cure=f"~{key}")
    if meta is None or not _is_item(key):
        near = nearest(key, _items())
        raise SimError(
            "only a named item can be removed", key=key, allowed="an issue, a sector or an event", suggestion=near
        )
    return Override("remove", key, (), (f"~{key}",))


def _add(key: str, values: tuple[Any, ...], texts: tuple[str, ...], text: str) -> Override:
    if not _below_mapping(key):
        cure = f"leave the + out: {text.lstrip('+')}" if setting_of(Scenario, key) is not None else None
        near = None if cure else nearest(key, known_names())
        allowed = "an issue, a sector or an event: +issues.soy='{owner: cn, table: trade, benefit: 3}'"
        raise SimError("only named items can be added", key=key, allowed=allowed, suggestion=near, cure=cure)
    if setting_of(Scenario, key) is None:
        raise _unknown(key)
    return Override("add", key, values, texts)


def _check_setting(key: str) -> Setting:
    first, _, rest = key.partition(".")
    if first == "sweep":
        meta = settings_of(Sweep).get(rest.partition(".")[0])
    else:
        meta = setting_of(_PARTS[first], rest) if first in _PARTS and rest else setting_of(Scenario, key)
    if meta is None:
        raise _unknown(key)
    return meta


def _unknown(key: str) -> SimError:
    suggestion = nearest(key, known_names())
    cure = "tariffsim run --info lists groups and settings" if suggestion is None else None
    return SimError("no such setting or group", key=key, suggestion=suggestion, cure=cure)


def _items() -> list[str]:
    found = {path.rpartition(".")[0] for path, _, _ in leaves(Scenario())}
    return sorted(path for path in found if _is_item(path))


def _is_item(key: str) -> bool:
    parent = key.rpartition(".")[0]
    meta: Setting | None = setting_of(Scenario, parent) if parent else None
    return meta is not None and meta.kind == "mapping"


def _below_mapping(key: str) -> bool:
    parts = key.split(".")
    return any(_is_item(".".join(parts[:n])) for n in range(2, len(parts) + 1))


def hydra_arguments(arguments: Sequence[str]) -> list[str]:
    """Checked overrides of a multirun as Hydra takes them: short names written out, settings forced.

    Hydra composes the groups only and would refuse a setting that a file or a sweep brings; ours have been checked already.
    """
    written: list[str] = []
    for override in read_overrides(arguments, multirun=True):
        if override.kind == "remove":
            written += override.texts
            continue
        key = override.texts[0].partition("=")[0]
        forced = f"++{key.lstrip('+')}" if override.kind in ("set", "add") else key
        written.append(f"{forced}=" + ",".join(text.partition("=")[2] for text in override.texts))
    return written
