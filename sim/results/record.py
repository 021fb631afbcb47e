"""What a report carries so that it can be reproduced from the page alone: the manifest, and a
list's points, in a small archive.

What a clock or a machine's memory adds is left out, so that the same result gives the same bytes.
The way back is
:func:`sim.reproduction.archive.opened`, which takes the page.
"""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sim.results.manifest import Manifest, manifest_to_plain

__all__ = ["LIST", "list_of", "packed", "record_in"]

LIST = "design.parquet"
_MOST_LIST = 4_000_000  # bytes; a list of 100,000 points of five settings
_LINK = re.compile(r'href="data:application/zip;base64,([A-Za-z0-9+/=]+)"')
Record = Mapping[str, Manifest | bytes]


def list_of(folder: Path | None) -> dict[str, bytes]:
    """The points of a sweep that took them from a list, where they are few enough for a page."""
    path = folder / LIST if folder else None
    return (
        {LIST: path.read_bytes()}
        if path and path.is_file() and path.stat().st_size <= _MOST_LIST
        else {}
    )


def packed(record: Record) -> str:
    """Manifests and files by name as the address of a ``data:`` link."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, given in record.items():
            archive.writestr(
                zipfile.ZipInfo(name),
                given if isinstance(given, bytes) else _lasting(given),
                zipfile.ZIP_DEFLATED,
            )
    return "data:application/zip;base64," + base64.b64encode(held.getvalue()).decode("ascii")


def _lasting(manifest: Manifest) -> bytes:
    kept = replace(manifest, started="", ended="", seconds=None, peak_memory_bytes=None, files={})
    return json.dumps(dict(sorted(manifest_to_plain(kept).items())), ensure_ascii=False).encode()


def record_in(page: str) -> bytes | None:
    """The archive in a report's text; None where it carries none."""
    found = _LINK.search(page)
    return base64.b64decode(found[1]) if found else None
