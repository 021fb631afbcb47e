"""What is told of jobs without running one: the help of ``run`` and ``sweep``, their settings, a configuration as YAML."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from sim.config.batch import USED
from sim.config.compose import Job, compose_job, scenario_to_plain
from sim.config.fields import leaves
from sim.config.locate import configs_folder
from sim.config.overrides import ALIASES, SHORTCUTS, groups
from sim.config.render import to_plain, to_yaml

__all__ = ["as_yaml", "help_of_job", "info"]


def help_of_job(verb: str) -> str:
    """Groups, shortcuts and options of ``run`` or ``sweep``."""
    tree = {group: options for group, options in groups().items() if verb != "run" or group != "sweep"}
    width = max(map(len, tree))
    options = "\n".join(f"  {group:{width}}  {', '.join(names)}" for group, names in tree.items())
    short = "\n".join(f"  {word}=  {target}" for word, target in {**ALIASES, **SHORTCUTS}.items())
    batch = "\n  ".join(wrap(", ".join(USED[verb]), 100))
    return (
        f"groups and their options (group=option)\n{options}\n\n"
        "settings (name=value): every name that --cfg job prints, dotted, such as truce.length_weeks=26\n"
        "named items: +issues.soy='{owner: cn, table: trade, benefit: 3}' adds one, ~issues.ai_chips removes one\n\n"
        f"shortcuts\n{short}\n\n"
        f"settings of the batch that {verb} uses\n  {batch}\n\n"
        "options\n"
        "  -m, --multirun   a job for each value of a=1,2 (Hydra); hydra/launcher=joblib runs them side by side\n"
        "  --cfg job        print the configuration and stop; --cfg scenario: a file that file= reads\n"
        "  --info           what each option is for; --info settings: every setting, its value, unit and range\n"
        "  -h, --help       this"
    )


def info(topic: str, verb: str, overrides: list[str]) -> str:
    """What each option of the groups is for (``groups``), or every setting with value, range and meaning (``settings``)."""
    if topic == "settings":
        return "\n".join(_setting_lines(verb, overrides))
    lines = []
    for group, options in groups().items():
        lines.append(group)
        for option in options:
            text = (configs_folder() / group / f"{option}.yaml").read_text(encoding="utf-8").splitlines()
            about = next((line[1:].strip() for line in text if line.startswith("# ") and "@package" not in line), "")
            lines.append(f"  {option:24} {about}")
    return "\n".join(lines)


def _setting_lines(verb: str, overrides: list[str]) -> list[str]:
    job = compose_job(verb, overrides)
    rows = list(leaves(job.scenario))
    rows += [
        (f"{part}.{path}", meta, value)
        for part in ("run", "figures")
        for path, meta, value in leaves(getattr(job, part))
        if f"{part}.{path}" in USED[verb]
    ]
    return [f"{path} = {value}   [{meta.bounds}]  {meta.description}" for path, meta, value in rows if path != "about"]


def as_yaml(job: Job, part: str) -> str:
    """The configuration of a job, or its scenario alone, as YAML."""
    if part == "scenario":
        return to_yaml(scenario_to_plain(job.scenario))
    parts: dict[str, Any] = {
        **scenario_to_plain(job.scenario),
        "run": _used(job),
        "figures": to_plain(job.figures),
    }
    if job.sweep is not None:
        parts["sweep"] = to_plain(job.sweep)
    return to_yaml(parts)


def _used(job: Job) -> dict[str, Any]:
    """The settings of a run that the verb uses, each in one place: a sweep's runs are ``sweep.runs``."""
    elsewhere = {"run.runs"} if job.sweep is not None else set[str]()
    return {name: value for name, value in to_plain(job.run).items() if f"run.{name}" in {*USED[job.verb]} - elsewhere}
