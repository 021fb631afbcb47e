"""Regular files of a folder that may come from a stranger: opened without following links.

A link, a pipe or a device in a result is refused by its name: what it leads to is somebody else's,
or has no end. Where the system can (Linux, macOS), each folder on the way is opened and the next
name looked up in it, so that nothing can be exchanged in between; elsewhere the way is looked at
first. The folder itself is the caller's choice and may be reached by links.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path, PurePosixPath

from sim.config.errors import MACHINE, SimError

__all__ = [
    "DRAFT",
    "fault_of_machine",
    "inner_folder",
    "open_regular",
    "read_bytes",
    "reading",
    "regular_files",
    "remove_drafts",
]

DRAFT = re.compile(r"\..+\.[0-9a-f]+\.part")
"""What a file is called while it is written (:func:`sim.results.folder.atomic_write`); older versions
had a process number in the middle."""
_WALKS = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW") and hasattr(os, "O_DIRECTORY")
# a pipe without a writer would keep an open that waits; Windows knows neither flag
_READ = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
)
_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}
# what systems and their file managers leave everywhere
_OF_SYSTEMS = ("desktop.ini", "thumbs.db")


def fault_of_machine(error: OSError, path: Path | str) -> SimError:
    """A failure to read as an error of the machine, with the file and the cause."""
    return SimError(f"cannot be read: {error.strerror or error}", key=str(path), exit_code=MACHINE)


@contextlib.contextmanager
def reading(path: Path | str) -> Iterator[None]:
    """Failures of the machine in the block are errors that name ``path``; a missing file stays a
    ``FileNotFoundError``.
    """
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        # Arrow raises OSError without a number where the bytes make no sense to it
        if error.errno is None:
            raise
        raise fault_of_machine(error, path) from None


def open_regular(folder: Path, *names: str) -> BufferedReader:
    """A regular file below ``folder`` to read from; without ``names`` the file ``folder`` itself.

    Raises
    ------
    FileNotFoundError
        Nothing of that name.
    SimError
        A link, a folder, a pipe or a device; with exit code 3 where the machine cannot open it.
    """
    path = folder.joinpath(*names)
    with reading(path):
        try:
            file = (
                _walk(folder, path.relative_to(folder).parts)
                if _WALKS
                else _looked_at(folder, names)
            )
        except OSError as error:
            raise _refusal(folder, path, error) from None
        kind = os.fstat(file).st_mode
        if stat.S_ISREG(kind):
            return open(file, "rb")
    os.close(file)
    raise _not_regular(path, kind)


def _walk(folder: Path, names: tuple[str, ...]) -> int:
    """The last of ``names`` opened, each folder on the way held open and no link followed."""
    if not names:
        return os.open(folder, _READ)
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in names[:-1]:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=held)
            os.close(held)
            held = inner
        return os.open(names[-1], _READ, dir_fd=held)
    finally:
        os.close(held)


def _looked_at(folder: Path, names: tuple[str, ...]) -> int:
    path = folder.joinpath(*names)
    for place in _way(folder, path):
        if place.is_symlink() or (hasattr(os.path, "isjunction") and os.path.isjunction(place)):
            raise _not_regular(place, stat.S_IFLNK)
    return os.open(path, _READ)


def _way(folder: Path, path: Path) -> list[Path]:
    """The places from below ``folder`` down to ``path``."""
    inside = path.relative_to(folder).parts
    return [folder.joinpath(*inside[: k + 1]) for k in range(len(inside))] or [path]


def _refusal(folder: Path, path: Path, error: OSError) -> Exception:
    """What an open that failed comes to: a link, pipe or device on the way named, or the machine's
    own error.
    """
    for place in _way(folder, path):
        try:
            kind = os.lstat(place).st_mode
        except OSError:
            break
        if stat.S_ISLNK(kind) or (place == path and not stat.S_ISREG(kind)):
            return _not_regular(place, kind)
    return error


def _not_regular(path: Path, mode: int) -> SimError:
    kind = _KINDS.get(stat.S_IFMT(mode), "a device")
    return SimError(
        f"{kind}, no plain file",
        key=str(path),
        cure="put the file itself there: a result is taken from its own folder alone",
    )


def read_bytes(path: Path, most: int) -> bytes:
    """The bytes of a regular file, ``most`` of them at most; errors are those of
    :func:`open_regular`.
    """
    with open_regular(path) as file, reading(path):
        return file.read(most)


def inner_folder(folder: Path, name: str, *, make: bool = False) -> Path:
    """The folder ``name`` in a result folder, made where it is missing and ``make`` says so.

    Raises
    ------
    SimError
        Where it is a link or no folder; with exit code 3 where the machine cannot make it.
    """
    path = folder / name
    with reading(path):
        if make:
            with contextlib.suppress(FileExistsError):
                path.mkdir()
        try:
            kind = os.lstat(path).st_mode
        except FileNotFoundError:
            return path
    if not stat.S_ISDIR(kind) or (hasattr(os.path, "isjunction") and os.path.isjunction(path)):
        kinds = _KINDS.get(stat.S_IFMT(kind), "a file")
        raise SimError(
            f"{kinds}, no folder", key=str(path), cure="put the folder itself there, or remove it"
        )
    return path


def regular_files(folder: Path) -> Iterator[PurePosixPath]:
    """Names of the regular files of a result folder and the folders in it, in order; hidden ones,
    links and what systems leave are not among them.
    """
    for place, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = PurePosixPath(Path(place).relative_to(folder).as_posix())
        for name in files:
            hidden = name.startswith(".") or name.lower() in _OF_SYSTEMS
            if not hidden and stat.S_ISREG(os.lstat(Path(place, name)).st_mode):
                yield inside / name


def _raise(error: OSError) -> None:
    raise error


def remove_drafts(folder: Path) -> None:
    """Remove what a killed process left half written directly in ``folder``: regular files with the
    name of a draft, and nothing else.
    """
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as found:
        for entry in found:
            if DRAFT.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(entry.path)
