"""Result folders, plans, archives and tables as a stranger may hand them over, or as damage leaves
them.

Each maker spoils a whole result in place. A case says which verb then takes the folder, how that
must end and what must be said.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Make = Callable[
    [Path, Path], None
]  # (the folder, a folder beside it that belongs to somebody else)

RESUME = ("sweep", "resume={}", "figures.draw=false", "figures.report=false")
REPRODUCE = ("reproduce", "{}")
BUNDLE = ("bundle", "{}", "out={}.zip")
WHOLE, REFUSED, EITHER = (0,), (2, 3), (0, 1, 2, 3)


@dataclass(frozen=True)
class Case:
    """What is done to a result, the words that then take it, the exit codes allowed, and what
    standard error must hold.
    """

    verb: str  # whose result is spoilt: run or sweep
    make: Make
    words: tuple[str, ...]
    codes: tuple[int, ...] = REFUSED
    says: str = ""
    quick: bool = False
    keeps: tuple[str, ...] = field(default=())  # files of the user's own that must stay


def parts(folder: Path) -> list[Path]:
    """The parts of a sweep, in order."""
    return sorted((folder / "runs").glob("part-*.parquet"))


def unfinish(folder: Path) -> None:
    """As a kill leaves it: no manifest, the last part missing."""
    (folder / "manifest.json").unlink()
    parts(folder)[-1].unlink()


def edited(name: str, how: Callable[[dict[str, Any]], object], begun: bool = False) -> Make:
    """A maker that changes a JSON file of the folder; ``begun`` where the sweep is still
    unfinished.
    """

    def make(folder: Path, _: Path) -> None:
        if begun:
            unfinish(folder)
        path = folder / name
        value = json.loads(path.read_text(encoding="utf-8"))
        how(value)
        path.write_text(json.dumps(value), encoding="utf-8")

    return make


def replaced(name: str, content: bytes | str, begun: bool = False) -> Make:
    """A maker that puts other bytes in place of a file."""

    def make(folder: Path, _: Path) -> None:
        if begun:
            unfinish(folder)
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(data)

    return make


def linked(name: str, to: str, begun: bool = True) -> Make:
    """A maker that puts a link where a file or folder stood; ``to`` is absolute, or a name in the
    victim's folder.
    """

    def make(folder: Path, victim: Path) -> None:
        if begun:
            unfinish(folder)
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.symlink_to(to if to.startswith("/") else victim / to)

    return make


def piped(name: str) -> Make:
    """A maker that puts a FIFO where a file stood."""

    def make(folder: Path, _: Path) -> None:
        unfinish(folder)
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)

    return make


def flipped(number: int, at: float, bit: int = 0) -> Make:
    """A maker that flips one bit of a part, at a share of its length."""

    def make(folder: Path, _: Path) -> None:
        path = parts(folder)[number]
        data = bytearray(path.read_bytes())
        data[int(at * (len(data) - 1))] ^= 1 << bit
        path.write_bytes(bytes(data))

    return make


def retabled(how: Callable[[pa.Table], pa.Table], number: int = 0, begun: bool = False) -> Make:
    """A maker that writes a part anew from its changed table, metadata kept."""

    def make(folder: Path, _: Path) -> None:
        if begun:
            unfinish(folder)
        path = parts(folder)[number]
        pq.write_table(how(pq.read_table(path)), path)

    return make


def together(*makes: Make) -> Make:
    """Several makers in turn."""

    def make(folder: Path, victim: Path) -> None:
        for one in makes:
            one(folder, victim)

    return make


def _begun(folder: Path, _: Path) -> None:
    unfinish(folder)


def _missing(folder: Path, _: Path) -> None:
    parts(folder)[0].unlink()


def _doubled(folder: Path, _: Path) -> None:
    shutil.copy(parts(folder)[0], folder / "runs" / "part-000099.parquet")


def _swapped(folder: Path, _: Path) -> None:
    one, two = parts(folder)[:2]
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def _note(folder: Path, _: Path) -> None:
    unfinish(folder)
    (folder / "runs" / "note.txt").write_text("mine", encoding="utf-8")


def _table(folder: Path, _: Path) -> None:
    unfinish(folder)
    pq.write_table(pa.table({"mine": [1, 2, 3]}), folder / "runs" / "mine.parquet")


def _system_files(folder: Path, _: Path) -> None:
    unfinish(folder)
    for name in ("desktop.ini", ".DS_Store", "Thumbs.db", "._part-000000.parquet"):
        (folder / "runs" / name).write_bytes(b"\0\5\x16\7")


def _drafts(folder: Path, victim: Path) -> None:
    """Links under the names that drafts of old versions had, and under everything close to them."""
    unfinish(folder)
    for name in (
        ".manifest.json",
        ".manifest.json.tmp",
        "manifest.json.tmp",
        ".plan.json",
        ".scenario.yaml.part",
    ):
        (folder / name).symlink_to(victim / "dear.txt")
    for number in range(9):
        (folder / "runs" / f".part-{number:06d}.parquet").symlink_to(victim / "dear.txt")


def _hard_link(folder: Path, victim: Path) -> None:
    """The manifest is another name of somebody's file: writing in place would change it."""
    os.link(victim / "dear.txt", folder / "manifest.json.bak")
    unfinish(folder)
    os.link(victim / "dear.txt", folder / "manifest.json")


def nested_lists(path: Path) -> None:
    """Some hundred bytes that say they are millions of values in lists of lists."""
    values: Any = [0.0] * 1_000
    for _ in range(3):
        values = [values] * 30
    pq.write_table(pa.table({"linkage.cn": [values] * 40}), path, compression="zstd")


def _nested_list_part(folder: Path, _: Path) -> None:
    nested_lists(parts(folder)[0])


def _nested_list_runs(folder: Path, _: Path) -> None:
    nested_lists(folder / "runs.parquet")


def _text_columns(folder: Path, _: Path) -> None:
    table = pq.read_table(folder / "runs.parquet")
    texts = {name: pa.array(["x"] * len(table)) for name in table.column_names}
    pq.write_table(pa.table(texts), folder / "runs.parquet")


def overlapping_zip(path: Path, entries: int = 250, size: int = 5_000_000) -> None:
    """Quoted overlap (Fifield 2019): each entry quotes the header of the next and goes on with its
    data; all share the last one's bytes, which hardly shrink.
    """
    names = [f"{number:04d}.bin".encode() for number in range(entries)]
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = random.Random(1).randbytes(380_000).ljust(size, b"\0")
    packed = pack.compress(data) + pack.flush()
    facts = (zlib.crc32(data), len(packed), size)
    head = _local_header(names[-1], facts)
    body, found = head + packed, [facts]
    for name in reversed(names[:-1]):
        data = head + data
        facts = (zlib.crc32(data), 5 + len(head) + facts[1], len(data))
        quote = struct.pack("<BHH", 0, len(head), ~len(head) & 0xFFFF)
        head = _local_header(name, facts)
        body = head + quote + body
        found.append(facts)
    at, central = 0, b""
    for name, (crc, length, unpacked) in zip(names, reversed(found), strict=True):
        fixed = (20, 20, 0, 8, 0, 33, crc, length, unpacked, len(name), 0, 0, 0, 0, 0, at)
        central += struct.pack("<4s6H3L5H2L", b"PK\1\2", *fixed) + name
        at += 30 + len(name) + 5
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, entries, entries, len(central), len(body), 0)
    path.write_bytes(body + central + end)


def _local_header(name: bytes, facts: tuple[int, int, int]) -> bytes:
    return struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, *facts, len(name), 0) + name


def archived(how: Callable[[Path, Path], None]) -> Make:
    """A maker that leaves an archive beside the folder, named after it."""

    def make(folder: Path, victim: Path) -> None:
        how(folder, folder.with_name(folder.name + ".made.zip"))

    return make


def _overlap(_: Path, archive: Path) -> None:
    overlapping_zip(archive)


def _bomb(_: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("manifest.json", b" " * 400_000_000)


def _lying_sizes(_: Path, archive: Path) -> None:
    """The directory says a kilobyte, the stream holds two hundred million."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("manifest.json", b" " * 200_000_000)
    data = bytearray(archive.read_bytes())
    place = data.rfind(b"PK\1\2")
    data[place + 24 : place + 28] = struct.pack("<L", 1_000)
    data[22:26] = struct.pack("<L", 1_000)
    archive.write_bytes(bytes(data))


def _entries(*names: str) -> Callable[[Path, Path], None]:
    def make(folder: Path, archive: Path) -> None:
        with zipfile.ZipFile(archive, "w") as opened:
            opened.write(folder / "manifest.json", "manifest.json")
            for name in names:
                opened.writestr(name, b"x")

    return make


def _link_entry(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w") as opened:
        opened.write(folder / "manifest.json", "manifest.json")
        info = zipfile.ZipInfo("runs.parquet")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        opened.writestr(info, "/etc/passwd")


def _cut(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w") as opened:
        for path in sorted(folder.rglob("*")):
            opened.write(path, path.relative_to(folder).as_posix())
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])


def _damaged(folder: Path, archive: Path) -> None:
    """One byte of a table in a whole archive."""
    with zipfile.ZipFile(archive, "w") as opened:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            opened.write(path, path.relative_to(folder).as_posix())
        place = next(
            info.header_offset
            for info in opened.infolist()
            if info.filename.endswith("runs.parquet")
        )
    data = bytearray(archive.read_bytes())
    data[place + 500] ^= 1
    archive.write_bytes(bytes(data))


def _manifest_sizes(manifest: dict[str, Any]) -> None:
    manifest["run"]["runs"] = 99_000_000


def _days(manifest: dict[str, Any]) -> None:
    """Every number within its bounds, and a day of work."""
    manifest["run"]["runs"] = 10_000_000
    manifest["scenario"]["calendar"]["horizon_weeks"] = 520
    manifest["scenario"]["firms"]["magnets"]["firms"] = 2_000


def _years(record: dict[str, Any]) -> None:
    """A plan or manifest of a sweep with 10^12 points, which says itself that it may."""
    names = ("linkage.cn", "linkage.us", "firms.magnets.trusted_share")
    ends = {"low": 0.1, "high": 0.9, "points": 10_000}
    record["sweep"] |= {"factors": dict.fromkeys(names, ends), "largest": 10**12}


def _for_ever(record: dict[str, Any]) -> None:
    """A rule that never stops, at a thousand points."""
    factors = {"linkage.cn": {"low": 0.0, "high": 1.0, "points": 1_000}}
    stopping = {"measure": "breakthrough", "half_width": 1e-9, "most_runs": 1_000_000}
    record["sweep"] |= {"factors": factors, "stopping": stopping}


def _list_of_lists(folder: Path, victim: Path) -> None:
    """A sweep over a list of points, whose file is a table that unpacks to millions of values."""
    design = {"kind": "list", "file": "design.parquet", "runs": 2}
    edited("plan.json", _set("sweep", to=design), begun=True)(folder, victim)
    nested_lists(folder / "design.parquet")


def _set(*path: str, to: Any) -> Callable[[dict[str, Any]], None]:
    def how(value: dict[str, Any]) -> None:
        *places, last = path
        for place in places:
            value = value[place]
        value[last] = to

    return how


def _drop(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda value: value.pop(name)


def _plans() -> Iterator[tuple[str, Case]]:
    wrong: dict[str, Callable[[dict[str, Any]], object]] = {
        "chunk of one": _set("chunk", to=1),
        "chunk of nothing": _set("chunk", to=0),
        "chunk below zero": _set("chunk", to=-256),
        "chunk of a half": _set("chunk", to=0.5),
        "giant chunk": _set("chunk", to=10**12),
        "chunk true": _set("chunk", to=True),
        "overrides of numbers": _set("overrides", to=[1, 2]),
        "overrides of lists": _set("overrides", to=[["a"]]),
        "overrides by the million": _set("overrides", to=["linkage.cn=0"] * 1_000_000),
        "no sweep": _drop("sweep"),
        "sweep of numbers": _set("sweep", to=[1]),
        "sweep of other runs": _set("sweep", "runs", to=7),
        "sweep with another seed": _set("run", "seed", to=99),
        "seed of text": _set("run", "seed", to="one"),
        "seed of brackets": _set("run", "seed", to={"a": 1}),
        "scenario of another": _set("scenario", "linkage", "us", to=0.9),
        "scenario of nothing": _set("scenario", to={}),
        "started yesterday": _set("started", to="yesterday"),
        "started as a number": _set("started", to=5),
        "rules of a list": _set("rules", to=["a"]),
        "a key of its own": _set("evil", to=1),
        "design of numbers": _set("design", to=[1, 2]),
    }
    for name, how in wrong.items():
        yield f"plan: {name}", Case("sweep", edited("plan.json", how, begun=True), RESUME)
    texts: dict[str, bytes | str] = {
        "nothing": b"",
        "brackets": "[" * 200_000,
        "NaN": '{"chunk": NaN}',
        "sixty megabytes": '{"a": "' + "x" * 60_000_000 + '"}',
        "another encoding": '{"chunk": 1}'.encode("utf-16"),
        "not text": b"\xff\xfe\0",
        "a list": "[]",
        "pickle": b"cos\nsystem\n(S'touch evil'\ntR.",
    }
    for name, text in texts.items():
        yield (
            f"plan: {name}",
            Case("sweep", replaced("plan.json", text, begun=True), RESUME, says="plan"),
        )


def _manifests() -> Iterator[tuple[str, Case]]:
    wrong: dict[str, Callable[[dict[str, Any]], object]] = {
        "content of numbers": _set("content", to={"runs": 1}),
        "content a list": _set("content", to=["runs"]),
        "design of numbers": _set("design", to=[1, 2]),
        "design a word": _set("design", to="linkage.cn"),
        "strategies of numbers": _set("strategies", to=5),
        "strategies a list": _set("strategies", to=[1]),
        "files of numbers": _set("files", to={"runs.parquet": 5}),
        "files a list": _set("files", to=[]),
        "versions of lists": _set("versions", to={"numpy": []}),
        "sweep a word": _set("sweep", to="linkage"),
        "run a word": _set("run", to="runs"),
        "verb a list": _set("verb", to=["run"]),
        "schema true": _set("schema", to=True),
        "schema below zero": _set("schema", to=-1),
        "overrides of numbers": _set("overrides", to=[1]),
        "weekly runs a word": _set("weekly_runs", to="many"),
    }
    for verb in ("run", "sweep"):
        for name, how in wrong.items():
            for words in (REPRODUCE, BUNDLE):
                kind = f"{words[0]} {verb}"
                yield (
                    f"manifest ({kind}): {name}",
                    Case(verb, edited("manifest.json", how), words, EITHER[1:]),
                )
    yield "manifest: giant work", Case("run", edited("manifest.json", _manifest_sizes), REPRODUCE)
    yield (
        "manifest: a day of work",
        Case("run", edited("manifest.json", _days), REPRODUCE, (2,), "largest=", quick=True),
    )
    for name, how in {"years of work": _years, "work for ever": _for_ever}.items():
        made = edited("manifest.json", how)
        yield f"manifest: {name}", Case("sweep", made, REPRODUCE, (2,), "largest")
        begun = edited("plan.json", how, begun=True)
        yield f"plan: {name}", Case("sweep", begun, RESUME, (2,), "largest")


def _places() -> Iterator[tuple[str, Case]]:
    for name, to in {
        "runs": ".",
        "figures": ".",
        "plan.json": "dear.txt",
        "scenario.yaml": "dear.txt",
        "sweep.yaml": "dear.txt",
        "runs/part-000000.parquet": "dear.txt",
    }.items():
        codes = WHOLE + REFUSED if name in ("figures", "scenario.yaml", "sweep.yaml") else REFUSED
        words = (*RESUME[:2],) if name == "figures" else RESUME
        yield f"link: {name}", Case("sweep", linked(name, to), words, codes, quick=name == "runs")
    yield (
        "link: plan to a device",
        Case("sweep", linked("plan.json", "/dev/zero"), RESUME, says="plan.json", quick=True),
    )
    yield (
        "link: part to a device",
        Case("sweep", linked("runs/part-000000.parquet", "/dev/zero"), RESUME),
    )
    yield (
        "link: manifest to a device",
        Case("sweep", linked("manifest.json", "/dev/zero", begun=False), REPRODUCE),
    )
    yield (
        "link: table to a device",
        Case("run", linked("runs.parquet", "/dev/zero", begun=False), BUNDLE),
    )
    yield "link: drafts", Case("sweep", _drafts, RESUME, WHOLE + REFUSED)
    yield "link: hard", Case("sweep", _hard_link, RESUME, WHOLE + REFUSED)
    for name in ("plan.json", "runs/part-000000.parquet"):
        yield (
            f"pipe: {name}",
            Case("sweep", piped(name), RESUME, says=Path(name).name, quick=name == "plan.json"),
        )
    yield "pipe: manifest", Case("sweep", piped("manifest.json"), REPRODUCE, says="manifest.json")
    yield "own note", Case("sweep", _note, RESUME, WHOLE, quick=True, keeps=("runs/note.txt",))
    yield "own table", Case("sweep", _table, RESUME, WHOLE, keeps=("runs/mine.parquet",))
    yield "files of systems", Case("sweep", _system_files, RESUME, WHOLE, quick=True)


def _damage() -> Iterator[tuple[str, Case]]:
    for name, make in {
        "part missing": _missing,
        "part doubled": _doubled,
        "parts swapped": _swapped,
    }.items():
        quick = name == "parts swapped"
        yield f"damage: {name}, reproduced", Case("sweep", make, REPRODUCE, (1, 2, 3), quick=quick)
        yield f"damage: {name}, bundled", Case("sweep", make, BUNDLE, (1, 2, 3))
    wrong_rows: dict[str, Callable[[pa.Table], pa.Table]] = {
        "a row less": lambda table: table.slice(1),
        "a row twice": lambda table: pa.concat_tables([table, table.slice(0, 1)]),
        "no row": lambda table: table.slice(0, 0),
        "a column less": lambda table: table.drop_columns(table.column_names[-1]),
        "no notes": lambda table: table.replace_schema_metadata(None),
        "other runs": lambda table: table.set_column(
            table.column_names.index("run"),
            "run",
            pa.array([0] * len(table), table.schema.field("run").type),
        ),
    }
    for name, how in wrong_rows.items():
        yield (
            f"damage: {name}, resumed",
            Case("sweep", retabled(how, begun=True), RESUME, WHOLE + REFUSED),
        )
        yield f"damage: {name}, reproduced", Case("sweep", retabled(how), REPRODUCE, (1, 2, 3))
    for number in range(20):
        make = flipped(0, 0.02 + 0.05 * number, number % 8)
        yield f"damage: bit {number}, reproduced", Case("sweep", make, REPRODUCE, (1, 2, 3))
        yield (
            f"damage: bit {number}, resumed",
            Case("sweep", together(make, _begun), RESUME, WHOLE + REFUSED, quick=number == 9),
        )
    yield "table: nested lists, part", Case("sweep", _nested_list_part, REPRODUCE, (1, 2, 3))
    yield (
        "table: nested lists, points",
        Case("sweep", _list_of_lists, RESUME, says="design.parquet"),
    )
    yield "table: nested lists, runs", Case("run", _nested_list_runs, REPRODUCE, (1, 2, 3))
    yield "table: texts", Case("run", _text_columns, REPRODUCE, (1, 2, 3), quick=True)


def _archives() -> Iterator[tuple[str, Case]]:
    made = ("reproduce", "{}.made.zip")
    for name, how in {
        "quoted overlap": _overlap,
        "bomb": _bomb,
        "sizes that lie": _lying_sizes,
        "a link": _link_entry,
        "half of it": _cut,
        "climbs": _entries("../evil"),
        "from the root": _entries("/evil"),
        "a name twice": _entries("a", "A"),
        "a device": _entries("nul"),
        "a drive": _entries("C:\\evil"),
        "a file as folder": _entries("manifest.json/x"),
    }.items():
        yield f"archive: {name}", Case("run", archived(how), made, quick=name == "quoted overlap")
    yield "archive: one byte", Case("run", archived(_damaged), made, (1, 2, 3))


def corpus() -> dict[str, Case]:
    """All cases by name."""
    return dict([*_places(), *_plans(), *_manifests(), *_damage(), *_archives()])
