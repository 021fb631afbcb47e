"""Files from strangers, watched from outside: none starts a process, opens a socket, reads elsewhere or leaves anything behind.

The commonplace faults stand in ``test_bad_input.py``; here are files made to do harm, at every door: scenarios, sweeps, lists of points, plans,
manifests. One process takes them all under an audit hook, which sees every file, socket and process that Python opens.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import main
from sim.config.check import to_plain
from sim.config.scenario import Scenario

ROOT = Path(__file__).resolve().parents[1]
RUN = ["run", "file=s.yaml"]
SWEEP = ["sweep", "sweep_file=s.yaml"]
LISTED = "kind: list\nfile: points.csv\n"
SCENARIOS = {
    "object that is called": "name: !!python/object/apply:os.system ['touch evil']\n",
    "object that is made": "name: !!python/object/new:subprocess.Popen [['touch', 'evil']]\n",
    "object by its state": "name: !!python/object:os._wrap_close {}\n",
    "name of a function": "name: !!python/name:os.system\n",
    "module": "name: !!python/module:antigravity\n",
    "tuple": "name: !!python/tuple [a, b]\n",
    "tag written out": "name: !<tag:yaml.org,2002:python/object/apply:os.system> ['touch evil']\n",
    "tag by a handle": "%TAG !y! tag:yaml.org,2002:python/\n---\nname: !y!object/apply:os.system ['touch evil']\n",
    "tag on the whole": "!!python/object/apply:os.system\n- touch evil\n",
    "tag on a key": "? !!python/name:os.system\n: 1\n",
    "include": "name: !include /etc/passwd\n",
    "environment by a tag": "name: !ENV ${SECRET}\n",
    "binary": "name: !!binary aGVsbG8=\n",
    "environment": "name: ${oc.env:SECRET}\n",
    "environment decoded": "name: ${oc.decode:${oc.env:SECRET}}\n",
    "environment in a key": "${oc.env:SECRET}: 1\n",
    "environment in a list": "issues: [a, '${oc.env:SECRET}']\n",
    "clock of hydra": "name: ${now:%Y}\n",
    "folder of hydra": "name: ${hydra:runtime.cwd}\n",
    "resolver of one's own": "name: ${eval:'__import__(1)'}\n",
    "half an interpolation": "name: '${'\n",
    "target": "_target_: os.system\ncommand: touch evil\n",
    "target deep inside": "issues: {a: {b: {_target_: os.system}}}\n",
    "partial": "truce: {_partial_: true}\n",
    "args": "truce: {_args_: ['touch evil']}\n",
    "convert": "truce: {_convert_: all}\n",
    "search path": "hydra: {searchpath: ['file:///etc']}\n",
    "run folder": "hydra: {run: {dir: /srv/evil}}\n",
    "callbacks": "hydra: {callbacks: {x: {_target_: os.system}}}\n",
    "defaults": "defaults: [/scenario: ../../etc/passwd]\n",
    "package": "# @package _global_\nhydra.job.chdir: true\n",
    "output elsewhere": "run: {out: /srv/evil}\n",
    "dunder": "__class__: {__init__: {__globals__: 1}}\n",
    "laughs": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
    "eats itself": "a: &a [*a]\n",
    "merges": "a: &a {x: 1}\nb: {<<: [*a, *a]}\n",
    "ladder of brackets": "a: " + "[" * 100_000,
    "ladder of braces": "a: " + "{x: " * 5_000,
    "ladder of indents": "".join(" " * n + "a:\n" for n in range(900)),
    "number of a million digits": "linkage: {cn: " + "9" * 9_999 + "}\n",
    "exponent without end": "linkage: {cn: 1e999999999}\n",
    "terminal escapes": 'name: "\\e]0;evil\\a\\e[2J"\n',
    "text that runs backwards": 'title: "\u202edlrow\u202c"\nnmae: x\n',
    "key that climbs": "'../../evil': 1\n",
    "name that climbs": "name: ../../evil\n",
    "name of a device": "name: nul\n",
    "NUL in a name": 'name: "a\\0b"\n',
    "pickle": b"cos\nsystem\n(S'touch evil'\ntR.",
    "another encoding": "name: !!python/name:os.system\n".encode("utf-16"),
    "encoding UTF-7": b"+AG4-ame: +ACEAIQ-python/name:os.system\n\xff",
}
SWEEPS = {
    "constraint that is code": 'factors: {linkage.cn: {values: [0, 1]}}\nconstraints: [\'__import__("os").system("touch evil")\']\n',
    "factor that is code": "factors: {'linkage.__class__': {values: [0]}}\n",
    "factor that leads elsewhere": "factors: {run.out: {values: [/srv/evil]}}\n",
    "measure that is code": "factors: {linkage.cn: {values: [0, 1]}}\nmeasures: ['__class__']\n",
    "target in a sweep": "_target_: os.system\nfactors: {linkage.cn: {values: [0, 1]}}\n",
    "list that climbs": "kind: list\nfile: ../../../../etc/passwd\n",
    "list from the root": "kind: list\nfile: /etc/passwd\n",
    "list from the web": "kind: list\nfile: http://127.0.0.1:9/x.csv\n",
    "list from a bucket": "kind: list\nfile: s3://x/y.csv\n",
    "more points than there is room for": "factors: {linkage.cn: {low: 0, high: 1, points: 1000000000}}\n",
}
LISTS = {
    "formulas": "linkage.cn\n=cmd|' /C calc'!A0\n",
    "columns that are code": "__class__\n1\n",
    "compressed": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "as wide as long": b"linkage.cn," * 90_000 + b"\n" + b"0.5," * 90_000 + b"\n",
    "never ends": b"linkage.cn\n" + b"0.5," * 200_000 + b"\n",
}
WATCHED = """
import contextlib, io, json, os, re, sys, tempfile, time
from sim.cli import main
from sim.results.machine import environment
environment(), tempfile.gettempdir()
ours = re.compile(r"(.*/)?(tmp|tariffsim-)[a-z0-9_]{8}")  # folders of our own that are tried and removed
allowed = [os.path.realpath(place) for place in json.loads(sys.argv[1])]
with contextlib.redirect_stdout(io.StringIO()):
    main(["run", "--cfg", "job"])
    main(["sweep", "--cfg", "job"])
import numpy, pandas, scipy.stats.qmc, sim.api, sim.sweeps.sweep, sim.reproduction
seen = []

def watch(event, arguments):
    if event in ("os.mkdir", "os.rmdir", "shutil.rmtree", "open") and ours.fullmatch(str(arguments[0])):
        return
    if event.split(".")[0] in ("socket", "subprocess", "pty", "ctypes", "ftplib", "urllib", "shutil", "pickle"):
        seen.append([event, str(arguments[:2])])
    if event in ("os.system", "os.exec", "os.fork", "os.posix_spawn", "os.remove", "os.rename", "os.mkdir", "os.symlink", "os.putenv"):
        seen.append([event, str(arguments[:2])])
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if set(str(arguments[1] or "r")) & set("wax+") or not any(path.startswith(place) for place in allowed):
            seen.append([event, path, str(arguments[1])])

told = io.StringIO()
results = {}
sys.addaudithook(watch)
for folder, words in json.load(sys.stdin):
    os.chdir(folder)
    before, began = len(seen), time.monotonic()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(told):
        code = main(words)
    results[folder] = [code, seen[before:], round(time.monotonic() - began, 2)]
print(json.dumps([results, told.getvalue()]))
"""


def _corpus() -> dict[str, tuple[list[str], dict[str, str | bytes]]]:
    """Words after ``tariffsim`` and files, by name."""
    corpus: dict[str, tuple[list[str], dict[str, str | bytes]]] = {}
    corpus |= {f"scenario: {name}": (RUN, {"s.yaml": text}) for name, text in SCENARIOS.items()}
    corpus |= {
        f"made again: {name}": (["reproduce", "s.yaml"], {"s.yaml": text})
        for name, text in SCENARIOS.items()
    }
    corpus |= {f"sweep: {name}": (SWEEP, {"s.yaml": text}) for name, text in SWEEPS.items()}
    corpus |= {
        f"list: {name}": (SWEEP, {"s.yaml": LISTED, "points.csv": text})
        for name, text in LISTS.items()
    }
    return corpus | {f"result: {name}": case for name, case in _results().items()}


def _results() -> dict[str, tuple[list[str], dict[str, str | bytes]]]:
    """Manifests and plans made to do harm."""
    whole = {
        "schema": 1,
        "verb": "run",
        "scenario": to_plain(Scenario()),
        "run": {"runs": 2},
        "content": {},
        "files": {},
        "versions": {},
    }
    scenario = whole["scenario"]
    manifests = {
        "target": {**whole, "scenario": {**scenario, "_target_": "os.system"}},
        "interpolated": {**whole, "scenario": {**scenario, "title": "${oc.env:SECRET}"}},
        "file elsewhere": {**whole, "files": {"../../../../etc/passwd": {"sha256": "0" * 64}}},
        "file from the root": {**whole, "files": {"/etc/passwd": {"sha256": "0" * 64}}},
        "verb that is code": {**whole, "verb": "__import__"},
        "output elsewhere": {**whole, "run": {"runs": 2, "out": "/srv/evil\0"}},
        "more runs than there is room for": {**whole, "run": {"runs": 10**15}},
        "list elsewhere": {
            **whole,
            "verb": "sweep",
            "sweep": {"kind": "list", "file": "/etc/passwd"},
        },
        "from the future": {**whole, "schema": 10**9},
    }
    cases = {
        name: (["reproduce", "."], {"manifest.json": json.dumps(value)})
        for name, value in manifests.items()
    }
    cases["brackets"] = (["reproduce", "."], {"manifest.json": "[" * 100_000})
    cases["pickle for a manifest"] = (
        ["reproduce", "."],
        {"manifest.json": b"cos\nsystem\n(S'touch evil'\ntR."},
    )
    cases["archive"] = (["reproduce", "r.zip"], {"r.zip": b"PK\x05\x06" + b"\xff" * 18})
    plan = {
        "started": "2025-01-01",
        "scenario": scenario,
        "sweep": {"kind": "list", "file": "/etc/passwd"},
        "run": {},
    }
    plan |= {"overrides": [], "chunk": 256, "rules": "0"}
    cases["plan"] = (["sweep", "resume=there"], {"there/plan.json": json.dumps(plan)})
    return cases


CORPUS = _corpus()


@pytest.fixture(scope="module")
def watched(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[dict[str, tuple[int, list, float, list[str]]], str]:
    """For each case the exit code, what the hook saw, seconds, and what was left beside its files; and all that was printed."""
    base = tmp_path_factory.mktemp("hostile")
    words = []
    for number, (given, files) in enumerate(CORPUS.values()):
        for name, content in files.items():
            path = base / str(number) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        words.append([str(base / str(number)), given])
    allowed = [
        str(base),
        str(ROOT),
        sys.prefix,
        sys.base_prefix,
        str(Path(os.__file__).parent),
        "/usr/share/zoneinfo",
        "/sys/fs/cgroup",
    ]
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SECRET": "correct-horse-battery",
    }
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, json.dumps(allowed)],
        cwd=base,
        env=env,
        input=json.dumps(words),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    results, told = json.loads(done.stdout)
    found = {}
    for number, (name, (_, files)) in enumerate(CORPUS.items()):
        folder = base / str(number)
        there = {
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        }
        found[name] = (*results[str(folder)], sorted(there - set(files)))
    return found, told


def test_the_corpus_is_large_enough():
    assert len(SCENARIOS) + len(SWEEPS) + len(LISTS) + len(_results()) >= 60


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_refused_and_does_nothing(name, watched):
    code, seen, seconds, left = watched[0][name]
    assert seen == [] and left == []
    assert code in (2, 3) and seconds < 20.0


def test_nothing_secret_and_no_traceback_is_printed(watched):
    told = watched[1]
    assert "correct-horse-battery" not in told and "Traceback" not in told and "root:" not in told
    assert not {"\x1b", "\u202e", "\0"} & set(told)


def test_nothing_was_made_elsewhere(watched):
    assert not [path for path in ("/srv/evil", "evil") if Path(path).exists()]


@pytest.mark.parametrize("kind", ["fifo", "device", "folder", "dangling link"])
def test_what_is_no_file_is_refused_and_never_waited_for(kind, tmp_path, capsys):
    path = tmp_path / "s.yaml"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero" if kind == "device" else tmp_path / "nothing")
    assert main(["run", f"file={path}"]) == 2
    assert "s.yaml" in capsys.readouterr().err
