"""The command line: a verb, then Hydra's own syntax.

Each verb turns what follows it into a :class:`~sim.config.compose.Job` and hands it to :mod:`sim.api`; ``-m`` validates
every job of a multirun and lets Hydra launch them. A verb is a row of ``VERBS``. Nothing heavy is imported before it is
needed, so that help comes at once. Exit codes: 0 done, 1 some of it failed, 2 bad input, 3 the machine's fault, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.errors import BAD_INPUT, MACHINE, SimError, nearest

if TYPE_CHECKING:
    from sim.config.compose import Job

__all__ = ["VERBS", "Verb", "main"]

DONE, SOME_FAILED, INTERRUPTED = 0, 1, 130


@dataclass(frozen=True)
class Verb:
    """A row of the table of verbs: ``run`` takes (verb, options, overrides) and returns an exit code."""

    summary: str
    examples: tuple[str, ...]
    run: Callable[[str, Options, list[str]], int]
    takes_path: bool = False


@dataclass
class Options:
    """What begins with a dash."""

    multirun: bool = False
    help: bool = False
    cfg: str | None = None
    info: str | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(words)
    except SimError as error:
        _complain(str(error))
        return error.exit_code
    except KeyboardInterrupt as stop:
        _complain(str(stop) or "interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        _complain(f"{error.filename or 'the machine'}: {error.strerror or error}")
        return MACHINE
    except MemoryError:
        _complain("out of memory\n  cure: fewer runs at a time, or run.weeks=quantiles")
        return MACHINE
    except Exception:
        _complain(f"{traceback.format_exc()}a fault of the program, not of your input: please report it")
        return MACHINE


def _complain(text: str) -> None:
    sys.stdout.flush()
    encoding = sys.stderr.encoding or "utf-8"
    print(f"tariffsim: {text}".encode(encoding, "replace").decode(encoding), file=sys.stderr)


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(_help())
        return DONE
    if words[0] == "--version":
        print(_version())
        return DONE
    name = words[0]
    if name not in VERBS:
        near = nearest(name, VERBS)
        cure = f"put a verb first: tariffsim run {name}" if "=" in name else "tariffsim --help lists them"
        raise SimError("no such verb", given=name, allowed=VERBS, suggestion=near, cure=cure)
    options, overrides = _split(words[1:])
    if options.help:
        print(_verb_help(name))
        return DONE
    return VERBS[name].run(name, options, overrides)


def _split(words: list[str]) -> tuple[Options, list[str]]:
    """Options and overrides, in any order."""
    options, overrides = Options(), []
    rest = iter(range(len(words)))
    for n in rest:
        word, equals, value = words[n].partition("=") if words[n].startswith("--") else (words[n], "", "")
        following = words[n + 1] if n + 1 < len(words) else ""
        if word in ("-m", "--multirun"):
            options.multirun = True
        elif word in ("-h", "--help"):
            options.help = True
        elif word in ("-c", "--cfg"):
            options.cfg = value if equals else following
            if options.cfg not in _CFG:
                raise SimError("not a part of the configuration", key="--cfg", given=options.cfg, allowed=_CFG)
            if not equals:
                next(rest)
        elif word in ("-i", "--info"):
            takes = not equals and following in _INFO
            options.info = following if takes else value or "groups"
            if options.info not in _INFO:
                raise SimError("nothing to tell about", key="--info", given=options.info, allowed=_INFO)
            if takes:
                next(rest)
        else:
            overrides.append(words[n])
    return options, overrides


_CFG = ("job", "scenario")
_INFO = ("groups", "settings")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"tariffsim {version('tariffsim')}"
    except PackageNotFoundError:
        return "tariffsim, not installed as a package"


def _help() -> str:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {name:{width}}  {verb.summary}" for name, verb in VERBS.items())
    examples = "\n".join(f"  {example}" for verb in VERBS.values() for example in verb.examples)
    return (
        "tariffsim: a tariff truce between Washington and Beijing, simulated\n\n"
        f"usage: tariffsim VERB [name=value ...]\n\nverbs\n{verbs}\n\nexamples\n{examples}\n\n"
        "tariffsim VERB --help says what may follow a verb."
    )


def _verb_help(name: str) -> str:
    from sim.config.overrides import ALIASES, SHORTCUTS, groups

    verb = VERBS[name]
    if verb.takes_path:
        from sim.reproduction.command import help_of

        return help_of(name, verb.summary, verb.examples)
    if verb.run is _validate:
        lines = "\n".join(f"  {example}" for example in verb.examples)
        return (
            f"tariffsim {name}: {verb.summary}\n\nexamples\n{lines}\n\n"
            "runs=1000 runs a setting, seed=1, out=outputs, threads=0\n--strict  exit code 1 where something is not met\n"
        )
    tree = {group: options for group, options in groups().items() if name != "run" or group != "sweep"}
    width = max(map(len, tree))
    options = "\n".join(f"  {group:{width}}  {', '.join(names)}" for group, names in tree.items())
    short = "\n".join(f"  {word}=  {target}" for word, target in {**ALIASES, **SHORTCUTS}.items())
    return (
        f"tariffsim {name}: {verb.summary}\n\nexamples\n"
        + "\n".join(f"  {example}" for example in verb.examples)
        + "\n\n"
        f"groups and their options (group=option)\n{options}\n\n"
        "settings (name=value): every name that --cfg job prints, dotted, such as truce.length_weeks=26\n"
        "named items: +issues.soy.benefit=3 adds one, ~issues.ai_chips removes one\n\n"
        f"shortcuts\n{short}\n\n"
        "options\n"
        "  -m, --multirun   a job for each value of a=1,2 (Hydra); hydra/launcher=joblib runs them side by side\n"
        "  --cfg job        print the configuration and stop; --cfg scenario: a file that file= reads\n"
        "  --info           what each option is for; --info settings: every setting, its value, unit and range\n"
        "  -h, --help       this"
    )


def _info(topic: str, verb: str, overrides: list[str]) -> str:
    if topic == "settings":
        return "\n".join(_setting_lines(verb, overrides))
    from sim.config.locate import configs_folder
    from sim.config.overrides import groups

    lines = []
    for group, options in groups().items():
        lines.append(group)
        for option in options:
            text = (configs_folder() / group / f"{option}.yaml").read_text(encoding="utf-8").splitlines()
            about = next((line[1:].strip() for line in text if line.startswith("# ") and "@package" not in line), "")
            lines.append(f"  {option:24} {about}")
    return "\n".join(lines)


def _setting_lines(verb: str, overrides: list[str]) -> list[str]:
    from sim.config.compose import compose_job
    from sim.config.fields import leaves

    job = compose_job(verb, overrides)
    rows = list(leaves(job.scenario))
    rows += [
        (f"{part}.{path}", meta, value)
        for part in ("run", "figures")
        for path, meta, value in leaves(getattr(job, part))
    ]
    return [f"{path} = {value}   [{meta.bounds}]  {meta.description}" for path, meta, value in rows if path != "about"]


def _execute(verb: str, options: Options, overrides: list[str]) -> int:
    """Compose, check and run one job, or print what was asked about it."""
    if options.info:
        print(_info(options.info, verb, overrides))
        return DONE
    if options.multirun:
        if options.cfg:
            raise SimError("not with a multirun", key="--cfg", cure="leave out one of -m and --cfg")
        return _multirun(verb, overrides)
    from sim.config.compose import compose_job

    begun, overrides = _resumed(verb, overrides)
    job = compose_job(verb, overrides)
    if options.cfg:
        print(_as_yaml(job, options.cfg), end="")
        return DONE
    _check_folder(begun or job.run.out)
    result = _run_job(job, begun)
    print(f"results: {result.folder}")
    print(f"answer: {result.answer}")
    return int(getattr(result, "exit_code", DONE))


def _with_path(verb: str, options: Options, words: list[str]) -> int:
    """A verb that takes a path and options of its own."""
    from sim.reproduction.command import command

    if options.multirun or options.cfg or options.info:
        raise SimError("takes a path", key=verb, cure="leave out -m, --cfg and --info")
    return command(verb, words)


def _validate(verb: str, options: Options, words: list[str]) -> int:
    """Known answers and patterns of the record, reported."""
    from sim.validation.command import command

    if options.multirun or options.cfg or options.info:
        raise SimError(
            "takes runs=, seed=, out=, threads= and --strict", key=verb, cure="leave out -m, --cfg and --info"
        )
    _warm_up()
    return command(words)


def _resumed(verb: str, overrides: list[str]) -> tuple[str, list[str]]:
    """The folder after ``resume=`` ('' where there is none), and the overrides beside it: of figures, and of where to compute."""
    begun = [text.partition("=")[2] for text in overrides if verb == "sweep" and text.startswith("resume=")]
    rest = [text for text in overrides if verb != "sweep" or not text.startswith("resume=")]
    if begun and not (len(begun) == 1 and begun[0] and Path(begun[0]).is_dir()):
        raise SimError("not the folder of a sweep that was stopped", key="resume", given=", ".join(begun))
    for text in rest if begun else ():
        if not text.startswith(_WITH_RESUME):
            raise SimError("a sweep goes on as it was begun", key=text, allowed=_WITH_RESUME, cure="leave it out")
    return "".join(begun), rest


_WITH_RESUME = ("figures.", "draw=", "run.threads=", "run.executor=", "run.address=")


def _run_job(job: Job, begun: str = "") -> Any:
    from sim import api
    from sim.progress import Meter

    meter = Meter("points" if job.sweep is not None and job.sweep.stopping else "runs")
    try:
        return api.resume_job(begun, job, meter) if begun else api.run_job(job, meter, _warm_up)
    finally:
        meter.close()


def _warm_up() -> None:
    """Compile before the clock of progress starts, and say so where it takes a while."""
    from sim.ensemble.execute import compiled_here, warm_up

    if not compiled_here():
        print("compiling the rules, once on this machine: about 20 seconds", file=sys.stderr, flush=True)
    warm_up()


def _as_yaml(job: Job, part: str) -> str:
    from sim.config.compose import scenario_to_plain
    from sim.config.render import to_plain, to_yaml

    if part == "scenario":
        return to_yaml(scenario_to_plain(job.scenario))
    parts: dict[str, Any] = {
        **scenario_to_plain(job.scenario),
        "run": to_plain(job.run),
        "figures": to_plain(job.figures),
    }
    if job.sweep is not None:
        parts["sweep"] = to_plain(job.sweep)
    return to_yaml(parts)


def _check_folder(out: str) -> None:
    """Refuse an output folder that cannot be written, before any work and leaving nothing behind."""
    folder = Path(out)
    try:
        while not folder.exists():
            folder = folder.parent
        with tempfile.TemporaryDirectory(dir=folder):
            return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise SimError(
            f"cannot be written: {reason.lower()}",
            key="run.out",
            given=out,
            cure="out=FOLDER names another",
            exit_code=BAD_INPUT,
        ) from None


def _multirun(verb: str, overrides: list[str]) -> int:
    """Check every job, then let Hydra's launcher run them; each leaves its result in a folder of its own."""
    from sim.config.compose import compose_jobs
    from sim.results.folder import prepare_folder

    jobs = compose_jobs(verb, overrides)
    if len({job.run.out for job in jobs}) > 1:
        raise SimError(
            "one multirun has one output folder", key="run.out", given=", ".join(job.run.out for job in jobs)
        )
    _check_folder(jobs[0].run.out)
    folder = prepare_folder(jobs[0].run.out, "multirun", jobs[0].run.name or verb)
    print(f"{len(jobs)} jobs checked", flush=True)
    _launch(verb, overrides, folder)
    return _report(folder, len(jobs))


def _launch(verb: str, overrides: list[str], folder: Path) -> None:
    import hydra

    from sim.config.locate import configs_folder
    from sim.config.overrides import hydra_arguments

    quoted = str(folder.resolve()).replace("\\", "\\\\").replace("'", "\\'")
    settings = [f"hydra.sweep.dir='{quoted}'", f"hydra.job.name={verb}"]
    settings += ["hydra/hydra_logging=disabled", "hydra/job_logging=disabled"]
    before = sys.argv
    sys.argv = ["tariffsim", "-m", *hydra_arguments(overrides), *settings]
    try:
        hydra.main(config_path=str(configs_folder()), config_name="config", version_base="1.3")(multirun_job)()
    except SystemExit as stop:
        if stop.code not in (None, 0):
            with contextlib.suppress(OSError):
                folder.rmdir()
            raise SimError(
                "Hydra could not launch the jobs", key="hydra/launcher", cure="is the launcher installed?"
            ) from None
    finally:
        sys.argv = before


def multirun_job(cfg: Any) -> None:
    """One job of a multirun, called by Hydra's launcher, perhaps in another process; what came of it goes to ``job.json``."""
    from hydra.core.hydra_config import HydraConfig

    from sim.config.compose import compose_job

    settings = HydraConfig.get()
    folder, overrides = Path(settings.runtime.output_dir), list(settings.overrides.task)
    label = f"{settings.job.num}: {' '.join(text.lstrip('+') for text in overrides)}"
    try:
        result = _run_job(compose_job(settings.job.name, overrides, folder))
        told = {"exit_code": int(getattr(result, "exit_code", DONE)), "answer": str(result.answer)}
    except SimError as error:
        told = {"exit_code": error.exit_code, "answer": str(error)}
    except Exception:
        told = {"exit_code": MACHINE, "answer": traceback.format_exc()}
    _tell(folder, overrides, told)
    print(f"{label}\n  {told['answer']}", flush=True)


def _tell(folder: Path, overrides: list[str], told: dict[str, Any]) -> None:
    import json

    from sim.config.render import write_text

    folder.mkdir(exist_ok=True)  # a sweep that ended before its first part took its folder with it
    write_text(folder / "job.json", json.dumps({"overrides": overrides, **told}, indent=1, ensure_ascii=False) + "\n")


def _report(folder: Path, jobs: int) -> int:
    import json

    codes = []
    for n in range(jobs):
        path = folder / str(n) / "job.json"
        codes.append(json.loads(path.read_text(encoding="utf-8"))["exit_code"] if path.is_file() else MACHINE)
    done = codes.count(DONE)
    print(f"results: {folder}")
    print(
        f"answer: {done} of {jobs} jobs done"
        + ("" if done == jobs else f"; job.json in {folder}/N says why the others failed")
    )
    return DONE if done == jobs else SOME_FAILED


VERBS: dict[str, Verb] = {
    "run": Verb(
        "one scenario: an ensemble of runs, tables, figures",
        (
            "tariffsim run",
            "tariffsim run scenario=geneva truce.length_weeks=26 runs=1000",
            "tariffsim run -m scenario=london,geneva linkage.cn=0,0.5,1",
        ),
        _execute,
    ),
    "sweep": Verb(
        "a design of many scenarios around one; resumable",
        (
            "tariffsim sweep sweep=linkage_by_deadline",
            "tariffsim sweep sweep_file=my_sweep.yaml scenario=breakthrough",
            "tariffsim sweep resume=outputs/sweep/linkage_by_deadline-20251123T101500Z",
        ),
        _execute,
    ),
    "validate": Verb(
        "known answers and patterns of the record: what the model meets, and what not",
        ("tariffsim validate", "tariffsim validate runs=500 --strict"),
        _validate,
    ),
    "reproduce": Verb(
        "make a result again and compare it bit for bit",
        ("tariffsim reproduce outputs/run/london_2025-20251123T101500Z",),
        _with_path,
        takes_path=True,
    ),
    "bundle": Verb(
        "a result as one archive for a data repository",
        ("tariffsim bundle outputs/run/london_2025-20251123T101500Z --license CC-BY-4.0",),
        _with_path,
        takes_path=True,
    ),
}
