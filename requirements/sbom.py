"""The lock of what a run needs, and what the wheel carries of others, as a bill of materials
(CycloneDX 1.6): ``make lock`` writes it, and the wheel takes it along (PEP 770).
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NAME = "sbom.cdx.json"
# of others and inside the wheel, where its page is built; the licences are among its licence files
CARRIED = {
    "Inter": ("OFL-1.1", "the page's typeface, sim/page/source/inter.woff2"),
    "Zig's standard library": ("MIT", "the page's decoder of tables, sim/page/built"),
}


def bill() -> str:
    """The text of the bill."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    root = component(project["name"], project["version"], "application")
    lock = (HERE / "run.txt").read_text(encoding="utf-8")
    needed = [
        component(name, version) | ({"description": f"where {marker}"} if marker else {})
        for name, version, marker in re.findall(r"^([\w.-]+)==(\S+?)(?: ; (.*?))? \\$", lock, re.M)
    ]
    carried = [
        {
            "type": "library",
            "bom-ref": f"carried:{name}",
            "name": name,
            "description": what,
            "licenses": [{"license": {"id": licence}}],
        }
        for name, (licence, what) in CARRIED.items()
    ]
    parts = [*needed, *carried]
    return (
        json.dumps(
            {
                "bomFormat": "CycloneDX",
                "specVersion": "1.6",
                "version": 1,
                "metadata": {"component": root},
                "components": parts,
                "dependencies": [
                    {"ref": root["bom-ref"], "dependsOn": [part["bom-ref"] for part in parts]}
                ],
            },
            indent=1,
        )
        + "\n"
    )


def component(name: str, version: str, kind: str = "library") -> dict[str, Any]:
    """A package by its name in the index of Python packages."""
    purl = f"pkg:pypi/{name.lower()}@{version}"
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


if __name__ == "__main__":
    (HERE / NAME).write_text(bill(), encoding="utf-8")
