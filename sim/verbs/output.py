"""The output of a verb: a folder, an answer and the hashes of its tables; two lines for a reader,
one line of JSON for a program.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.config.errors import DONE

__all__ = ["Output", "recorded_content"]


@dataclass(frozen=True)
class Output:
    """The output of a command line.

    Parameters
    ----------
    text
        The answer in one line; empty where only ``shown`` was asked for.
    folder
        Where the results are: a folder, or the archive of a bundle.
    content
        Content hash of each table, as the manifest records them.
    exit_code
        0 done, 1 some of it failed or differs.
    shown
        Other text, printed before the last lines: a configuration, a list, the details of a
        comparison.
    problem
        The error message, which was already printed on standard error.
    """

    text: str = ""
    folder: Path | str = ""
    content: Mapping[str, str] = field(default_factory=dict)
    exit_code: int = DONE
    shown: str = ""
    problem: str = ""

    def lines(self) -> str:
        """For a reader: the last lines say where the results are, and the answer."""
        last = [f"results: {self.folder}"] if self.folder else []
        last += [f"answer: {self.text}"] if self.text else []
        return "\n".join([*([self.shown] if self.shown else []), *last])

    def json(self, verb: str) -> str:
        """For a program: one line of JSON with all parts that are not empty."""
        said: dict[str, Any] = {"verb": verb, "exit_code": self.exit_code}
        parts = {
            "folder": str(self.folder),
            "answer": self.text,
            "content": dict(self.content),
            "shown": self.shown,
            "problem": self.problem,
        }
        return json.dumps(said | {name: value for name, value in parts.items() if value})


def recorded_content(folder: Path | str) -> dict[str, str]:
    """Content hash of each table from the manifest just written; empty where nothing was
    finished.
    """
    from sim.results.manifest import NAME, read_manifest

    path = Path(folder) / NAME
    return dict(read_manifest(path).content) if path.is_file() else {}
