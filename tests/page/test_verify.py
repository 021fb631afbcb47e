"""The page computes runs of a result again: what is right passes, and nothing that was changed does."""

from __future__ import annotations

import base64
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.browser.module import engine_source
from sim.cli import main
from sim.config.compose import load
from sim.config.params import flatten
from sim.results.columns import Notes, runs_columns
from sim.results.files import file_hash, write_table
from sim.rules.measures import RUN

Node = Callable[..., Any]
SEED = 2**63 + 12345
# given: [{name: base64}, ...], and where one is a zip archive {"zip": base64}
VERIFY = """(0, eval)(given.engine);
const schema = new use.Schema(contents);
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const verdicts = [];
for (const files of given.results) {
  const given = await use.readFiles(schema, new Map(Object.entries(files).map(([name, text]) => [name, bytes(text)])));
  verdicts.push(given.problem ? { problem: given.problem } : await given.verify());
}
answer(verdicts);"""
FLIPS = """(0, eval)(given.engine);
const schema = new use.Schema(contents);
const archive = new Uint8Array(Buffer.from(given.archive, "base64"));
const passed = [];
for (const bit of given.bits) {
  const changed = archive.slice();
  changed[bit >> 3] ^= 1 << (bit & 7);
  const read = await use.readFiles(schema, new Map([["b.zip", changed]]));
  const verdict = read.problem ? { equal: false, words: read.problem } : await read.verify();
  if (verdict.equal || !verdict.words) passed.push([bit, verdict]);
}
answer(passed);"""
MODULES = "settings drop words"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result of 230 runs, without pictures."""
    folder = tmp_path_factory.mktemp("result") / "r"
    words = ["run", "scenario=breakthrough", "runs=230", f"seed={SEED}", "figures.draw=false"]
    assert main([*words, "figures.report=false", f"folder={folder}"]) == 0
    return folder


def files_of(folder: Path, root: str = "r/") -> dict[str, str]:
    return {
        f"{root}{path.relative_to(folder).as_posix()}": base64.b64encode(path.read_bytes()).decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def verdicts(node: Node, *results: dict[str, str]) -> list[dict[str, Any]]:
    given = {"engine": engine_source(), "results": list(results)}
    found = node(MODULES, VERIFY, given)
    assert isinstance(found, list)
    return found


def archive_of(folder: Path, target: Path) -> Path:
    assert main(["bundle", str(folder), f"out={target}"]) == 0
    return target


def changed(folder: Path, target: Path, column: str, row: int, value: object) -> dict[str, str]:
    """The result with one number changed and the manifest made to fit, as a forger would."""
    shutil.copytree(folder, target)
    table = pd.read_parquet(target / "runs.parquet")
    table[column] = table[column].astype(object) if isinstance(value, str) else table[column]
    table.loc[row, column] = value
    notes: Notes = {}
    write_table(table, target / "runs.parquet", notes)
    rewrite(target, lambda manifest: None)
    return files_of(target)


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a manifest, and list its files as they are."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    for name in manifest["files"]:
        path = folder / name
        manifest["files"][name] = {"bytes": path.stat().st_size, "sha256": file_hash(path)}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.nightly
def test_a_right_result_passes_as_folder_and_as_archive(
    node: Node, result: Path, tmp_path: Path
) -> None:
    archive = archive_of(result, tmp_path / "b.zip")
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(result.rglob("*")):
            file.write(path, f"deep/er/{path.relative_to(result)}")
    zips = [{"b.zip": base64.b64encode(one.read_bytes()).decode()} for one in (archive, packed)]
    for verdict in verdicts(node, files_of(result), files_of(result, ""), *zips):
        assert verdict["equal"] and verdict["runs"] == 200, verdict
        assert verdict["words"].startswith("Equal: 200 of 230 runs computed again")


def test_a_right_result_passes(node: Node, small_result: Path) -> None:
    (verdict,) = verdicts(node, files_of(small_result))
    assert verdict["equal"] and verdict["runs"] == 20, verdict


@pytest.mark.nightly
def test_one_number_changed_by_a_forger_is_named(
    node: Node, small_result: Path, tmp_path: Path
) -> None:
    table = pd.read_parquet(small_result / "runs.parquet")
    last = float(table["payoff.us"].iloc[19])
    asked = [
        ("payoff.us", 19, float(np.nextafter(last, np.inf))),
        ("extensions", 0, int(table["extensions"].iloc[0]) + 1),
        (
            "outcome",
            19,
            "breakdown" if table["outcome"].iloc[19] != "breakdown" else "narrow_deal",
        ),
        ("weeks_to_first_deal", 0, float("nan")),
    ]
    found = verdicts(
        node, *(changed(small_result, tmp_path / str(k), *one) for k, one in enumerate(asked))
    )
    for (column, row, _), verdict in zip(asked, found, strict=True):
        assert not verdict["equal"] and "first" in verdict, verdict
        assert (verdict["first"]["run"], verdict["first"]["column"]) == (row, column), verdict
        assert f"in run {row}, {column} is " in verdict["words"]


def test_other_rules_are_said_with_the_version_that_would_do(
    node: Node, small_result: Path, tmp_path: Path
) -> None:
    shutil.copytree(small_result, tmp_path / "o")
    rewrite(tmp_path / "o", lambda manifest: manifest.update(rules="0" * 64))
    (verdict,) = verdicts(node, files_of(tmp_path / "o"))
    assert not verdict["equal"] and verdict["words"].startswith("Not checked")
    assert (
        f"computed by other rules (version {sim.__version__}, rules 00000000)" in verdict["words"]
    )


def test_what_is_no_result_gets_a_sentence(node: Node, small_result: Path, tmp_path: Path) -> None:
    own = files_of(small_result)

    def but(**changes: bytes | None) -> dict[str, str]:
        found = dict(own)
        for name, content in changes.items():
            key = f"r/{name.replace('_', '.')}"
            if content is None:
                del found[key]
            else:
                found[key] = base64.b64encode(content).decode()
        return found

    manifest = json.loads((small_result / "manifest.json").read_text(encoding="utf-8"))
    parquet = (small_result / "runs.parquet").read_bytes()

    def manifest_with(**changes: object) -> dict[str, str]:
        return but(manifest_json=json.dumps({**manifest, **changes}).encode())

    archive = archive_of(small_result, tmp_path / "b.zip").read_bytes()

    def zipped(content: bytes) -> dict[str, str]:
        return {"b.zip": base64.b64encode(content).decode()}

    hostile = {
        "nothing": {},
        "a picture": {"x.png": ""},
        "an empty archive": zipped(b""),
        "no archive": zipped(b"not a zip"),
        "half an archive": zipped(archive[: len(archive) // 2]),
        "the end of an archive": zipped(archive[len(archive) // 2 :]),
        "an end alone": zipped(b"PK\x05\x06" + b"\xff" * 18),
        "no manifest": but(manifest_json=None),
        "no table": but(runs_parquet=None),
        "no scenario": but(scenario_yaml=None),
        "an empty manifest": but(manifest_json=b""),
        "a manifest of another program": but(manifest_json=b"{}"),
        "a list for a manifest": but(manifest_json=b"[]"),
        "nothing for a manifest": but(manifest_json=b"null"),
        "a deep manifest": but(manifest_json=b"[" * 100_000),
        "a later manifest": manifest_with(schema=2),
        "a sweep": manifest_with(verb="sweep"),
        "strategies of one's own": manifest_with(strategies=["mine"]),
        "no files": manifest_with(files={}),
        "files that are none": manifest_with(files=3),
        "no seed": manifest_with(run={**manifest["run"], "seed": "x"}),
        "a negative seed": manifest_with(run={**manifest["run"], "seed": -1}),
        "another seed": manifest_with(run={**manifest["run"], "seed": 2}),
        "no scenario in the manifest": manifest_with(scenario=None),
        "another scenario in the manifest": manifest_with(
            scenario={**manifest["scenario"], "truce": {**manifest["scenario"]["truce"], "length_weeks": 20}}
        ),
        "a scenario out of bounds": manifest_with(
            scenario={**manifest["scenario"], "truce": {**manifest["scenario"]["truce"], "length_weeks": 0}}
        ),
        "a scenario file of code": but(scenario_yaml=b"name: !!python/name:os.system\n"),
        "another scenario file": but(scenario_yaml=b"base: london\n"),
        "an empty table": but(runs_parquet=b""),
        "a table of text": but(runs_parquet=b"run,outcome\n0,breakthrough\n"),
        "half a table": but(runs_parquet=parquet[: len(parquet) // 2]),
        "a table with a huge footer": but(runs_parquet=b"PAR1" + b"\xff\xff\xff\x7fPAR1"),
    }  # fmt: skip
    for name, verdict in zip(hostile, verdicts(node, *hostile.values()), strict=True):
        words = verdict.get("problem") or verdict["words"]
        assert not verdict.get("equal"), name
        assert 20 < len(words) < 700 and "undefined" not in words, (name, words)


@pytest.mark.parametrize("name", ["london", "geneva"])
def test_the_page_knows_every_column_of_a_table_of_runs(node: Node, name: str) -> None:
    scenario = load(f"scenario={name}")
    columns = runs_columns(np.zeros(1, RUN), flatten(scenario), np.zeros(1, np.int64))
    found = node(
        "settings verify",
        """const scenario = contents.scenarios.find((one) => one.name === given);
        answer(use.columnsOf(new use.Schema(contents), scenario).map(({ column }) => column));""",
        scenario.name,
    )
    assert ["run", *found] == list(columns)


def tables_without_hashes(node: Node, tables: list[bytes]) -> Any:
    return node(
        "parquet words",
        """const found = [];
        for (const text of given) {
          try {
            const table = await use.readTable(new Uint8Array(Buffer.from(text, "base64")), contents.decoder);
            found.push([...table].map(([name, values]) => [name, values]));
          } catch (error) {
            if (!(error instanceof use.Refused)) throw error;
            found.push(error.message);
          }
        }
        answer(found);""",
        [base64.b64encode(one).decode() for one in tables],
    )


def test_a_table_reads_as_it_was_written(node: Node, small_result: Path, tmp_path: Path) -> None:
    (found,) = tables_without_hashes(node, [(small_result / "runs.parquet").read_bytes()])
    table = pd.read_parquet(small_result / "runs.parquet")
    assert [name for name, _ in found] == list(table.columns)
    for name, values in found:
        wanted = [None if pd.isna(value) else value for value in table[name].tolist()]
        assert values == wanted, name


@pytest.mark.nightly
def test_a_damaged_table_is_refused_whatever_its_hash(node: Node, small_result: Path) -> None:
    whole, rng = (small_result / "runs.parquet").read_bytes(), np.random.default_rng(3)
    damaged = []
    for bit in rng.integers(0, 8 * len(whole), 40):
        content = bytearray(whole)
        content[bit >> 3] ^= 1 << (bit & 7)
        damaged.append(bytes(content))
    (right,) = tables_without_hashes(node, [whole])
    numbers = [values for _, values in right]
    # what may be read is the same numbers: a bit of the metadata, which may be that of a name
    for found in tables_without_hashes(node, damaged):
        assert isinstance(found, str) or [values for _, values in found] == numbers


def flips(node: Node, archive: bytes, bits: list[int]) -> Any:
    given = {
        "engine": engine_source(),
        "archive": base64.b64encode(archive).decode(),
        "bits": bits,
    }
    return node(MODULES, FLIPS, given)


def bits_of_numbers(archive: Path, count: int) -> list[int]:
    """Bits within the tables of an archive, at random."""
    rng, places = np.random.default_rng(7), list[int]()
    content = archive.read_bytes()
    with zipfile.ZipFile(archive) as file:
        for entry in file.infolist():
            if entry.filename.endswith((".parquet", ".csv", ".json", ".yaml")):
                assert entry.compress_type == zipfile.ZIP_STORED
                start = content.index(file.read(entry))
                places += range(8 * start, 8 * (start + entry.file_size))
    return [int(bit) for bit in rng.choice(places, count, replace=False)]


@pytest.mark.parametrize("count", [25, pytest.param(400, marks=pytest.mark.nightly)])
def test_no_flipped_bit_passes(node: Node, small_result: Path, tmp_path: Path, count: int) -> None:
    archive = archive_of(small_result, tmp_path / "b.zip")
    assert flips(node, archive.read_bytes(), bits_of_numbers(archive, count)) == []
