"""Completion of verbs, settings, groups and their options by the shell's TAB; argcomplete talks to
the shells.

``tariffsim completion bash`` prints what a shell reads once; from then on the shell calls
``tariffsim`` with ``_ARGCOMPLETE`` set, and
:func:`complete` answers. Nothing here composes or runs a model.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Collection, Iterator
from typing import Any

from sim.batch.sweep import Sweep
from sim.config.errors import SimError, nearest
from sim.config.fields import Setting, leaves, setting_of, settings_of
from sim.config.scenario import Scenario
from sim.jobs import SHORTCUTS
from sim.verbs.about import batch_settings, groups_of, shortcuts_of
from sim.verbs.grammar import CFG, INFO, Line, Takes, parser_of
from sim.verbs.output import Output

__all__ = ["SHELLS", "command", "complete", "takes"]

SHELLS = ("bash", "zsh", "fish")
_FILES = ("file", "sweep_file", "out", "folder", "resume", *SHORTCUTS)


def takes(verb: str) -> Takes:
    """The words and switches of the verb."""
    return Takes(
        path="the shell: bash, zsh or fish",
        scenario=False,
        notes='to keep it: put eval "$(tariffsim completion bash)" in ~/.bashrc, the same with zsh in ~/.zshrc;\n'
        "tariffsim completion fish > ~/.config/fish/completions/tariffsim.fish",
    )


def command(line: Line) -> Output:
    """What the shell reads."""
    import argcomplete

    if line.path not in SHELLS:
        near = nearest(line.path, SHELLS)
        raise SimError("unknown shell", given=line.path, allowed=SHELLS, suggestion=near)
    return Output(shown=argcomplete.shellcode(["tariffsim"], shell=line.path).strip("\n"))


def complete(verbs: dict[str, Any]) -> None:
    """Output a shell that asks for completions, and end the process."""
    import argcomplete

    typed = os.environ["COMP_LINE"][: int(os.environ["COMP_POINT"])]
    words = f"{typed}.".split()  # the last one is still being typed
    verb = verbs.get(words[1]) if len(words) > 2 else None
    if verb is None:
        parser = argparse.ArgumentParser(prog="tariffsim", add_help=False)
        parser.add_argument("verb", choices=[*verbs, "--help", "--version"])
    else:
        what = verb.load().takes(words[1])
        parser = parser_of(words[1], what)
        parser.add_argument("verb")
        _complete_options(parser)
        for n in range(
            len(words)
        ):  # one argument each: argparse ends nargs="*" at the first switch
            action: Any = parser.add_argument(f"word{n}")
            action.completer = lambda prefix, **_: _offered(words[1], what, prefix)
    argcomplete.autocomplete(parser, always_complete_options=False)


def _offered(verb: str, what: Takes, prefix: str) -> list[str]:
    return [text for text in completions(verb, what, prefix) if text.startswith(prefix)] or _files(
        what, prefix
    )


def completions(verb: str, what: Takes, prefix: str) -> Iterator[str]:
    """Words that may follow a verb where ``prefix`` is typed; the hundreds of dotted names only
    once something is typed.
    """
    if what.path and verb == "completion":
        yield from SHELLS
    name, equals, value = prefix.partition("=")
    if equals:
        before = value.rpartition(",")[0]
        lead = f"{name}={before}," if before else f"{name}="
        yield from (
            f"{lead}{option}"
            for option in _values(verb, what, name)
            if option not in before.split(",")
        )
        return
    sign = prefix[:1] if prefix[:1] in ("+", "~") and what.scenario else ""
    if sign:
        yield from (f"{sign}{item}{'.' if sign == '+' else ''}" for item in _items())
        return
    yield from (f"{name}=" for name in _names(verb, what, dotted=bool(prefix)))


def _names(verb: str, what: Takes, *, dotted: bool) -> Iterator[str]:
    yield from what.words
    yield from (name for name, _, _ in batch_settings(verb) if dotted or "." not in name)
    yield from shortcuts_of(verb, what)
    if what.scenario:
        yield from (group for group in groups_of(verb) if group not in what.refused)
        if dotted:
            yield from (path for path, _, _ in leaves(Scenario()))
        if dotted and verb == "sweep":
            yield from (f"sweep.{name}" for name in settings_of(Sweep))


def _values(verb: str, what: Takes, name: str) -> Collection[str]:
    """Values that may follow ``name=``, where that is a choice."""
    if name in what.words:
        return what.words[name].values()
    if what.scenario and name in groups_of(verb):
        return groups_of(verb)[name]
    for short, meta, _ in batch_settings(verb):
        if name == short:
            return _choices(meta)
    meta_of = setting_of(Scenario, name) if what.scenario else None
    return _choices(meta_of) if meta_of is not None else ()


def _choices(meta: Setting) -> Collection[str]:
    return ("true", "false") if meta.kind == "flag" else meta.choices


def _items() -> list[str]:
    """Named items of the default scenario: issues, sectors."""
    found = (path.rpartition(".")[0] for path, _, _ in leaves(Scenario()))
    return list(dict.fromkeys(path for path in found if "." in path and _is_item(path)))


def _is_item(path: str) -> bool:
    parent = setting_of(Scenario, path.rpartition(".")[0])
    return parent is not None and parent.kind == "mapping"


def _files(what: Takes, prefix: str) -> list[str]:
    """Files and folders, where the verb takes a path or the word names one."""
    from argcomplete.completers import FilesCompleter

    name, equals, value = prefix.partition("=")
    if equals and name in _FILES:
        return [f"{name}={path}" for path in FilesCompleter()(value)]
    return list(FilesCompleter()(prefix)) if what.path and not equals else []


def _complete_options(parser: argparse.ArgumentParser) -> None:
    for action in (
        parser._actions
    ):  # argparse has no public list of them, and argcomplete wants the completer there
        if action.dest in ("cfg", "info"):
            action.completer = lambda dest=action.dest, **_: CFG if dest == "cfg" else INFO  # type: ignore[attr-defined]
        if action.dest == "cfg":
            action.nargs = None  # its part must follow, so that nothing else is offered
