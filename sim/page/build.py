"""From the sources of the page to one HTML file.

The file holds everything: contents (compressed), script, worker, style and typeface. Its content
security policy allows its own scripts by their hashes and no request to anything. Nothing in it
depends on time, place or chance, so the same sources give the same bytes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.browser.module import Module, engine_source
from sim.config.errors import MACHINE, SimError
from sim.page.contents import Contents, contents
from sim.page.decoder import build_decoder
from sim.page.join import join
from sim.results.folder import atomic_write

__all__ = ["MOST_BYTES", "PAGE", "SOURCE", "build", "built_page", "page_html", "with_opening"]

MOST_BYTES = 1_000_000
PAGE = "page.html"
SOURCE = Path(__file__).resolve().parent / "source"
_PLACE = re.compile(r"<!-- (\w+) -->")
_OPENING = re.compile(r'(<script type="application/json" id="opening">).*?(</script>)', re.DOTALL)


def built_page() -> Path:
    """Where ``make page`` puts the page: inside the package, so that a wheel contains it."""
    return Path(__file__).resolve().parent / "built" / PAGE


def build(module: Module, path: Path | None = None) -> str:
    """Build the page for a module of the rules and write it; its text.

    Raises
    ------
    SimError
        The sources do not fit together, or the file would be larger than 1 MB.
    """
    html = page_html(contents(module, build_decoder()))
    target = path or built_page()
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(target) as draft:
        draft.write_text(html, encoding="utf-8", newline="\n")
    return html


def page_html(given: Contents, source: Path = SOURCE) -> str:
    """The page with these contents, of the sources in a folder."""
    scripts = {"engine": engine_source(), "script": join(source / "main.js")}
    parts = {
        "policy": _policy(scripts.values()),
        "style": f"<style>{_font_face()}\n{_text(source / 'page.css')}</style>",
        "contents": _data("application/octet-stream", "contents", _packed(given)) + _notices(),
        "opening": _data("application/json", "opening", "{}"),
        "worker": _data("text/plain", "worker", _inert(join(source / "work.js"))),
        "engine": f'<script id="engine">{_inert(scripts["engine"])}</script>',
        "script": f"<script>{_inert(scripts['script'])}</script>",
    }
    template = _text(source / "page.html")
    missing = parts.keys() - set(_PLACE.findall(template))
    if missing:
        raise SimError(f"page.html has no place for {min(missing)}", exit_code=MACHINE)
    html = _PLACE.sub(lambda at: parts.get(at[1], at[0]), template)
    if len(html.encode()) > MOST_BYTES:
        problem = f"the page has {len(html.encode()):,} bytes"
        raise SimError(problem, allowed=f"at most {MOST_BYTES:,}", exit_code=MACHINE)
    return html


def with_opening(html: str, opening: Mapping[str, Any]) -> str:
    """The page with other scenarios to open with (``source/contents.js`` says what it may hold)."""
    # no text of a scenario can end the script element
    words = json.dumps(opening, sort_keys=True).replace("<", "\\u003c")
    return _OPENING.sub(lambda found: f"{found[1]}{words}{found[2]}", html, count=1)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _data(kind: str, name: str, text: str) -> str:
    """A block of data; browsers do not execute it."""
    return f'<script type="{kind}" id="{name}">{text}</script>'


def _notices() -> str:
    """The licences of what the page carries of others: its typeface, the decoder of tables."""
    texts = [_text(SOURCE / name).strip() for name in ("inter.OFL.txt", "zstd.MIT.txt")]
    return _data("text/plain", "notices", _inert("\n\n".join(texts)))


def _packed(given: Contents) -> str:
    """The contents as JSON, compressed without a time, in base64."""
    plain = json.dumps(given, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(plain, 9, mtime=0)).decode("ascii")


def _inert(script: str) -> str:
    """The script, refused where a text in it could end its element."""
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        raise SimError("a script of the page holds </script or <!--", exit_code=MACHINE)
    return script


def _policy(scripts: Any) -> str:
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    rules = (
        "default-src 'none'",
        f"script-src {allowed} 'wasm-unsafe-eval'",
        "worker-src blob:",
        "style-src 'unsafe-inline'",
        "img-src data: blob:",
        "font-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'


def _font_face() -> str:
    font = base64.b64encode((SOURCE / "inter.woff2").read_bytes()).decode("ascii")
    return (
        "@font-face{font-family:Inter;font-weight:400 700;"
        f'src:url(data:font/woff2;base64,{font}) format("woff2")}}'
    )
