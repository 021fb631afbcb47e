"""One archive of a result, the same bytes each time; and archives from strangers, which may only
hold plain files in their place.
"""

from __future__ import annotations

import getpass
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import sim
from sim.cli import main
from sim.config.errors import SimError
from sim.reproduction.archive import CRATE, make_bundle, unpack


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_a_bundle_comes_out_the_same(verb, copy_of, tmp_path, capsys):
    folder = copy_of(verb)
    assert main(["bundle", str(folder), "license=CC-BY-4.0"]) == 0
    assert str(tmp_path / f"a {verb}.zip") in capsys.readouterr().out
    shutil.rmtree(folder)
    found = sim.reproduce(tmp_path / f"a {verb}.zip")
    assert found.same and found.tier == "T0" and found.name == f"a {verb}.zip"


def test_the_same_result_gives_the_same_bytes(copy_of, tmp_path):
    folder = copy_of("sweep")
    one = make_bundle(folder, tmp_path / "one.zip")
    for path in sorted(folder.rglob("*"), reverse=True):
        path.touch()
    two = make_bundle(folder, tmp_path / "two.zip")
    assert one.read_bytes() == two.read_bytes()
    assert make_bundle(folder, one) == one


def test_an_archive_that_is_there_is_not_replaced_by_another(copy_of, tmp_path):
    (tmp_path / "one.zip").write_bytes(b"something dear")
    with pytest.raises(SimError, match="already"):
        make_bundle(copy_of("run"), tmp_path / "one.zip")
    assert (tmp_path / "one.zip").read_bytes() == b"something dear"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a run", "one.zip"]


def test_a_bundle_holds_what_the_manifest_lists_and_no_place_of_this_machine(copy_of, tmp_path):
    folder = copy_of("run")
    (folder / "diary.txt").write_text("dear me", encoding="utf-8")
    with zipfile.ZipFile(make_bundle(folder, tmp_path / "one.zip")) as archive:
        names = archive.namelist()
        everything = b"".join(archive.read(name) for name in names)
        text = b"".join(archive.read(name) for name in names if not name.endswith(".parquet"))
    assert names == [
        CRATE,
        "acts.parquet",
        "codebook.csv",
        "example.json",
        "example.parquet",
        "manifest.json",
        "runs.parquet",
        "scenario.yaml",
        "transcript.parquet",
        "weeks.parquet",
    ]
    assert str(tmp_path).encode() not in everything and b"/home/" not in everything
    for private in (
        os.uname().nodename,
        getpass.getuser(),
        str(Path(sim.__file__).parent),
        str(Path.home()) + os.sep,
    ):
        # a name of two letters stands in any packed numbers by chance
        assert f'"{private}'.encode() not in (everything if len(private) > 4 else text), private


def test_a_bundle_of_a_changed_result_is_refused(copy_of, tmp_path):
    folder = copy_of("run")
    (folder / "scenario.yaml").write_text("name: x\n", encoding="utf-8")
    with pytest.raises(SimError, match=r"scenario.yaml was changed"):
        make_bundle(folder)


def test_the_crate_names_every_file_and_says_what_made_it(copy_of, tmp_path):
    with zipfile.ZipFile(make_bundle(copy_of("run"), tmp_path / "one.zip", "CC-BY-4.0")) as archive:
        crate = json.loads(archive.read(CRATE))
        names = set(archive.namelist()) - {CRATE}
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert crate["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    assert graph[CRATE]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"} and graph[CRATE][
        "about"
    ] == {"@id": "./"}
    root = graph["./"]
    assert (
        root["license"]["@id"].endswith("/CC-BY-4.0")
        and len(root["datePublished"]) == 10
        and root["name"]
    )
    assert {part["@id"] for part in root["hasPart"]} == names <= set(graph)
    assert root["mentions"] == {"@id": "#run-0"}
    assert graph["#run-0"]["object"] == {"@id": "scenario.yaml"}
    assert "codebook" in graph["codebook.csv"]["description"]
    assert len(graph["runs.parquet"]["sha256"]) == 64


def test_the_crate_names_its_author_or_says_that_none_is_named(copy_of, tmp_path):
    folder = copy_of("run")
    for author, kind in (("", "Organization"), ("Ada Lovelace", "Person")):
        target = make_bundle(folder, tmp_path / f"{kind}.zip", author=author)
        with zipfile.ZipFile(target) as archive:
            graph = {one["@id"]: one for one in json.loads(archive.read(CRATE))["@graph"]}
        named = graph[graph["./"]["author"]["@id"]]
        assert named["@type"] == kind and named["name"].startswith(author or "not stated")
        assert graph["#run-0"]["agent"] == graph["./"]["author"]
        assert graph[graph["./"]["license"]["@id"]]["name"].startswith("not stated")


VALIDATE = """
import sys, zipfile
from io import BytesIO
from pathlib import Path
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from rocrate_validator import models, services
from urllib3 import HTTPResponse

context, cache, crate = sys.argv[1:]

class Held(HTTPAdapter):
    def send(self, request, **_):
        body = zipfile.ZipFile(context).read("rocrate/data/ro-crate.jsonld")
        kind = {"Content-Type": "application/ld+json"}
        raw = HTTPResponse(BytesIO(body), headers=kind, status=200, preload_content=False)
        return self.build_response(request, raw)

session = CachedSession(cache_name=cache, expire_after=-1)
session.mount("https://", Held())
session.get("https://w3id.org/ro/crate/1.1/context")
found = services.validate(models.ValidationSettings(
    rocrate_uri=crate, profile_identifier="process-run-crate", offline=True, cache_path=cache,
    requirement_severity=models.Severity.RECOMMENDED,
))
for issue in found.get_issues(models.Severity.RECOMMENDED):
    print(issue.severity, issue.check.identifier, issue.message)
print("passed" if found.passed(models.Severity.RECOMMENDED) else "failed")
"""


@pytest.mark.nightly
@pytest.mark.parametrize("kind", ["run", "sweep"])
def test_a_validator_finds_nothing_required_or_recommended_missing(
    kind, copy_of, tmp_path, monkeypatch
):
    # as long as CITATION.cff has no address, the program has none that a validator takes
    monkeypatch.setattr("sim.reproduction.archive.address", lambda: "https://example.org/tariffsim")
    who = {"author": "Ada Lovelace", "organization": "University of Here, https://example.org"}
    target = make_bundle(copy_of(kind), tmp_path / "one.zip", "CC-BY-4.0", **who)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    python = tmp_path / "env" / "bin" / "python"
    pip = [python, "-m", "pip", "-q"]
    subprocess.run([*pip, "install", "roc-validator>=0.13"], check=True)
    # the last release that holds the context of RO-Crate 1.1
    old = ["--no-deps", "--only-binary", ":all:", "-d", tmp_path, "rocrate==0.13.0"]
    subprocess.run([*pip, "download", *old], check=True)
    (context,) = tmp_path.glob("rocrate-*.whl")
    words = [context, tmp_path / "cache", target]
    done = subprocess.run(
        [python, "-c", VALIDATE, *words], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1:] == ["passed"], done.stdout + done.stderr[-2000:]


def test_a_multirun_is_bundled_without_the_places_in_its_jobs(copy_of, tmp_path):
    many = tmp_path / "many"
    for number in ("0", "1"):
        shutil.copytree(copy_of("run"), many / number)
        shutil.rmtree(tmp_path / "a run")
        told = {
            "overrides": ["seed=1", f"++run.out='{tmp_path}'"],
            "exit_code": 0,
            "answer": "so and so",
        }
        (many / number / "job.json").write_text(json.dumps(told), encoding="utf-8")
    (many / "2").mkdir()
    failed = {"overrides": [], "exit_code": 3, "answer": f"Traceback: {tmp_path}"}
    (many / "2/job.json").write_text(json.dumps(failed), encoding="utf-8")
    target = make_bundle(many, tmp_path / "many.zip")
    with zipfile.ZipFile(target) as archive:
        assert json.loads(archive.read("0/job.json"))["overrides"] == ["seed=1"]
        assert all(str(tmp_path).encode() not in archive.read(name) for name in archive.namelist())
    found = sim.reproduce(target)
    assert found.same and len(found.parts) == 2 and "not recomputed: 2" in str(found)


def _entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "a/../../evil",
        "/evil",
        "C:evil",
        "a\\..\\evil",
        "a//evil",
        "./evil",
        "a\nb",
        "x" * 501,
        "..",
    ],
    ids=repr,
)
def test_a_name_that_leads_elsewhere_is_refused_before_anything_is_written(name, tmp_path):
    archive, folder = tmp_path / "evil.zip", tmp_path / "into"
    folder.mkdir()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(_entry("fine"), b"x")
        made.writestr(_entry(name), b"x")
    with pytest.raises(SimError, match="leads elsewhere"):
        unpack(archive, folder)
    assert list(folder.iterdir()) == [] and sorted(p.name for p in tmp_path.iterdir()) == [
        "evil.zip",
        "into",
    ]


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK], ids=stat.filemode
)
def test_anything_but_a_plain_file_is_refused(kind, tmp_path):
    (tmp_path / "into").mkdir()
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as made:
        made.writestr(_entry("manifest.json", kind | 0o777), b"/etc/passwd")
    with pytest.raises(SimError, match="plain files"):
        unpack(tmp_path / "evil.zip", tmp_path / "into")
    assert list((tmp_path / "into").iterdir()) == []


def test_a_zip_bomb_is_refused_by_ratio_and_by_size(tmp_path):
    (tmp_path / "into").mkdir()
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("manifest.json", bytes(30_000_000))
    with zipfile.ZipFile(tmp_path / "large.zip", "w") as made:
        made.writestr("manifest.json", bytes(5_000))
    with pytest.raises(SimError, match="unpacks to too much"):
        unpack(tmp_path / "bomb.zip", tmp_path / "into")
    with pytest.raises(SimError, match="unpacks to too much"):
        unpack(tmp_path / "large.zip", tmp_path / "into", most_bytes=4_999)
    assert list((tmp_path / "into").iterdir()) == []


def test_a_size_that_is_a_lie_does_not_unpack_to_more_than_it_says(tmp_path):
    (tmp_path / "into").mkdir()
    archive = tmp_path / "lie.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("big", bytes(3_000_000))
    archive.write_bytes(
        archive.read_bytes().replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    )
    with pytest.raises(SimError, match="not a readable archive"):
        unpack(archive, tmp_path / "into")
    assert sum(path.stat().st_size for path in (tmp_path / "into").iterdir()) <= 10


@pytest.mark.parametrize(
    "broken", ["text", "cut", "flipped", "twice", "below a file", "empty", "packed otherwise"]
)
def test_a_broken_archive_is_refused_without_a_traceback(broken, copy_of, tmp_path, capsys):
    path = tmp_path / "b.zip"
    make_bundle(copy_of("run"), path)
    whole = path.read_bytes()
    if broken == "text":
        path.write_text("not a zip file", encoding="utf-8")
    elif broken == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif broken == "flipped":
        middle = whole.index(b"PAR1") + 40
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    else:
        names = {
            "twice": ["a", "A"],
            "below a file": ["a", "a/b"],
            "empty": [],
            "packed otherwise": ["a"],
        }[broken]
        packed = zipfile.ZIP_LZMA if broken == "packed otherwise" else zipfile.ZIP_STORED
        with zipfile.ZipFile(path, "w", packed) as made:
            for name in names:
                made.writestr(name, b"x")
    assert main(["reproduce", str(path)]) == 2
    err = capsys.readouterr().err
    assert "Traceback" not in err and "b.zip" in err
