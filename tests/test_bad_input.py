"""Bad input: each case ends in exit code 2, one message that names the key, no traceback, and
nothing written.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sim.cli import main
from sim.config.check import to_plain
from sim.config.fields import leaves
from sim.config.idle import idle
from sim.config.scenario import MOST_ISSUES, Scenario
from sim.config.yaml import to_yaml

WHOLE = to_yaml(to_plain(Scenario()))


@dataclass
class Case:
    """``words`` after ``tariffsim``; ``expect`` what the message must contain; ``files`` name ->
    bytes or text beside it.
    """

    name: str
    words: list[str]
    expect: list[str]
    files: dict[str, str | bytes] = field(default_factory=dict)


def _set(name: str, override: str, *expect: str) -> Case:
    return Case(name, ["run", override], list(expect))


def _file(name: str, content: str | bytes, *expect: str) -> Case:
    return Case(
        name,
        ["run", "file=s.yaml"],
        ["s.yaml", *expect] if expect else ["s.yaml"],
        {"s.yaml": content},
    )


def _sweep(name: str, content: str, *expect: str) -> Case:
    return Case(name, ["sweep", "sweep_file=w.yaml"], list(expect), {"w.yaml": content})


def _replaced(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new, 1)


COMMAND_LINE = [
    Case(
        "agents for a day",
        ["run", "engine=mesa", "runs=10000000"],
        ["largest", "11 h", "largest=12"],
    ),
    Case(
        "a million million jobs",
        ["run", "-m", "seed=range(0,1e12)"],
        ["-m", "1,000,000,000,000 jobs", "3,240 years"],
    ),
    Case(
        "a range without an end", ["run", "-m", "seed=range(0,1,0)"], ["run.seed", "without an end"]
    ),
    Case(
        "many jobs that are long together",
        ["run", "-m", "runs=1000000", "engine=mesa", "seed=range(0,20)"],
        ["largest", "20,000,000 runs"],
    ),
    Case("giant tournament", ["tournament", "runs=10000000"], ["largest", "490,000,000 runs"]),
    Case(
        "giant comparison",
        ["compare", "left=london", "right=geneva", "runs=10000000"],
        ["largest", "at most about"],
    ),
    Case("a bound of no hours", ["run", "largest=0"], ["largest", "above 0"]),
    Case("a bound in words", ["run", "largest=much"], ["largest", "much"]),
    Case(
        "the bound of old versions",
        ["sweep", "sweep.largest=1"],
        ["sweep.largest", "largest=HOURS"],
    ),
    Case("unknown verb", ["rum"], ["rum", "did you mean: run"]),
    Case("verb left out", ["scenario=london"], ["tariffsim run scenario=london"]),
    Case("unknown option", ["run", "--verbose"], ["--verbose"]),
    Case("config folder", ["run", "--config-dir=/etc"], ["--config-dir"]),
    Case("config path", ["run", "-cp", "/etc"], ["-cp"]),
    Case("config name", ["run", "-cn", "other"], ["-cn"]),
    Case(
        "rerun of a pickle", ["run", "--experimental-rerun=config.pickle"], ["--experimental-rerun"]
    ),
    Case("cfg of hydra", ["run", "--cfg", "hydra"], ["--cfg", "job"]),
    Case("cfg of nothing", ["run", "--cfg"], ["--cfg"]),
    Case("info about nothing", ["run", "--info=plugins"], ["--info"]),
    Case("cfg with multirun", ["run", "-m", "--cfg", "job", "seed=1,2"], ["--cfg"]),
    Case("given twice", ["run", "linkage.cn=0.1", "linkage.cn=0.2"], ["linkage.cn", "given twice"]),
    Case("given twice by alias", ["run", "seed=1", "run.seed=2"], ["run.seed", "given twice"]),
    Case(
        "too many overrides", ["run", *(f"title=t{n}" for n in range(201))], ["too many overrides"]
    ),
    Case(
        "sweep chosen for a run", ["run", "sweep=linkage_by_deadline"], ["sweep", "tariffsim sweep"]
    ),
    _set("word without value", "linkage.cn", "linkage.cn", "name=value"),
    _set("value without word", "=3", "name=value"),
    _set("override that cannot be read", "linkage.cn=[1", "linkage.cn"),
    _set("deeply nested override", "linkage.cn=" + "[" * 4000, "linkage.cn", "nested"),
    _set("very long override", "title=" + "x" * 20_000, "title", "too long"),
    _set("control characters", "title=a\x1bb", "title", "control"),
]

GROUPS_AND_KEYS = [
    _set("unknown scenario", "scenario=londn", "scenario", "did you mean: london_2025"),
    _set("unknown option of a group", "linkage=pakage", "linkage", "did you mean: package"),
    _set("unknown group", "us/stratgy=micro", "us/stratgy", "did you mean: us/strategy"),
    _set("scenario as a path", "scenario=../../etc/passwd", "scenario"),
    _set("scenario as a file", "scenario=my.yaml", "file=my.yaml"),
    _set(
        "misspelt key",
        "truce.lenght_weeks=26",
        "truce.lenght_weeks",
        "did you mean: truce.length_weeks",
    ),
    _set("misspelt top key", "trucee=long", "trucee", "did you mean: truce"),
    _set(
        "misspelt item",
        "issues.ai_chip.red_line=0.3",
        "issues.ai_chip",
        "did you mean: issues.ai_chips",
    ),
    _set("key below a leaf", "truce.length_weeks.x=1", "truce.length_weeks.x"),
    _set("new item without plus", "issues.soy.benefit=3", "issues.soy", "+issues.soy.benefit"),
    _set("plus on a setting", "+truce.length_weeks=3", "truce.length_weeks", "leave out the +"),
    _set("plus on an unknown key", "+truce.foo=3", "truce.foo"),
    _set(
        "plus on an existing item",
        "+issues.ai_chips.benefit=3",
        "issues.ai_chips.benefit",
        "exists already",
    ),
    _set("plus on a group", "+truce=long", "truce", "leave out the +"),
    _set("group removed", "~truce", "truce", "only a named item"),
    _set("setting removed", "~issues.ai_chips.red_line", "issues.ai_chips", "only a named item"),
    _set("unknown item removed", "~issues.tiktok", "issues.tiktok", "ai_chips"),
    _set("package in a key", "truce@economy=long", "truce@economy"),
    _set("list of options", "linkage=[none,package]", "linkage"),
    _set("unknown run setting", "run.run=3", "run.run", "did you mean: run.runs"),
    Case(
        "clash of group and scenario",
        ["run", "scenario=geneva", "truce=default"],
        ["truce", "geneva_2025.yaml"],
    ),
    Case(
        "group beside a file",
        ["run", "file=s.yaml", "truce=long"],
        ["truce", "file"],
        {"s.yaml": WHOLE},
    ),
]

CODE_AND_LEAKS = [
    _set("interpolation", "title=${name}", "title", "interpolation"),
    _set("environment", "title=${oc.env:HOME}", "title", "interpolation"),
    _set("interpolated key", "${a}=1", "interpolation"),
    _set("target", "+issues.x._target_=os.system", "issues.x._target_", "run code"),
    _set("target in a dict", "+issues.x={_target_:numpy.load}", "issues.x", "run code"),
    _set("partial", "+issues.x._partial_=true", "issues.x._partial_", "run code"),
    _set("hydra run folder", "hydra.run.dir=../x", "hydra.run.dir"),
    _set("hydra search path", "hydra.searchpath=[file:///etc]", "hydra.searchpath"),
    _set("hydra environment", "hydra.job.env_copy=[HOME]", "hydra.job.env_copy"),
    _set("hydra callbacks", "+hydra.callbacks.x.y=1", "hydra.callbacks"),
    _set("hydra group added", "+hydra/sweeper=basic", "hydra/sweeper"),
    _set("hydra removed", "~hydra", "hydra"),
    _set("launcher without multirun", "hydra/launcher=joblib", "hydra/launcher", "-m"),
    Case(
        "unknown launcher",
        ["run", "-m", "seed=1,2", "hydra/launcher=jolib"],
        ["hydra/launcher", "joblib"],
    ),
    Case(
        "launcher not installed",
        ["run", "-m", "seed=1,2", "hydra/launcher=submitit_local"],
        ["hydra/launcher"],
    ),
    Case(
        "launcher target",
        ["run", "-m", "seed=1,2", "hydra.launcher._target_=os.system"],
        ["hydra.launcher", "code"],
    ),
    Case(
        "launcher shell",
        ["run", "-m", "seed=1,2", "hydra.launcher.setup=[id]"],
        ["hydra.launcher.setup"],
    ),
    Case(
        "launcher value",
        ["run", "-m", "seed=1,2", "hydra.launcher.n_jobs={a:1}"],
        ["hydra.launcher.n_jobs"],
    ),
]

VALUES = [
    _set("text for a number", "truce.extension_cost=much", "truce.extension_cost", "not a number"),
    _set("true for a number", "truce.extension_cost=true", "truce.extension_cost", "not a number"),
    _set("list for a number", "truce.extension_cost=[1,2]", "truce.extension_cost", "not a number"),
    _set("fraction for a count", "truce.length_weeks=13.5", "truce.length_weeks", "whole number"),
    _set("per cent sign", "economy.us.floor_tariff=55%", "economy.us.floor_tariff", "0.55"),
    _set("per cent meant", "economy.us.floor_tariff=55", "economy.us.floor_tariff", "0.55"),
    _set(
        "decimal comma",
        "economy.us.floor_tariff='0,55'",
        "economy.us.floor_tariff",
        "did you mean: 0.55",
    ),
    _set("base sixty", "truce.length_weeks=1:44", "truce.length_weeks", "base 60"),
    _set("leading zero", "seed=010", "run.seed", "not a whole number"),
    _set("not a number", "linkage.cn=nan", "linkage.cn", "finite"),
    _set("infinite", "linkage.cn=inf", "linkage.cn", "finite"),
    _set("too large to hold", "linkage.cn=1e400", "linkage.cn", "finite"),
    _set("below its bound", "linkage.cn=-0.1", "linkage.cn", "out of bounds"),
    _set("above its bound", "linkage.cn=7", "linkage.cn", "out of bounds"),
    _set("missing value", "linkage.cn=null", "linkage.cn", "missing"),
    _set("question marks", "linkage.cn=???", "linkage.cn", "missing"),
    _set("yes for true", "truce.in_force=yes", "truce.in_force", "true or false"),
    _set("one for true", "truce.in_force=1", "truce.in_force", "true or false"),
    _set(
        "unknown choice", "us.strategy.kind=hardlinr", "us.strategy.kind", "did you mean: hardliner"
    ),
    _set("unknown side", "+issues.soy={owner:eu,track:trade}", "issues.soy.owner", "us, cn"),
    _set("no such day", "calendar.start=2025-02-30", "calendar.start", "no such day"),
    _set("other form of date", "calendar.start=11/06/2025", "calendar.start", "year-month-day"),
    _set("far date", "calendar.start=2999-01-01", "calendar.start", "1900-01-01"),
    _set("group for a value", "us.strategy=hardliner", "us.strategy", "us/strategy=hardliner"),
    _set("new issue that is nobody's", "+issues.soy.benefit=6", "issues.soy", "owner (us or cn)"),
    _set("new event of no kind", "+shocks.events.vote.side=us", "shocks.events.vote", "kind (hawk"),
    _set("item that is no mapping", "+issues.soy=5", "issues.soy", "settings expected"),
    _set("item with a bad name", "+issues.Soy.benefit=1", "issues.Soy", "lower-case"),
    _set("nothing changed", "truce={}", "truce", "changes nothing"),
    _set("text too long", "title=" + "x" * 500, "title", "at most 80"),
    _set("title of two lines", 'title="a\nb"', "title", "control"),
    _set("negative seed", "seed=-1", "run.seed", "out of bounds"),
    _set("huge seed", "seed=" + "9" * 30, "run.seed", "out of bounds"),
    _set("word as a seed", "seed=lucky", "run.seed", "whole number"),
    _set("no runs", "runs=0", "run.runs", "out of bounds"),
    _set("too many runs", "runs=100000000", "run.runs", "out of bounds"),
    _set("name that climbs", "name='../x'", "run.name", "folder"),
    _set("name with a slash", "name=a/b", "run.name", "folder"),
    _set("reserved name", "name=con", "run.name", "reserve"),
    _set("name too long", "name=" + "x" * 65, "run.name"),
    _set("list as a title", "title=[a]", "title", "not text"),
]

CONTRADICTIONS = [
    _set("deadline before the start", "deadline=2025-06-01", "deadline", "2025-06-11"),
    _set("deadline on the start", "deadline=2025-06-11", "deadline", "before it starts"),
    _set("deadline that is no day", "deadline=soon", "deadline"),
    _set("negative deadline", "truce.first_deadline_weeks=-3", "truce.first_deadline_weeks"),
    Case(
        "deadline twice",
        ["run", "deadline=2025-09-01", "truce.first_deadline_weeks=3"],
        ["deadline", "given twice"],
    ),
    _set(
        "red line below the terms",
        "issues.ai_chips.red_line=0.01",
        "issues.ai_chips.red_line",
        "terms",
    ),
    _set(
        "lapse above the truce",
        "issues.fentanyl.lapse=0.9",
        "issues.fentanyl.lapse",
        "truce",
    ),
    _set(
        "issue driven twice",
        "issues.fentanyl.driver=civil_magnets",
        "issues.fentanyl.driver",
        "twice",
    ),
    _set(
        "tariff of the other side",
        "issues.us_tariff.owner=cn",
        "issues.us_tariff.owner",
        "us_tariff",
    ),
    _set(
        "floor above ceiling", "economy.us.floor_tariff=1.9", "economy.us.floor_tariff", "ceiling"
    ),
    _set(
        "dates in disorder",
        "branch.week=500",
        "branch.week",
        "the run is over by then",
    ),
    _set("unreachable tariff", "outcomes.us_tariff=0.01", "outcomes.us_tariff", "floor"),
    _set(
        "approval reversed",
        "licensing.magnets.approve_shipment=0.99",
        "licensing.magnets.approve_shipment",
        "stricter regime",
    ),
    _set("run shorter than a breakthrough", "weeks=8", "outcomes.weeks_in_force", "8"),
    _set(
        "event after the end",
        "+shocks.events.vote={kind: hawk, side: us, start: '2031-01-01'}",
        "shocks.events.vote.start",
        "last day",
    ),
    _set(
        "event that never happens",
        "+shocks.events.vote={kind: hawk, side: us}",
        "shocks.events.vote.start",
        "never",
    ),
    _set(
        "more than all of it",
        "shocks.events.us_listing.size=1.5",
        "shocks.events.us_listing.size",
        "all of it",
    ),
    Case(
        "no issue left",
        ["run", *(f"~issues.{name}" for name in Scenario().issues)],
        ["issues", "nothing to bargain over"],
    ),
    _set(
        "sector of both goods",
        "+firms.chips.sectors.defence.share=0.1",
        "firms.chips.sectors.defence",
        "both",
    ),
    Case(
        "shares of nothing",
        [
            "run",
            *(f"firms.chips.sectors.{name}.share=0" for name in Scenario().firms.chips.sectors),
        ],
        ["firms.chips.sectors", "sum to 0"],
    ),
]

FILES = [
    Case("missing file", ["run", "file=absent.yaml"], ["absent.yaml", "no such file"]),
    Case("folder as a file", ["run", "file=."], ["file"]),
    Case("pickle", ["run", "file=s.pickle"], ["s.pickle", ".yaml"], {"s.pickle": b"\x80\x04."}),
    Case("no YAML file named", ["run", "file=3"], ["3", ".yaml"]),
    _file("empty file", "", "empty"),
    _file("only comments", "# nothing\n", "empty"),
    _file("one word", "hello\n", "mapping"),
    _file("list", "- a\n- b\n", "mapping"),
    _file(
        "unknown key in a file",
        "horizon_week: 52\n",
        "horizon_week",
        "did you mean: calendar.horizon_weeks",
    ),
    _file(
        "unknown nested key",
        "truce:\n  lenght_weeks: 3\n",
        "s.yaml:2",
        "did you mean: truce.length_weeks",
    ),
    _file("duplicate key", "name: a\ntruce: {}\nname: b\n", "s.yaml:3", "line 1"),
    _file(
        "duplicate nested key",
        "truce:\n  length_weeks: 3\n  length_weeks: 4\n",
        "s.yaml:3",
        "line 2",
    ),
    _file("tab", "truce:\n\tlength_weeks: 3\n", "s.yaml:2"),
    _file("broken YAML", "truce: [1, 2\nname: x\n", "s.yaml:2", "not valid YAML"),
    _file("two documents", "name: a\n---\nname: b\n", "s.yaml:2", "second document"),
    _file("tag that runs code", "name: !!python/object/apply:os.system [id]\n", "s.yaml:1", "tag"),
    _file("plain tag", "name: !!str x\n", "s.yaml:1", "tag"),
    _file("anchor", "name: &a x\n", "s.yaml:1", "anchor"),
    _file("billion laughs", "a: &a [x]\nb: [*a, *a]\n", "s.yaml:1", "anchor"),
    _file("alias without anchor", "b: *a\n", "s.yaml"),
    _file("merge", "truce:\n  <<: {length_weeks: 3}\n", "s.yaml:2", "merge"),
    _file("interpolation in a file", "name: ${oc.env:HOME}\n", "s.yaml:1", "interpolation"),
    _file("quoted interpolation", 'name: "${oc.env:HOME}"\n', "s.yaml:1", "interpolation"),
    _file("target in a file", "truce:\n  _target_: os.system\n", "s.yaml:2", "run code"),
    _file("hydra key", "name: a\nhydra:\n  searchpath: [file:///etc]\n", "s.yaml:2", "hydra"),
    _file("defaults key", "defaults:\n  - /scenario: x\n", "s.yaml:1", "defaults"),
    _file("run key", "name: a\nrun:\n  out: /etc\n", "s.yaml:2", "run"),
    _file("UTF-16", WHOLE.encode("utf-16"), "UTF-16"),
    _file("Latin-1", "title: caf\xe9\n".encode("latin-1"), "UTF-8"),
    _file("NUL", b"name: a\0b\n", "NUL"),
    _file("giant file", "#" * 1_000_001, "too large"),
    _file("too many keys", "".join(f"k{n}: 1\n" for n in range(20_000)), "too many"),
    _file("nested lists", "a: " + "[" * 3000 + "]" * 3000, "nested too deeply"),
    _file("long value", "title: " + "x" * 20_000, "too long"),
    _file("octal", "truce: {length_weeks: 010}\n", "s.yaml:1", "leading zero"),
    _file("hexadecimal", "truce: {length_weeks: 0x1A}\n", "s.yaml:1", "base"),
    _file("sixty", "truce: {length_weeks: 1:44}\n", "truce.length_weeks", "base 60"),
    _file("Norway", "truce: {in_force: NO}\n", "truce.in_force", "true or false"),
    _file("not finite", "linkage: {cn: .nan}\n", "linkage.cn", "finite"),
    _file("infinite in a file", "linkage: {cn: 1e999}\n", "linkage.cn", "finite"),
    _file("null", "linkage: {cn: }\n", "linkage.cn", "missing"),
    _file(
        "date out of the calendar",
        'calendar: {start: "2025-13-01"}\n',
        "calendar.start",
        "no such day",
    ),
    _file("name as a path", "name: ../../etc\n", "name", "folder"),
    _file("group that is a number", "truce: 5\n", "truce", "settings expected"),
    _file("issues as a list", "issues: [a, b]\n", "issues", "named items"),
    _file(
        "too many issues",
        "issues:\n" + "".join(f"  i{n}: {{}}\n" for n in range(MOST_ISSUES + 1)),
        "issues",
        f"at most {MOST_ISSUES}",
    ),
    _file(
        "part of a known issue",
        "issues:\n  ai_chips: {red_line: 0.3}\n",
        "issues.ai_chips",
        "incomplete",
    ),
    _file("bad item name", "issues:\n  A-b: {}\n", "issues.A-b", "lower-case"),
    _file(
        "contradiction in a file",
        _replaced("ceiling_tariff: 1.241", "ceiling_tariff: 0.1"),
        "economy.us.floor_tariff",
    ),
    _file(
        "value out of bounds in a file",
        _replaced("length_weeks: 13", "length_weeks: 999"),
        "truce.length_weeks",
        "156",
    ),
]

GRID = "kind: grid\nfactors:\n  linkage.cn: {values: [0, 1]}\n"


def _giant(factors: int) -> str:
    """A grid of ten thousand values of so many settings, one run at each point."""
    unread = set(idle(to_plain(Scenario()), (name for name, *_ in leaves(Scenario()))))
    numbers = [
        (name, meta)
        for name, meta, _ in leaves(Scenario())
        if meta.kind == "number" and name not in unread
    ]
    lines = [
        f"  {name}: {{low: {meta.low}, high: {meta.high}, points: 10000}}\n"
        for name, meta in numbers[:factors]
    ]
    return f"kind: grid\nruns: 1\nfactors:\n{''.join(lines)}"


SWEEPS = [
    Case(
        "unknown sweep",
        ["sweep", "sweep=linkage_by_dedline"],
        ["sweep", "did you mean: linkage_by_deadline"],
    ),
    Case(
        "sweep twice",
        ["sweep", "sweep=linkage_by_deadline", "sweep_file=w.yaml"],
        ["sweep_file"],
        {"w.yaml": GRID},
    ),
    Case("missing sweep file", ["sweep", "sweep_file=absent.yaml"], ["absent.yaml"]),
    Case("factor on the command line", ["sweep", "sweep.factors={a:1}"], ["sweep.factors"]),
    Case(
        "unknown sweep setting", ["sweep", "sweep.run=5"], ["sweep.run", "did you mean: sweep.runs"]
    ),
    Case("sweep of no runs", ["sweep", "sweep.runs=0"], ["sweep.runs", "out of bounds"]),
    Case(
        "list from elsewhere",
        ["sweep", "sweep_file=w.yaml"],
        ["sweep.file"],
        {"w.yaml": "kind: list\nfile: /etc/passwd\n"},
    ),
    _sweep("empty design", "kind: grid\nfactors: {}\n", "sweep.factors", "the design is empty"),
    _sweep("no design", "name: x\n", "sweep.factors", "the design is empty"),
    _sweep("unknown kind", "kind: gird\n", "sweep.kind", "did you mean: grid"),
    _sweep("unknown sweep key", GRID + "run: 5\n", "sweep.run", "did you mean: sweep.runs"),
    _sweep(
        "unknown factor",
        "factors:\n  linkage.china: {values: [0]}\n",
        "linkage.china",
        "did you mean: linkage.cn",
    ),
    _sweep("factor that is text", "factors:\n  title: {values: [a]}\n", "sweep.factors.title"),
    _sweep(
        "factor out of bounds",
        "factors:\n  linkage.cn: {values: [0, 9]}\n",
        "sweep.factors.linkage.cn.values, no. 2",
        "out of bounds",
    ),
    _sweep(
        "factor of no values",
        "factors:\n  linkage.cn: {values: []}\n",
        "sweep.factors.linkage.cn.values",
    ),
    _sweep(
        "factor twice the same",
        "factors:\n  linkage.cn: {values: [0.5, 0.5]}\n",
        "linkage.cn",
        "same value twice",
    ),
    _sweep(
        "unknown category",
        "factors:\n  us.strategy.kind: {choices: [micr]}\n",
        "us.strategy.kind",
        "did you mean: micro",
    ),
    _sweep(
        "range of categories",
        "factors:\n  us.strategy.kind: {low: 0, high: 1}\n",
        "us.strategy.kind",
        "no range",
    ),
    _sweep(
        "grid without points", "factors:\n  linkage.cn: {low: 0, high: 1}\n", "linkage.cn.points"
    ),
    _sweep(
        "empty range",
        "kind: sobol\nfactors:\n  linkage.cn: {low: 1, high: 1}\n",
        "linkage.cn",
        "empty range",
    ),
    _sweep(
        "range out of bounds",
        "kind: sobol\nfactors:\n  linkage.cn: {low: 0, high: 9}\n",
        "linkage.cn.high",
        "out of bounds",
    ),
    _sweep(
        "half a range",
        "kind: sobol\nfactors:\n  linkage.cn: {low: 0}\n",
        "linkage.cn.high",
        "needed",
    ),
    _sweep(
        "unknown distribution",
        "kind: sobol\nfactors:\n  linkage.cn: {low: 0, high: 1, distribution: unifrm}\n",
        "uniform",
    ),
    _sweep(
        "logarithm of zero",
        "kind: sobol\nfactors:\n  linkage.cn: {low: 0, high: 1, distribution: loguniform}\n",
        "above 0",
    ),
    _sweep(
        "odd part",
        "kind: sobol\nfactors:\n  linkage.cn: {low: 0, hihg: 1}\n",
        "hihg",
        "did you mean",
    ),
    _sweep(
        "not a power of two",
        "kind: sobol\npoints: 100\nfactors:\n  linkage.cn: {low: 0, high: 1}\n",
        "sweep.points",
        "128",
    ),
    _sweep(
        "points of a grid", GRID + "points: 64\n", "sweep.points", "from the values of its factors"
    ),
    _sweep("levels of a grid", GRID + "levels: 6\n", "sweep.levels", "kind: morris"),
    _sweep(
        "linked to nothing", "factors:\n  linkage.us: {same_as: linkage.cn}\n", "linkage.us.same_as"
    ),
    _sweep("giant design", _giant(3), "largest", "1,000,000,000,000 runs", "21 years"),
    _sweep("design without end", _giant(100), "some 10^400 runs", "more than a million years"),
    _sweep(
        "stopping for ever",
        _giant(1) + "stopping: {half_width: 1.0e-9, most_runs: 1000000}\n",
        "10,000,000,000 runs",
        "at most about",
    ),
    _sweep(
        "design drawn at once",
        "kind: latin_hypercube\npoints: 100000000\nfactors:\n  linkage.cn: {low: 0, high: 1}\n",
        "6,000,000,000 runs",
    ),
    _sweep(
        "design that lifts its own bound",
        GRID + "largest: 1000000000000\n",
        "sweep.largest",
        "written in",
        "largest=HOURS",
    ),
    _sweep(
        "constraint that is code",
        GRID + "constraints: ['__import__(1) < 2']\n",
        "sweep.constraints",
        "comparison",
    ),
    _sweep(
        "constraint on nothing",
        GRID + "constraints: ['linkage.china < 1']\n",
        "sweep.constraints",
        "linkage.cn",
    ),
    _sweep("stopping too early", GRID + "stopping: {most_runs: 5}\n", "sweep.stopping.most_runs"),
    _sweep(
        "unknown stopping key",
        GRID + "stopping: {halfwidth: 5}\n",
        "sweep.stopping.halfwidth",
        "half_width",
    ),
    _sweep("measures as text", GRID + "measures: breakthrough\n", "sweep.measures", "list"),
    _sweep("list without a file", "kind: list\n", "sweep.file"),
]

MULTIRUN = [
    Case("several values without -m", ["run", "linkage.cn=0,1"], ["linkage.cn", "add -m"]),
    Case(
        "one of many out of bounds",
        ["run", "-m", "linkage.cn=0,0.5,5"],
        ["linkage.cn", "out of bounds"],
    ),
    Case(
        "one of many misspelt",
        ["run", "-m", "scenario=london,genva"],
        ["scenario", "did you mean: geneva_2025"],
    ),
    Case("same value twice", ["run", "-m", "linkage.cn=1,1"], ["linkage.cn", "twice"]),
    Case("too many jobs", ["run", "-m", "seed=range(0,2000)"], ["too many jobs", "2,000 jobs"]),
    Case("two output folders", ["run", "-m", "out=a,b"], ["run.out"]),
    Case("interval", ["run", "-m", "linkage.cn=interval(0,1)"], ["linkage.cn"]),
]

FOLDERS = [
    Case("folder below a device", ["run", "out=/dev/null/x"], ["run.out", "cannot be written"]),
    Case("folder that cannot be made", ["run", "out=/proc/x"], ["run.out", "cannot be written"]),
    Case(
        "folder that is a file",
        ["run", "out=here"],
        ["run.out", "cannot be written"],
        {"here": "x"},
    ),
    Case("no folder", ["run", "out=''"], ["run.out"]),
    Case(
        "multirun into a device",
        ["run", "-m", "seed=1,2", "out=/dev/null/x"],
        ["run.out", "cannot be written"],
    ),
]

CASES = [
    *COMMAND_LINE,
    *GROUPS_AND_KEYS,
    *CODE_AND_LEAKS,
    *VALUES,
    *CONTRADICTIONS,
    *FILES,
    *SWEEPS,
    *MULTIRUN,
    *FOLDERS,
]
IN_A_PROCESS = (
    "misspelt key",
    "missing file",
    "one of many out of bounds",
    "tag that runs code",
    "folder below a device",
)


def _place(case: Case, folder: Path) -> list[str]:
    for name, content in case.files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return sorted(path.name for path in folder.rglob("*"))


def _check(case: Case, code: int, message: str, folder: Path, before: list[str]) -> None:
    assert code == 2, message
    assert "Traceback" not in message
    for part in case.expect:
        assert part in message, message
    assert sorted(path.name for path in folder.rglob("*")) == before


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that must not be reached."""

    def run_job(*_: object) -> None:
        raise AssertionError("bad input reached the model")

    monkeypatch.setattr("sim.jobs.run_job", run_job)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_refused_with_its_key_and_leaves_nothing(
    case, tmp_path, monkeypatch, capsys, no_model
):
    before = _place(case, tmp_path)
    monkeypatch.chdir(tmp_path)
    code = main(case.words)
    out, err = capsys.readouterr()
    assert "results:" not in out
    _check(case, code, err, tmp_path, before)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name in IN_A_PROCESS], ids=lambda case: case.name
)
def test_bad_input_is_refused_by_the_command_itself(case, tmp_path, monkeypatch):
    before = _place(case, tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[1]))
    done = subprocess.run(
        [sys.executable, "-m", "sim", *case.words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    _check(case, done.returncode, done.stderr, tmp_path, before)


WATCHED = """
import contextlib, io, json, os, sys
from sim.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    main(["run", "--cfg", "job"])
seen = []

def watch(event, arguments):
    if event in ("os.system", "subprocess.Popen", "os.exec", "os.fork", "socket.connect", "socket.bind"):
        seen.append([event, str(arguments[:1])])
    if event == "open" and arguments[1] and set(str(arguments[1])) & set("wax+"):
        seen.append([event, str(arguments[0])])

cases = json.load(sys.stdin)
sys.addaudithook(watch)
with contextlib.redirect_stderr(io.StringIO()) as printed:
    codes = [main(words) for words in cases]
print(json.dumps([codes, seen, os.environ["SECRET"] in printed.getvalue()]))
"""


def test_hostile_input_opens_starts_and_reads_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[1]))
    monkeypatch.setenv("SECRET", "correct-horse-battery")
    words = []
    for number, case in enumerate([*CODE_AND_LEAKS, *FILES]):
        (tmp_path / str(number)).mkdir()
        _place(case, tmp_path / str(number))
        words.append(
            [
                word.replace("file=", f"file={tmp_path / str(number)}/").replace("HOME", "SECRET")
                for word in case.words
            ]
        )
    done = subprocess.run(
        [sys.executable, "-c", WATCHED],
        cwd=tmp_path,
        input=json.dumps(words),
        capture_output=True,
        text=True,
        timeout=120,
    )
    codes, seen, leaked = json.loads(done.stdout)
    assert set(codes) == {2} and seen == [] and not leaked


def test_case_names_are_unique():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 50
