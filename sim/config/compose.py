"""Every way to a scenario: our config groups through Hydra, a file, a scenario created in Python.

:func:`settle` applies groups first, then single settings; everything ends in the one check. A file
is plain data and may build on a shipped scenario (``base:``). Nothing here runs a model or writes
outside the path it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.config.check import build, changed, check_value, to_plain
from sim.config.dated import settings_once
from sim.config.errors import SimError
from sim.config.fields import Setting, settings_of
from sim.config.groups.truce import Truce
from sim.config.idle import refuse_idle
from sim.config.locate import path_given
from sim.config.options import SCENARIOS, SWEEPS, groups
from sim.config.overrides import Names, Override, option_of, read_overrides
from sim.config.prices import warn_beyond_reach
from sim.config.read_tables import with_tables
from sim.config.renamed import with_new_names
from sim.config.scenario import Scenario
from sim.config.tree import Source, Tree, compose_groups, located, refuse_clash
from sim.config.variants import Variants, words_of
from sim.config.yaml import Plain, parse_yaml, read_yaml, to_yaml, write_text

__all__ = [
    "SCENARIO_FILES",
    "SHORTCUTS",
    "is_case_sheet",
    "load",
    "load_variants",
    "named_scenario",
    "path_of",
    "read_scenario",
    "settle",
    "take_scenario",
    "weeks_to",
    "write_scenario",
]

SHORTCUTS = {
    "file": "a scenario.yaml to start from, instead of the config groups",
    "deadline": "the day on which the current truce ends; becomes truce.first_deadline_weeks",
}
_DEADLINE = "truce.first_deadline_weeks"
SCENARIO_FILES = (".yaml", ".yml", ".json")
_NAMES = Names(Scenario, aliases={"weeks": "calendar.horizon_weeks"}, shortcuts=SHORTCUTS)
_BATCH = (
    "run",
    "figures",
    SWEEPS,
    "sweep_file",
    "runs",
    "precision",
    "seed",
    "name",
    "out",
    "engine",
    "threads",
    "draw",
)


def load(*overrides: str, file: Path | str | None = None) -> Scenario:
    """The scenario that overrides describe: ``load("scenario=london", "truce.length_weeks=26")``.

    Parameters
    ----------
    overrides
        Group choices and settings in Hydra's syntax, without settings of runs, figures and
        sweeps.
    file
        A ``scenario.yaml`` to start from instead of the config groups.

    Raises
    ------
    SimError
        Bad input, each named with its setting.
    """
    for text in overrides:
        word = str(text).partition("=")[0].lstrip("+~")
        if word.split(".")[0] in _BATCH:
            cure = "pass it to sim.run or sim.sweep: sim.run(scenario, runs=1000, seed=1)"
            raise SimError("not part of a scenario", key=word, cure=cure)
    read = read_overrides(overrides, _NAMES)
    if file is not None:
        read.append(Override("shortcut", "file", (str(path_given(file, "file")),), ()))
    tree, plain = settle(Scenario, read)
    return located(tree, lambda: build(Scenario, plain))


def load_variants(variants: Variants, base: Scenario | str | None = None) -> dict[str, Scenario]:
    """The scenarios to compare by name: the one that the others are held against, then each variant.

    Parameters
    ----------
    variants
        What each changes (:func:`sim.config.variants.read_variants`).
    base
        What they change, instead of the base that they name.

    Raises
    ------
    SimError
        A change that is refused, with its place; an option of a group beside a scenario made in
        Python, or a base given twice.
    """
    if base is not None and variants.base:
        cure = "leave out base, or the scenario before the variants"
        raise SimError("given twice", key=variants.place("base"), cure=cure)
    found = {name: _variant(variants, name, base) for name in variants.ordered}
    if not variants.against:
        first = take_scenario(base if base is not None else None) if not variants.base else None
        first = first or _settled(_base_words(variants.base))
        found = {first.name: first, **found}
    return found


def _variant(variants: Variants, name: str, base: Scenario | str | None) -> Scenario:
    words = words_of(variants, name, _NAMES)
    if not isinstance(base, Scenario):
        return variants.placed(
            name, lambda: _settled([*_base_words(base or variants.base), *words])
        )
    group = next((word for word in words if word.kind not in ("set", "add", "remove")), None)
    if group is not None:
        cure = "give its settings, or name the base: compare(variants=..., base in the mapping)"
        problem = "no group can be chosen beside a scenario made in Python"
        raise SimError(problem, key=variants.place(f"variants.{name}.{group.key}"), cure=cure)
    changes = {word.signed: word.value for word in words}
    return variants.placed(name, lambda: base.change(changes))


def _base_words(base: str) -> list[Override]:
    """A base as the words that choose it."""
    if not base:
        return []
    if base.endswith(SCENARIO_FILES):
        return [Override("shortcut", "file", (base,), ())]
    option = option_of(groups(Scenario)[SCENARIOS], "base", base)
    return [Override("group", SCENARIOS, (option,), (f"{SCENARIOS}={option}",))]


def _settled(read: Sequence[Override]) -> Scenario:
    tree, plain = settle(Scenario, read)
    return located(tree, lambda: build(Scenario, plain))


def take_scenario(
    given: Scenario | str | Path | Mapping[str, Any] | None,
    settings: Mapping[str, object] | None = None,
    key: str = "scenario",
) -> Scenario:
    """The given scenario, checked; the scenario of that name; or the default for None.

    Parameters
    ----------
    given
        A scenario, the name of one, or None; the path of a scenario file, what stands in one as a
        mapping or as JSON, or settings to change in the default one by dotted name (a mapping, or a
        row of a DataFrame).
    settings
        Settings to change, by dotted name; see :meth:`Scenario.change`.
    key
        Name of the argument in messages.

    Raises
    ------
    SimError
        It is not a scenario; or the settings that are refused or contradict each other.

    Warns
    -----
    UserWarning
        A price of settling that the scenario's issues cannot meet, once.
    """
    checked = build(Scenario, _taken(given, key))
    found = checked.change(settings) if settings else checked
    warn_beyond_reach(found)
    return found


def named_scenario(name: str) -> Scenario:
    """The scenario of a name that stands in somebody's file, or the default for none: never a file.

    Raises
    ------
    SimError
        No scenario of that name.
    """
    return load(f"scenario={name}") if name else load()


def _taken(given: object, key: str) -> Scenario:
    """The scenario that something stands for."""
    if given is None or (isinstance(given, str) and not given):
        return load()
    if isinstance(given, Scenario):
        return given
    if isinstance(given, str) and given.lstrip().startswith("{"):
        given = parse_yaml(given, key).values  # JSON is YAML
    if isinstance(given, Path) or (isinstance(given, str) and given.endswith(SCENARIO_FILES)):
        return read_scenario(given)
    if isinstance(given, str):
        return load(f"scenario={given}")
    if not isinstance(given, Mapping) and type(given).__name__ == "Series":
        given = given.to_dict()  # type: ignore[attr-defined]
    if isinstance(given, Mapping):
        names = [str(name) for name in given]
        if any("." in name or name[:1] in ("+", "~") for name in names):
            return load().change(given)
        return _file_scenario(Plain(dict(given), key))
    cure = "sim.load(...), or scenario.change({'linkage.cn': 0.5})"
    if type(given).__module__.partition(".")[0] in ("numpy", "pandas"):
        cure += "; many rows are for sim.evaluate or sim.sweep, by the names of their settings"
    elif isinstance(given, Sequence) and not isinstance(given, bytes):
        cure = "one at a time; sim.compare(*scenarios) takes several"
    allowed = "a scenario from sim.load, the name of one, a file or a mapping of settings"
    raise SimError(
        "not a scenario", key=key, given=type(given).__name__, allowed=allowed, cure=cure
    )


def settle(root: type, read: Sequence[Override]) -> tuple[Tree, dict[str, Any]]:
    """The tree composed from group choices or a file, and its values with the settings applied."""
    shortcuts = {
        override.key: path_of(override) for override in read if override.kind == "shortcut"
    }
    chosen = tuple((o.key, o.value) for o in read if o.kind == "group" and o.key != SWEEPS)
    if shortcuts.get("file"):
        tree = _from_file(root, shortcuts["file"], chosen)
    else:
        tree = compose_groups(root, chosen)
        refuse_clash(root, tree, chosen, {override.key for override in read})
    settings = [
        o for o in read if o.kind in ("set", "add", "remove") and o.key.split(".")[0] != SWEEPS
    ]
    plain = changed(root, tree.plain, {override.signed: override.value for override in settings})
    plain = with_tables(plain)
    if shortcuts.get("deadline"):
        if any(override.key == _DEADLINE for override in read):
            raise SimError(
                "given twice", key="deadline", cure=f"give either deadline or {_DEADLINE}"
            )
        _set_deadline(plain, shortcuts["deadline"])
    _refuse_idle_deadline(plain, [override.key for override in read if override.value])
    refuse_idle(plain, [override.key for override in settings if override.kind == "set"])
    by_hand = tuple(_DEADLINE if o.key == "deadline" else o.key for o in read if o.kind != "group")
    return replace(tree, by_hand=by_hand), plain


def path_of(override: Override) -> str:
    """The text given to a shortcut.

    Raises
    ------
    SimError
        It is not text.
    """
    if not isinstance(override.value, str):
        raise SimError("not text", key=override.key, given=override.value)
    return override.value


def _from_file(root: type, path: str, chosen: tuple[tuple[str, str], ...]) -> Tree:
    beside = settings_of(root).keys() - settings_of(Scenario).keys()
    for group, option in chosen:
        if group not in beside:
            cure = "a file is a complete scenario: change single settings instead"
            raise SimError(
                "no group can be chosen beside file=", key=group, given=option, cure=cure
            )
    if Path(path).suffix.lower() == ".xml":
        raise _not_a_scenario("a domain", path)
    plain = read_yaml(path)
    others = compose_groups(root, chosen).plain if beside else {}
    scenario = to_plain(_file_scenario(plain))
    return Tree(
        {**scenario, **{name: others[name] for name in beside}}, (Source(SCENARIOS, "", plain),)
    )


def _set_deadline(plain: dict[str, Any], day: str) -> None:
    start = check_value(Setting("date"), plain["calendar"]["start"], "calendar.start")
    plain["truce"]["first_deadline_weeks"] = weeks_to(day, start, "deadline")


def _refuse_idle_deadline(plain: Mapping[str, Any], given: Sequence[str]) -> None:
    """Refuse a first deadline that somebody sets where no truce with a date runs."""
    key = next((name for name in ("deadline", _DEADLINE) if name in given), None)
    if key and plain["truce"]["in_force"] is False:
        cure = "truce.in_force=true; the length of a later truce is bargained (truce.lengths)"
        raise SimError("no truce is in force that it could end", key=key, cure=cure)
    if key and plain["truce"]["dated"] is False:
        raise SimError("the truce in force has no date", key=key, cure="truce.dated=true")


def weeks_to(day: str, start: str, key: str) -> int:
    """Weeks of a truce that begins on ``start`` and ends on ``day``, the last one begun counted;
    both ``YYYY-MM-DD``.

    Raises
    ------
    SimError
        No such day, or none on which a truce from ``start`` can end; ``key`` names it.
    """
    first = dt.date.fromisoformat(start)
    weeks = -(-(dt.date.fromisoformat(check_value(Setting("date"), day, key)) - first).days // 7)
    most = int(settings_of(Truce)["first_deadline_weeks"].high or 0)
    last = first + dt.timedelta(weeks=most)
    if not 0 < weeks <= most:
        problem = "the truce would end before it starts" if weeks <= 0 else "too far away"
        allowed = f"after {start} (calendar.start) and up to {last}"
        raise SimError(problem, key=key, given=day, allowed=allowed)
    return weeks


def read_scenario(path: Path | str, *, recorded: bool = False) -> Scenario:
    """Read a scenario from a file.

    Settings left out keep London's values, or those of the scenario that the file names as its
    ``base``. With a base a file changes, adds (``+soy:``) and removes (``~soy:``) named items;
    without one its named items replace London's. A ``recorded`` one was written by a version of
    this program: names that it used and that are gone are read by their successors, and an item
    without a setting that is new has its default, which is what the rules of that version did.

    Raises
    ------
    SimError
        Anything but plain, known, valid settings, each with its line.
    """
    plain = read_yaml(path)
    if recorded:
        plain = replace(plain, values=with_new_names(plain.values))
    return _file_scenario(plain, recorded=recorded)


def is_case_sheet(values: Mapping[str, Any]) -> bool:
    """Whether plain data is meant as the case sheet or the domain of an exercise (docs/exercises.md),
    and not as a scenario.
    """
    issues = values.get("issues")
    listed = issues.values() if isinstance(issues, Mapping) else ()
    # the last two are of GeniusWeb's JSON (sim.exercises.geniusweb)
    names = ("parties", "walk_away", "LinearAdditiveUtilitySpace", "issuesValues")
    return any(name in values for name in names) or any(
        isinstance(one, Mapping) and "options" in one for one in listed
    )


def _not_a_scenario(what: str, path: str) -> SimError:
    cure = f"tariffsim exercise file={path} plays it"
    return SimError(f"{what}, not a scenario", key=path, cure=cure)


def _file_scenario(plain: Plain, *, recorded: bool = False) -> Scenario:
    if is_case_sheet(plain.values):
        raise _not_a_scenario("a case sheet", plain.name)
    tree = Tree({}, (Source(SCENARIOS, "", plain),))
    for part in ("run", "figures", SWEEPS):
        if part in plain.values:
            cure = f"set {part}.… on the command line; tariffsim run --cfg scenario prints only the scenario"
            raise SimError("not part of a scenario", key=f"{plain.where(part)}: {part}", cure=cure)
    values = located(tree, lambda: with_tables(plain.values, Path(plain.name).parent))
    base = _base_of(plain, values)
    if base is None:
        return located(tree, lambda: build(Scenario, values, complete_items=not recorded))
    option = located(tree, lambda: option_of(groups(Scenario)[SCENARIOS], "base", base))
    below = compose_groups(Scenario, ((SCENARIOS, option),))
    tree = replace(tree, files=(*tree.files, *below.files))
    return located(
        tree,
        lambda: build(Scenario, changed(Scenario, below.plain, settings_once(_signed(values)))),
    )


def _base_of(plain: Plain, values: dict[str, Any]) -> Any:
    """The scenario that a file builds on, taken out of ``values``: ``base``, or ``from`` as
    questions say it.
    """
    given = [name for name in ("base", "from") if name in values]
    if len(given) > 1:
        raise SimError("given twice", key=f"{plain.where('from')}: from", cure="keep base")
    return values.pop(given[0]) if given else None


def _signed(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted name with its sign in front, value) of each change that a file makes."""
    for name, value in values.items():
        bare = name.lstrip("+~")
        here, sign = f"{path}{bare}", name[: len(name) - len(bare)]
        if isinstance(value, Mapping) and value and not sign:
            yield from _signed(value, f"{here}.")
        else:
            yield sign + here, value


def write_scenario(scenario: Scenario, path: Path | str) -> None:
    """Write a scenario so that :func:`read_scenario` returns an equal one; atomically.

    Raises
    ------
    SimError
        ``MACHINE`` when the file cannot be written.
    """
    head = f"# {scenario.title}\n# Plain data: tariffsim run file={Path(path).name}\n\n".replace(
        "\r", " "
    )
    write_text(path, head + to_yaml(to_plain(scenario)))
