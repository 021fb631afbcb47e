"""Parts of every report: the page, tables, and the section on how to reproduce and cite the result.

A page contains everything it shows and loads nothing from elsewhere. Every text is escaped; there
is no script.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from sim.results.folder import atomic_write
from sim.results.manifest import NAME, Manifest
from sim.results.record import LIST, Record, packed

__all__ = ["again", "image", "page", "table", "write_page"]

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Segoe UI", "Liberation Sans", sans-serif; color: #222; background: #fff; margin: 0 auto; max-width: 62rem;
  padding: 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2.2rem; }
.answer { font-size: 1.15rem; border-left: 4px solid #0072B2; padding: .4rem 0 .4rem 1rem; }
.about { color: #555; } .no { color: #a00; font-weight: bold; } figure { margin: 1.5rem 0; } img { width: 100%; height: auto; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #555; padding: .3rem 0; }
th, td { border-bottom: 1px solid #ddd; padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; } code, pre { font: 14px/1.45 ui-monospace, "Liberation Mono", monospace; }
pre { background: #f4f4f4; padding: .8rem; overflow-x: auto; } footer { margin-top: 2.5rem; color: #555; font-size: .9rem; }
@media print { body { max-width: none; padding: 0; } figure { break-inside: avoid; } }
"""


def page(title: str, parts: Iterable[str]) -> str:
    """One HTML page; ``parts`` are HTML, empty ones left out."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(filter(None, parts))
        + "\n</body>\n</html>\n"
    )


def write_page(text: str, path: Path) -> None:
    """Write a page atomically."""
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], numeric: Sequence[int] = ()
) -> str:
    """A table as HTML; columns of ``numeric`` are aligned to the right."""

    def cells(tag: str, texts: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if k in numeric else ''}>{escape(text)}</{tag}>"
            for k, text in enumerate(texts)
        )

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption>\n<thead><tr>{cells("th", head)}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def image(name: str, words: str, png: bytes, below: str = "") -> str:
    """A picture inside the page, with ``words`` as alternative text and a line ``below`` it."""
    data = base64.b64encode(png).decode("ascii")
    line = f"<figcaption><code>{escape(below)}</code></figcaption>" if below else ""
    return f'<figure id="{escape(name)}"><img alt="{escape(words)}" src="data:image/png;base64,{data}">{line}</figure>'


def again(manifest: Manifest, beside: Record | None = None, more: Sequence[str] = ()) -> str:
    """How to reproduce a result, its versions, licence and citation.

    Parameters
    ----------
    manifest
        The manifest, with the content hashes of its tables.
    beside
        Other records in the page: the points of a list, the manifests of a multirun's jobs.
    more
        Further commands, below those that reproduce the result.
    """
    beside = beside or {}
    lines = [
        "tariffsim reproduce .            # in this folder: the same tables, compared bit for bit"
    ]
    if LIST not in manifest.files or LIST in beside:
        lines.append("tariffsim reproduce report.html  # with this page alone")
    if manifest.strategies:
        lines = ["# computed with strategies in Python: run the script that defines them"]
    lines += more
    if manifest.overrides:
        command = shlex.join(
            ["tariffsim", *(manifest.command or (manifest.verb,)), *manifest.overrides]
        )
        lines += ["", "# the original command", command]
    record = packed({NAME: manifest, **beside})
    return (
        "<h2>How to reproduce it</h2>\n"
        f"<pre>{escape(chr(10).join(lines))}</pre>\n"
        f"<p>{_seed(manifest)}The same settings, seed and versions give the same tables, byte for byte. {_hashes(manifest)} "
        f'<a download="record.zip" href="{record}">The record of this result</a> is in this page; <code>{NAME}</code> beside it lists '
        f"the hash of every file.</p>\n{_footer(manifest)}"
    )


def _seed(manifest: Manifest) -> str:
    return f"Seed {manifest.run.seed}; engine {escape(manifest.engine)}. " if manifest.run else ""


def _hashes(manifest: Manifest) -> str:
    listed = ", ".join(
        f"{escape(name)} <code>{escape(digest)}</code>" for name, digest in manifest.content.items()
    )
    return f"Content: {listed}." if listed else ""


def _footer(manifest: Manifest) -> str:
    listed = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    git = manifest.git
    commit = f" Commit {git.commit}{', with changes' if git.dirty else ''}." if git else ""
    terms = " ".join(filter(None, (manifest.licence, manifest.citation)))
    return f"<footer><p>{escape(terms)}</p><p>{escape(listed)}.{escape(commit)}</p></footer>"
