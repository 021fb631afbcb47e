"""Every example of README and docs runs as printed: Python is executed, files are loaded, command
lines through the command line.

Command lines run with a few runs in place of many; what cannot be run here stands in
:data:`NOT_RUN`, with the reason.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import sim
from sim.cli import VERBS, main
from sim.config import locate, tree
from sim.config.compose import write_scenario
from sim.sweeps.named import load_sweep
from tests.exercises.test_genius import CN, DOMAIN, US

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "outputs" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
LANGUAGES = ("bash", "python", "yaml", "js")  # js: tests/browser runs the same calls of engine.js

# the first words of a block or command line that is not run -> why
NOT_RUN = {
    "make run": "sets up an environment; .ci/run runs it",
    "make test": "runs this suite",
    "tariffsim sweep sweep=all_levers_sobol run.executor=dask run.address=tcp://host:8786": "needs a cluster",
    "tariffsim sweep resume=outputs/sweep/NAME run.executor=dask run.address=tcp://host:8786": "needs a cluster",
    "tariffsim run -m scenario=london,geneva,breakthrough runs=20000 hydra/launcher=submitit_slurm": "needs SLURM",
    'import sim\n\nif __name__ == "__main__":          # worker processes': "needs a Dask cluster",
    "import sim\nfrom dask_jobqueue import": "needs dask-jobqueue and SLURM",
    "import sim\nfrom dask_kubernetes.operator import": "needs dask-kubernetes and a cluster",
    "#!/bin/bash\n#SBATCH": "a job for SLURM",
    "tariffsim discover from=outputs/sweep/NAME outcome=breakthrough": "needs a finished sweep of many points; tests/verbs/test_discover.py makes one",
    "pip install 'solara": "tests/agents/test_solara.py installs it",
    "import sim\nfrom mesa.visualization": "needs solara; tests/agents/test_solara.py steps it in a browser",
    "make wasm": "tests/browser builds the module",
    "import numpy as np\nimport sim\nfrom sim.browser.execute": "needs the built module; tests/browser makes the same call",
    "python -m sim.browser": "tests/browser builds the module",
    "make page": "tests/page builds the page",
    "python -m sim.page": "tests/page builds the page",
    "tariffsim page": "needs the built module; tests/verbs/test_page.py makes such pages",
    "tariffsim page scenario=london,geneva runs=1000 seed=2": "needs the built module; tests/verbs/test_page.py makes such pages",
    "tariffsim page scenario=london truce.length_weeks=26 folder=results/workshop": "needs the built module; tests/verbs/test_page.py makes such pages",
    "tariffsim page scenario=tactical_pause,breakthrough": "needs the built module; tests/verbs/test_page.py makes such pages",
    "tariffsim app": "needs the built module; tests/verbs/test_page.py makes such pages",
    "tariffsim app scenario=tactical_pause,breakthrough": "needs the built module; tests/verbs/test_page.py makes such pages",
    "python -m benchmarks": "minutes on an idle machine; tests/benchmarks runs each group with few runs",
    "python -m benchmarks quick fair kernel": "the same",
    "python -m benchmarks fair kernel growth": "the same",
    "python -m benchmarks browser": "the same",
    "python -m benchmarks.coverage": "minutes; tests/analysis/test_coverage.py runs each row with few seeds",
}
NIGHTLY = (
    "tariffsim reach outcome=narrow_deal share=0.5 cap.breakdown=0.2 from=london levers=resolve.trade,truce",
    "tariffsim claims",
    "tariffsim validate",
    "tariffsim validate runs=500 --strict",
    "tariffsim validate observed=observed_months.csv",
    # the questions by tests/docs/test_three_questions.py, the variants by tests/studies/test_variants.py
    "tariffsim compare left=london issues.military_magnets.terms=0.5 issues.ai_chips.terms=0.2",
    "tariffsim compare left=london truce.max_extensions=2 outcome=breakdown",
    "tariffsim compare left=london licensing=general_licence outcome=narrow_deal",
    "tariffsim ask extended twice then no truce within=52w",
    "tariffsim compare variants=variants.yaml runs=500",
    "tariffsim reach outcome=narrow_deal share=0.5 from=london levers=resolve.trade,truce",
    "tariffsim sweep sweep=all_levers_sobol run.executor=dask",
)
FEW = {
    "run": ["runs=2", "draw=false", "figures.report=false"],
    "sweep": ["sweep.points=8", "sweep.runs=1", "draw=false", "figures.report=false"],
    "tournament": ["runs=2", "figures.format=png"],
    "claims": ["runs=2", "figures.format=png"],
    "exercise": ["runs=2", "draw=false", "figures.report=false"],
    "compare": ["runs=2", "figures.format=png"],
    "ask": ["runs=8", "draw=false"],
    "sensitivity": ["runs=2", "trajectories=4", "points=64", "most=3", "draw=false"],
    "discover": ["runs=2", "points=100", "figures.format=png"],
    "reach": ["runs=200", "figures.format=png"],
    "validate": ["runs=20"],
}


VARIANTS = "variants: {short: {truce.length_weeks: 6}, general: {licensing: general_licence}}\n"
MONTHS = "month,us_imports_from_cn_usd_bn,magnets_to_us_t\n2025-06,18.899,353\n2025-07,26.384,619\n2025-08,25.371,\n"


@dataclass(frozen=True)
class Block:
    """One fenced example."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def _blocks() -> list[Block]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"^```(.*)\n((?:.*\n)*?)```$", text, re.MULTILINE):
            line = text[: match.start()].count("\n") + 1
            found.append(Block(str(page.relative_to(ROOT)), line, match[1].strip(), match[2]))
    return found


BLOCKS = _blocks()
SKIPPED = {start for start in NOT_RUN for block in BLOCKS if start in block.text}


def _lines() -> list[tuple[str, list[str]]]:
    """(place, words) of every command line of pages and help that is run, each once."""
    found = []
    for block in BLOCKS:
        if block.language == "bash" and not any(
            block.text.startswith(start) for start in NOT_RUN if "\n" in start
        ):
            for n, line in enumerate(block.text.splitlines()):
                words = shlex.split(line, comments=True)
                if words:
                    found.append((f"{block.page}:{block.line + 1 + n}", words))
    for page in PAGES:
        for text in re.findall(r"`(tariffsim \w+ [^`]*=[^`]*)`", page.read_text(encoding="utf-8")):
            found.append((f"{page.name}, in a sentence", shlex.split(text)))
    for verb in VERBS:
        for text in re.findall(r"^  (tariffsim .*)", _help(verb), re.MULTILINE):
            found.append((f"{verb} --help", shlex.split(text)))
    once = {
        " ".join(words).removeprefix(".venv/bin/"): (place, words)
        for place, words in reversed(found)
    }
    return [once[line] for line in reversed(once) if line not in NOT_RUN]


def _help(verb: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as told:
        main([verb, "--help"])
    return told.getvalue()


_SLOW_PAGES = (
    "glossary.md",
    *(f"docs/{name}.md" for name in ("claims", "discover", "reach", "sensitivity", "precision")),
)


def _marked(place: str, words: list[str]) -> object:
    line = " ".join(words).removeprefix(".venv/bin/")
    # the glossary's are composed and run in part by tests/config/test_glossary.py
    # and lines of studies by the tests of their verbs
    slow = line in NIGHTLY or place.startswith(_SLOW_PAGES)
    return pytest.param(words, id=f"{place} {line}", marks=[pytest.mark.nightly] if slow else [])


def test_every_block_says_its_language() -> None:
    assert len(BLOCKS) > 20
    assert [str(block) for block in BLOCKS if block.language not in LANGUAGES] == []


def test_nothing_is_left_out_that_is_not_there() -> None:
    assert set(NOT_RUN) == SKIPPED
    lines = {" ".join(words).removeprefix(".venv/bin/") for _, words in _lines()}
    assert set(NIGHTLY) <= lines


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to work in, with a copy of the config groups that may be added to."""
    configs = tmp_path / "configs"
    shutil.copytree(locate.configs_folder(), configs)
    monkeypatch.setattr(
        locate, "shipped", lambda name: tmp_path / name if name == "configs" else ROOT / name
    )
    monkeypatch.chdir(tmp_path)
    _forget()
    yield tmp_path
    _forget()


def _forget() -> None:
    """What was read of the config groups: a process reads them once."""
    tree.forget()


@pytest.mark.parametrize(
    "page", sorted({block.page for block in BLOCKS if block.language == "python"})
)
def test_python_runs_from_the_top_of_a_page_to_its_end(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_scenario(sim.load("scenario=geneva"), "colleague.yaml")
    space: dict[str, object] = {"__name__": "__main__"}
    for block in BLOCKS:
        if (block.page, block.language) == (page, "python") and not any(
            block.text.startswith(start) for start in NOT_RUN
        ):
            exec(compile(block.text, str(block), "exec"), space)  # the pages of our own repository


@dataclass(frozen=True)
class Results:
    """What command lines of the pages speak of: made by a run and a sweep of their own."""

    run: Path
    sweep: Path
    folder: Path


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A run and an unfinished sweep, and beside them what came alone: a manifest, a report, a
    bundle, a scenario.
    """
    folder = tmp_path_factory.mktemp("results")
    few = ["draw=false", "figures.report=false"]
    assert main(["run", "runs=2", "draw=false", f"out={folder / 'outputs'}"]) == 0
    assert main(["sweep", "sweep.runs=1", *few, f"out={folder / 'outputs'}"]) == 0
    (run,), (sweep,) = (list((folder / "outputs" / verb).iterdir()) for verb in ("run", "sweep"))
    for name in ("manifest.json", "scenario.yaml", "report.html"):
        shutil.copy(run / name, folder)
    assert main(["bundle", str(run), "license=CC-BY-4.0", f"out={folder / 'result.zip'}"]) == 0
    (sweep / "manifest.json").unlink()
    return Results(run, sweep, folder)


@pytest.mark.parametrize("words", [_marked(*line) for line in _lines()])
def test_a_command_line_runs(
    words: list[str], results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.yaml").write_text(_yaml("linkage_breaks:"), encoding="utf-8")
    for name in {"manifest.json", "scenario.yaml", "report.html", "result.zip"}.intersection(
        words
    ):  # each comes alone
        shutil.copy(results.folder / name, tmp_path)
    shutil.copytree(results.folder / "outputs", tmp_path / "outputs")
    (tmp_path / "my_sweep.yaml").write_text(_yaml("name: my_sweep"), encoding="utf-8")
    (tmp_path / "scripted.yaml").write_text(_yaml("kind: transcript"), encoding="utf-8")
    (tmp_path / "case_sheet.yaml").write_text(_yaml("parties: [buyer"), encoding="utf-8")
    for name in ("offers.csv", "transcript.csv"):
        (tmp_path / name).write_text(_indented("exercises.md", "party,price"), encoding="utf-8")
    if "file=talks" in words:  # what the line before it on its page exports
        (tmp_path / "talks").mkdir()
        for name, text in (("domain", DOMAIN), ("us", US), ("cn", CN)):
            (tmp_path / "talks" / f"{name}.xml").write_text(text, encoding="utf-8")
    (tmp_path / "observed_months.csv").write_text(MONTHS, encoding="utf-8")
    (tmp_path / "variants.yaml").write_text(VARIANTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    while Path(words[0]).name != "tariffsim":
        words = words[1:]  # time and the like
    verb, *rest = (_here(word, results, tmp_path) for word in words[1:])
    if "--cfg" not in rest and "--info" not in rest:
        rest = [
            word
            for word in rest
            if not re.match(r"runs=|most=|(sweep\.)?points=|(figures\.)?draw=", word)
        ] + FEW.get(verb, [])
    named = next((word[6:] for word in rest if word.startswith("sweep=")), "linkage_by_deadline")
    from_file = any(word.startswith("sweep_file=") for word in rest)
    if verb == "sweep" and not from_file and load_sweep(named)[0].kind == "grid":
        rest = [word for word in rest if not word.startswith("sweep.points=")]
    if any(word.startswith("resume=") for word in rest):
        rest = [word for word in rest if not word.startswith("sweep.")]
    code = main([verb, *rest])
    assert code == 0 or (code == 1 and "--strict" in rest)  # so few runs meet less


def _here(word: str, results: Results, folder: Path) -> str:
    """A result that a page names, as the one that is here."""
    for verb, made in (("run", results.run), ("sweep", results.sweep)):
        word = re.sub(rf"outputs/{verb}/\S+", str(folder / "outputs" / verb / made.name), word)
    return word


def _yaml(head: str) -> str:
    """The YAML block that a line begins with."""
    (found,) = [block.text for block in BLOCKS if block.language == "yaml" and head in block.text]
    return found


def _indented(page: str, head: str) -> str:
    """The table that stands indented in a page and begins so."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    (found,) = [
        block for block in re.findall(r"(?:^    \S.*\n)+", text, re.MULTILINE) if head in block
    ]
    return "".join(line[4:] for line in found.splitlines(keepends=True))


def test_the_table_of_points_is_read(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(
        _indented("exercises.md", "issue,option"), encoding="utf-8"
    )
    exercise = sim.exercises.read_exercise(tmp_path / "points.csv")
    assert exercise.walk_away == (20.0, 30.0) and exercise.count == 4


def test_every_yaml_block_is_read_by_a_test() -> None:
    heads = (
        "parties: ",
        "linkage_breaks:",
        "max_extensions: 1",
        "name: autumn_2025",
        "base: geneva",
        "issues:\n",
        "  +graphite:",
        "kind: ",
        "from: ",
        "name: year_licences",
        "name: one_call",
    )
    assert [
        sum(head in block.text for head in heads) > 0
        for block in BLOCKS
        if block.language == "yaml"
    ] == [True] * 13


def test_the_questions_are_read_and_asked(workshop: Path) -> None:
    (workshop / "own.yaml").write_text(_yaml("from: london_2025"), encoding="utf-8")
    answers = sim.ask(workshop / "own.yaml", runs=4, settings=False).answers
    assert answers["question"].tolist() == ["truce_in_force", "twice"]
    assert answers["resolved"].tolist() == ["", "no"]


def test_the_settings_that_change_on_a_day_are_read(workshop: Path) -> None:
    (workshop / "mine.yaml").write_text(_yaml("name: year_licences"), encoding="utf-8")
    scenario = sim.load(file="mine.yaml")
    assert list(scenario.changes) == ["2025-12-01", "2026-03-02"]
    assert scenario.changes["2026-03-02"]["economy.us.ceiling_tariff"] == 0.6


def test_the_calendar_is_read(workshop: Path) -> None:
    (workshop / "own.yaml").write_text(_yaml("name: one_call"), encoding="utf-8")
    events = sim.load(file="own.yaml").calendar.events
    assert events["autumn_call"].weight == 0.4 and "g20_2025" not in events
    assert "apec_2025" in events


def test_the_claim_is_read(workshop: Path) -> None:
    from sim.studies.claim_file import build_claims, claims_path, read_claims

    (workshop / "mine.yaml").write_text(_yaml("linkage_breaks:"), encoding="utf-8")
    (stated,) = build_claims(read_claims("mine.yaml"))
    shipped = read_claims(claims_path())
    assert [stated] == list(build_claims(shipped, ("linkage_breaks",)))


def test_the_option_of_a_group_is_chosen(workshop: Path) -> None:
    (workshop / "configs" / "truce" / "half_year.yaml").write_text(
        _yaml("max_extensions: 1"), encoding="utf-8"
    )
    truce = sim.load("truce=half_year").truce
    assert (truce.length_weeks, truce.max_extensions) == (26, 1)


def test_the_scenario_is_chosen(workshop: Path) -> None:
    (workshop / "configs" / "scenario" / "autumn_2025.yaml").write_text(
        _yaml("name: autumn_2025"), encoding="utf-8"
    )
    scenario = sim.load("scenario=autumn_2025")
    assert (scenario.title, scenario.calendar.start) == ("Autumn 2025", "2025-08-12")
    assert scenario.cn.strategy.kind == "tit_for_tat"
    assert len(sim.run(scenario, runs=2).runs) == 2


def test_the_file_for_a_colleague_is_read(workshop: Path) -> None:
    (workshop / "soy.yaml").write_text(_yaml("base: geneva"), encoding="utf-8")
    scenario = sim.load(file="soy.yaml")
    assert (scenario.name, scenario.truce.length_weeks, scenario.calendar.start) == (
        "geneva_with_soy",
        26,
        "2025-05-12",
    )
    assert scenario.issues["soy"].owner == "cn" and "critical_minerals" not in scenario.issues


def test_the_mineral_is_added(workshop: Path) -> None:
    (workshop / "graphite.yaml").write_text(_yaml("  +graphite:"), encoding="utf-8")
    scenario = sim.load(file="graphite.yaml")
    assert scenario.minerals["graphite"].exposure == 20.0 and "gallium" in scenario.minerals


@pytest.mark.parametrize("where", ["a scenario", "an option"])
def test_the_issue_and_the_event_are_added(workshop: Path, where: str) -> None:
    items = _yaml("shocks:\n")
    if where == "a scenario":
        text = f"# Soy too.\n\ndefaults:\n  - _self_\n\nname: soy\n{items}"
        (workshop / "configs" / "scenario" / "soy.yaml").write_text(text, encoding="utf-8")
        scenario = sim.load("scenario=soy")
        assert scenario.shocks.events["midterms"].start == "2026-11-03"
    else:
        (soy,) = re.findall(r"^  (soy: .*)$", items, re.MULTILINE)
        text = f"# Soy too.\n\ndefaults:\n  - default\n  - _self_\n\n{soy}\n"
        (workshop / "configs" / "issues" / "with_soy.yaml").write_text(text, encoding="utf-8")
        scenario = sim.load("issues=with_soy")
    assert scenario.issues["soy"].owner == "cn"
    assert len(scenario.issues) == len(sim.load().issues) + 1
    assert len(sim.run(scenario, runs=2).runs) == 2


def test_the_sweep_is_run(workshop: Path) -> None:
    """As printed it is checked whole, point by point; run it is with fewer points and runs."""
    (workshop / "my_sweep.yaml").write_text(_yaml("name: my_sweep"), encoding="utf-8")
    few = [
        "sweep.points=8",
        "sweep.runs=2",
        "sweep.stopping.most_runs=3",
        "draw=false",
        "figures.report=false",
    ]
    assert main(["sweep", "sweep_file=my_sweep.yaml", "--cfg", "job"]) == 0
    assert main(["sweep", "sweep_file=my_sweep.yaml", *few]) == 0
    (folder,) = (workshop / "outputs" / "sweep").iterdir()
    assert len(set(sim.load_results(folder).table(["point"])["point"])) == 8


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "saltelli", "morris"])
def test_the_sweep_is_taken_with_each_kind_that_it_names(workshop: Path, kind: str) -> None:
    from sim.sweeps.sweep import prepare

    text = _yaml("name: my_sweep")
    assert kind in text
    if kind in ("saltelli", "morris"):  # which need every row, as the page says
        text = re.sub(r"^constraints: .*\n", "", text, flags=re.MULTILINE)
    (workshop / "configs" / "sweep" / "my_sweep.yaml").write_text(text, encoding="utf-8")
    sweep, scenario = load_sweep("my_sweep", overrides=[f"sweep.kind={kind}"])
    assert prepare(sweep, scenario).rows == {"saltelli": 256 * 6, "morris": 256 * 5}.get(kind, 256)
