"""The other software stays apart: pinned for itself, in no requirement of ours."""

from __future__ import annotations

from pathlib import Path


def test_what_is_compared_stays_out_of_the_package() -> None:
    root = Path(__file__).parents[2]
    for name in ("run.txt", "dev.txt"):
        pinned = (root / "requirements" / name).read_text(encoding="utf-8").lower()
        assert "negmas" not in pinned and "gambit" not in pinned
    blocks = (root / "requirements" / "peers.txt").read_text(encoding="utf-8")
    assert "negmas==0.16" in blocks and "pygambit==16.7" in blocks and "tariffsim" not in blocks
    assert blocks.count("--hash=sha256:") > 100
