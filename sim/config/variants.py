"""Named variants of one scenario: what each changes, from one file or from a mapping in Python.

A variant says what a command line could say, by the same names: settings by dotted name (or nested,
as in a scenario file), options of groups, ``deadline``, named items with their signs. Nothing here
composes or runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sim.config.dated import refuse_other_day
from sim.config.errors import SimError, nearest
from sim.config.overrides import Names, Override, option_of
from sim.config.yaml import Plain, read_yaml

__all__ = ["MOST_VARIANTS", "Variants", "read_variants", "words_of"]

MOST_VARIANTS = 7  # beside the scenario that they are held against: more do not fit on a page
Made = TypeVar("Made")
_KEYS = ("base", "against", "outcome", "variants")
_EXAMPLE = "variants: {six_months: {licensing.magnets.term_weeks: 26}, general: {licensing: general_licence}}"


@dataclass(frozen=True)
class Variants:
    """What a file of variants says.

    Attributes
    ----------
    changes
        What each variant changes, by its name.
    base
        The scenario that they change: a name, or the path of a file; empty for the default.
    against
        The variant that the others are held against; empty for the base itself.
    outcome
        The outcome that is compared; empty where it is left to the command.
    source
        The file, or ``variants``, for messages.
    """

    changes: Mapping[str, Mapping[str, Any]]
    base: str = ""
    against: str = ""
    outcome: str = ""
    source: str = "variants"
    plain: Plain = field(default_factory=lambda: Plain({}), compare=False, repr=False)

    def place(self, path: str) -> str:
        """A dotted name with the file, and its line where the file has one."""
        return f"{self.plain.where(path) or self.source}: {path}"

    def placed(self, name: str, make: Callable[[], Made]) -> Made:
        """``make()``; an error also says where variant ``name`` gives the setting at fault.

        Raises
        ------
        SimError
            That of ``make``.
        """
        try:
            return make()
        except SimError as error:
            each = (error.changed(others=()), *error.others)
            raise SimError.together([self._placed(name, one) for one in each]) from None

    def _placed(self, name: str, error: SimError) -> SimError:
        key = error.key or ""
        if self.source in key or "written in" in error.problem:
            return error
        here = key if key == "base" else f"variants.{name}.{key}"
        there = self.plain.where(here) if here in self.plain.lines else None
        said = f"written in {there}" if there else f"variant {name} of {self.source}"
        return error.changed(problem=f"{error.problem} ({said})")

    @property
    def ordered(self) -> list[str]:
        """Names of the variants, the one that the others are held against first."""
        others = [name for name in self.changes if name != self.against]
        return [self.against, *others] if self.against else others


def read_variants(given: Mapping[str, Any] | Path | str) -> Variants:
    """Variants from a YAML file, or from a mapping: of the same keys, or of names to changes.

    Raises
    ------
    SimError
        A file or a mapping that is none, with its place.
    """
    if isinstance(given, (str, Path)):
        read = read_yaml(given)
        found = Variants({}, source=str(given), plain=read)
        return _checked(found, read.values, Path(given).parent)
    if isinstance(given, Mapping):
        whole = "variants" in given
        return _checked(Variants({}), given if whole else {"variants": given}, Path())
    allowed = "the path of a file, or a mapping of names to what each changes"
    raise SimError(
        "not variants",
        key="variants",
        given=type(given).__name__,
        allowed=allowed,
        cure=_EXAMPLE,
    )


def _checked(found: Variants, plain: Mapping[str, Any], folder: Path) -> Variants:
    """The variants of plain data, each fault with its place."""
    for name in plain:
        if name not in _KEYS:
            key, near = found.place(str(name)), nearest(str(name), _KEYS)
            raise SimError("no such entry", key=key, allowed=_KEYS, suggestion=near)
    changes = plain.get("variants")
    key = found.place("variants")
    if not isinstance(changes, Mapping) or not changes:
        raise SimError("no variants", key=key, given=changes, cure=_EXAMPLE)
    if len(changes) > MOST_VARIANTS:
        allowed, cure = f"at most {MOST_VARIANTS}", "put the others in a second file"
        raise SimError("too many variants", key=key, given=len(changes), allowed=allowed, cure=cure)
    for name, own in changes.items():
        if not isinstance(own, Mapping):
            key = found.place(f"variants.{name}")
            raise SimError("not what a variant changes", key=key, given=own, cure=_EXAMPLE)
    texts = {name: _text(plain, name, found) for name in ("base", "against", "outcome")}
    if texts["against"] and texts["against"] not in changes:
        near = nearest(texts["against"], changes)
        key, given, names = found.place("against"), texts["against"], tuple(map(str, changes))
        raise SimError("no such variant", key=key, given=given, allowed=names, suggestion=near)
    if texts["base"].endswith((".yaml", ".yml", ".json")):
        if Path(texts["base"]).name != texts["base"]:
            cure = "a file beside this one, or the name of a scenario"
            key, given = found.place("base"), texts["base"]
            raise SimError("not a file beside it", key=key, given=given, cure=cure)
        texts["base"] = str(folder / texts["base"])
    return Variants(
        {str(name): own for name, own in changes.items()},
        source=found.source,
        plain=found.plain,
        **texts,
    )


def _text(plain: Mapping[str, Any], name: str, variants: Variants) -> str:
    found = plain.get(name) or ""
    if not isinstance(found, str):
        raise SimError("not text", key=variants.place(name), given=found, cure="put it in quotes")
    return found


def words_of(variants: Variants, name: str, names: Names) -> list[Override]:
    """What a variant changes, as overrides.

    Parameters
    ----------
    variants, name
        The variants, and which of them.
    names
        The names that a command line knows.

    Raises
    ------
    SimError
        An unknown name or option, with its place.
    """
    here = f"variants.{name}"
    where = variants.place(here)
    found = [
        _override(key, value, variants.place(f"{here}.{key.lstrip('+~')}"), names)
        for key, value in _flat(variants.changes[name], names)
    ]
    given = [override.key for override in found]
    twice = next((key for key in given if given.count(key) > 1), None)
    if twice is not None:
        raise SimError("given twice", key=where, given=twice, cure="leave one of them out")
    if not any(override.key == "title" for override in found):
        title = name.replace("_", " ")
        found.append(Override("set", "title", (title[:1].upper() + title[1:],), ("title=",)))
    return [*found, Override("set", "name", (name,), ("name=",))]


def _flat(plain: Mapping[str, Any], names: Names, path: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted name with its sign in front, value) of each change, nested or not."""
    for key, value in plain.items():
        bare = str(key).lstrip("+~")
        sign = str(key)[: len(str(key)) - len(bare)]
        here = f"{path}{bare}"
        setting = names.setting(here)
        nested = setting is not None and setting.kind in ("group", "mapping")
        if isinstance(value, Mapping) and not sign and nested:
            yield from _flat(value, names, f"{here}.")
        else:
            yield sign + here, value


def _override(signed: str, value: Any, where: str, names: Names) -> Override:
    key = signed.lstrip("+~")
    refuse_other_day(key)
    sign, group = signed[: len(signed) - len(key)], key.replace(".", "/")
    if sign == "~" and names.is_item(key):
        return Override("remove", key, (), (f"~{key}",))
    if not sign and group in names.groups and isinstance(value, str):
        option = option_of(names.groups[group], where, value)
        return Override("group", group, (option,), (f"{group}={option}",))
    if not sign and key in names.shortcuts:
        return Override("shortcut", key, (value,), (f"{key}={value}",))
    key = names.aliases.get(key, key)
    if sign == "~" or names.setting(key) is None or key.split(".")[0] in ("run", "figures"):
        near = nearest(key, names.known)
        allowed = "a setting by its dotted name, an option of a group, deadline, +item or ~item"
        raise SimError("no such setting or group", key=where, suggestion=near, allowed=allowed)
    return Override("add" if sign else "set", key, (value,), (f"{sign}{key}={value}",))
