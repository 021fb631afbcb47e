"""Information about a verb without running it: its help, the names and values it takes, a
configuration as YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from sim.batch import USED, Everything, Figures, Run, default_runs
from sim.config.check import to_plain
from sim.config.fields import Setting, all_leaves, leaves, rows_in_words, settings_of
from sim.config.options import about
from sim.config.yaml import to_yaml
from sim.jobs import ALIASES, NAMES, SHORTCUTS
from sim.verbs.grammar import WIDTH, Takes, parser_of

if TYPE_CHECKING:
    from sim.jobs import Job

__all__ = ["as_yaml", "batch_settings", "groups_of", "help_of", "info", "shortcuts_of"]

_SIDES = {"run": Run(), "figures": Figures()}


def help_of(verb: str, summary: str, examples: Sequence[str], takes: Takes) -> str:
    """What a verb does, its settings with defaults, its switches, and examples that run."""
    parser = parser_of(verb, takes)
    parts = [
        summary,
        *(
            f"{name}\n{fill(meaning, WIDTH, initial_indent='  ', subsequent_indent='  ')}"
            for name, meaning in (("PATH", takes.path), ("WORD ...", takes.term))
            if meaning
        ),
    ]
    settings = list(_settings(verb, takes))
    parts += [f"settings\n{_columns(settings)}"] if settings else []
    if takes.scenario:
        tree = [
            (group, ", ".join(options))
            for group, options in groups_of(verb).items()
            if group not in takes.refused
        ]
        parts += [f"groups and their options (group=option)\n{_columns(tree)}", _SCENARIO]
    parser.description = "\n\n".join(parts)
    notes = f"{takes.notes}\n\n" if takes.notes else ""
    parser.epilog = notes + "examples\n" + "\n".join(f"  {example}" for example in examples)
    return parser.format_help().rstrip("\n")


_SCENARIO = (
    "settings of a scenario (name=value): every name that tariffsim run --info settings prints, such as truce.length_weeks=26\n"
    "named items: +issues.soy='{owner: cn, track: trade, benefit: 3}' adds one, '~issues.ai_chips' removes one"
)


def _settings(verb: str, takes: Takes) -> Iterator[tuple[str, str]]:
    """``name=default`` and meaning of the verb's own words, of its batch settings, and of the
    shortcuts.
    """
    for name, word in takes.words.items():
        listed = f" (of {', '.join(word.values())})" if word.values() else ""
        yield f"{name}={word.default}", f"{word.meaning}{listed}"
    for name, meta, value in batch_settings(verb):
        if name not in takes.words:
            yield f"{name}={value}", f"{meta.meaning}{_range(meta)}"
    for name, meaning in shortcuts_of(verb, takes).items():
        yield f"{name}=", meaning


def _range(meta: Setting) -> str:
    """The allowed range, in brackets: `` [1 to 1,024]``; nothing for text."""
    if meta.kind in ("choice", "flag"):
        return f" [{meta.bounds}]"
    return f" [{meta.low:,} to {meta.high:,}]" if meta.low is not None else ""


def batch_settings(verb: str) -> Iterator[tuple[str, Setting, str]]:
    """(short name, :class:`Setting`, default) of each batch setting that the verb uses."""
    short = {target: name for name, target in ALIASES.items()}
    for name in USED.get(verb, ()):
        part, _, last = name.partition(".")
        value = default_runs(verb) if name == "run.runs" else getattr(_SIDES[part], last)
        yield short.get(name, name), settings_of(type(_SIDES[part]))[last], to_yaml_word(value)


def to_yaml_word(value: object) -> str:
    """A default as it is typed: ``true``, ``10``, nothing for empty text."""
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def groups_of(verb: str) -> dict[str, tuple[str, ...]]:
    """Config groups that mean something to a verb."""
    return {
        group: options
        for group, options in NAMES.groups.items()
        if verb == "sweep" or group != "sweep"
    }


def shortcuts_of(verb: str, takes: Takes) -> dict[str, str]:
    """Shortcuts that mean something to a verb; ``weeks`` among them, which is a setting of the
    scenario.
    """
    if not takes.scenario:
        return {}
    weeks = {"weeks": f"short for {ALIASES['weeks']}"}
    unknown = {*([] if verb == "sweep" else ["sweep_file"]), *takes.refused}
    return {name: text for name, text in {**weeks, **SHORTCUTS}.items() if name not in unknown}


def _columns(rows: Any) -> str:
    rows = list(rows)
    width = min(max((len(name) for name, _ in rows), default=0), 24)
    indent = " " * (width + 4)
    return "\n".join(
        fill(
            f"{name:{width}}  {text}",
            WIDTH,
            initial_indent="  ",
            subsequent_indent=indent,
            break_on_hyphens=False,
        )
        for name, text in rows
    )


def info(topic: str, verb: str, overrides: Sequence[str]) -> str:
    """What each option of the groups is for (``groups``), or every setting with value, range and
    meaning (``settings``).
    """
    if topic == "settings":
        return "\n".join(_setting_lines(verb, overrides))
    lines = []
    for group, options in NAMES.groups.items():
        lines.append(group)
        for option in options:
            lines.append(f"  {option:24} {about(Everything, group, option)}")
    return "\n".join(lines)


def _setting_lines(verb: str, overrides: Sequence[str]) -> list[str]:
    from sim.jobs import compose_job

    job = compose_job(verb, overrides)
    rows = list(all_leaves(job.scenario))
    rows += [
        (f"{part}.{path}", meta, value)
        for part in ("run", "figures")
        for path, meta, value in leaves(getattr(job, part))
        if f"{part}.{path}" in USED[verb]
    ]
    return [
        f"{path} = {rows_in_words(value) if meta.kind == 'rows' else value}   [{meta.bounds}]  {meta.meaning}"
        for path, meta, value in rows
        if path != "about"
    ]


def as_yaml(job: Job, part: str) -> str:
    """The configuration of a job, or its scenario alone, as YAML."""
    if part == "scenario":
        return to_yaml(to_plain(job.scenario))
    parts: dict[str, Any] = {
        **to_plain(job.scenario),
        "run": _used(job),
        "figures": to_plain(job.figures),
    }
    if job.sweep is not None:
        parts["sweep"] = to_plain(job.sweep)
    return to_yaml(parts)


def _used(job: Job) -> dict[str, Any]:
    """The settings of a run that the verb uses, each in one place: a sweep's runs are
    ``sweep.runs``.
    """
    elsewhere = {"run.runs"} if job.sweep is not None else set[str]()
    return {
        name: value
        for name, value in to_plain(job.run).items()
        if f"run.{name}" in {*USED[job.verb]} - elsewhere
    }
