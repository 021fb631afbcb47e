"""The report: one HTML file that holds everything it shows, and asks nothing of any other place.

Figures are inside as PNG, every text is escaped, there is no script. It says the answer, shows the figures and the shares with their
intervals, lists where the scenario leaves London's defaults, and how to make all of it again.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from sim.config.fields import leaves
from sim.config.schema import Scenario
from sim.figures.files import Picture
from sim.figures.style import NAMES, percent
from sim.results.folder import whole_file
from sim.results.results import Results
from sim.rules.measures import OUTCOMES

__all__ = ["differences", "report_html", "write_report"]

_ALT_LETTERS = 400
_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Segoe UI", "Liberation Sans", sans-serif; color: #222; background: #fff; margin: 0 auto; max-width: 62rem;
  padding: 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2.2rem; }
.answer { font-size: 1.15rem; border-left: 4px solid #0072B2; padding: .4rem 0 .4rem 1rem; }
.about { color: #555; } figure { margin: 1.5rem 0; } img { width: 100%; height: auto; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #555; padding: .3rem 0; }
th, td { border-bottom: 1px solid #ddd; padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; } code, pre { font: 14px/1.45 ui-monospace, "Liberation Mono", monospace; }
pre { background: #f4f4f4; padding: .8rem; overflow-x: auto; } footer { margin-top: 2.5rem; color: #555; font-size: .9rem; }
@media print { body { max-width: none; padding: 0; } figure { break-inside: avoid; } }
"""
Difference = tuple[str, str, str, str, str]


def write_report(results: Results, pictures: Sequence[Picture], path: Path, answered: str = "") -> None:
    """Write the report of ``results`` with its ``pictures``, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(report_html(results, pictures, answered), encoding="utf-8")


def report_html(results: Results, pictures: Sequence[Picture], answered: str = "") -> str:
    """The report as one page; ``answered`` is the answer in a line, where it is known already."""
    from sim.analysis.answer import answer

    scenario = results.scenario
    described = results.manifest.get("sweep") or {}
    title = (described.get("title") if results.design else "") or results.title
    question = described.get("question", "") if results.design else ""
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="answer">{escape(answered or answer(results))}</p>',
        f"<p>{escape(question)}</p>" if question else "",
        f'<p class="about">{escape(scenario.about)}</p>' if scenario.about else "",
        _shares(results),
        "<h2>Figures</h2>" if pictures else "",
        *map(_picture, pictures),
        _differences(scenario),
        _reproduce(results),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(filter(None, parts))
        + "\n</body>\n</html>\n"
    )


def differences(scenario: Scenario) -> list[Difference]:
    """Where a scenario leaves London's defaults: setting, value, London's value, unit, what it is.

    A named item (an issue, a sector, an event) that only one of them has is told as a whole.
    """
    here = {path: (meta, value) for path, meta, value in leaves(scenario)}
    there = {path: (meta, value) for path, meta, value in leaves(Scenario())}
    found = []
    for path in [*here, *(path for path in there if path not in here)]:
        if path in ("name", "title", "about"):
            continue
        meta, value = here.get(path, (*(there.get(path) or here[path])[:1], "absent"))
        other = there[path][1] if path in there else "absent"
        if value != other:
            found.append((path, _words(value), _words(other), meta.unit, meta.description))
    return found


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], numeric: Sequence[int] = ()) -> str:
    def cells(tag: str, texts: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if k in numeric else ''}>{escape(text)}</{tag}>" for k, text in enumerate(texts)
        )

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption>\n<thead><tr>{cells("th", head)}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _shares(results: Results) -> str:
    from sim.analysis.pooled import pooled_shares
    from sim.analysis.shares import outcome_shares

    if results.design:
        common = bool((results.manifest.get("sweep") or {}).get("common_random_numbers", True))
        shares = pooled_shares(results.table(["point", "run", "outcome"]), common=common)
    else:
        shares = outcome_shares(results.table(["outcome"]))
    shares = shares.set_index("outcome")
    rows = [
        (NAMES[name], percent(row["share"]), percent(row["low"]), percent(row["high"]))
        for name, row in ((name, shares.loc[name]) for name in OUTCOMES)
    ]
    count = int(shares["runs"].iloc[0])
    over = "all points of the sweep" if results.design else "the scenario"
    of = "95 % intervals of the runs (Wilson 1927): what other draws would give, not doubt about the settings"
    if results.design:
        of += "; runs that share their draws at all points count as one" if common else "; points weigh the same"
    if shares["low"].isna().all():
        of = "no interval: every point shares the draws of one run"
    caption = f"{count:,} run{'' if count == 1 else 's'} of {over}; {of}."
    head = ("Outcome", "Share", "of the runs: from", "to")
    doubt = results.manifest.get("settings_doubt")
    if not doubt:
        return "<h2>Outcomes</h2>\n" + _table(caption, head, rows, (1, 2, 3))
    wide = [
        (*row, *(percent(doubt["shares"][name][end]) for end in ("share", "low", "high")))
        for row, name in zip(rows, OUTCOMES, strict=True)
    ]
    caption += (
        f" Of the settings: the same shares over the plausible ranges of the {len(doubt['settings'])} settings that the record leaves open, "
        f"{doubt['points']} points of {doubt['runs']} runs; the ends hold the chances of 95 % of points. What the scenario itself sets stays."
    )
    return "<h2>Outcomes</h2>\n" + _table(
        caption, (*head, "of the settings: mean", "from", "to"), wide, (1, 2, 3, 4, 5, 6)
    )


def _picture(picture: Picture) -> str:
    title = " ".join(picture.title.replace("\\$", "$").split())[:_ALT_LETTERS]
    data = base64.b64encode(picture.png).decode("ascii")
    return (
        f'<figure id="{escape(picture.name)}"><img alt="{escape(title)}" src="data:image/png;base64,{data}"></figure>'
    )


def _differences(scenario: Scenario) -> str:
    found = differences(scenario)
    head = "<h2>How the scenario differs from London</h2>\n"
    if not found:
        return head + "<p>In nothing: every setting is at its default, the London framework of June 2025.</p>"
    caption = f"{len(found)} setting{'' if len(found) == 1 else 's'} of {sum(1 for _ in leaves(scenario))}."
    return head + _table(caption, ("Setting", "Here", "London", "Unit", "What it is"), found, (1, 2))


def _reproduce(results: Results) -> str:
    manifest = results.manifest
    run, versions = manifest["run"], manifest["versions"]
    folder = results.folder.name if results.folder else "this folder"
    lines = [_command(results), f"# or, from {folder}:", _from_folder(results)]
    listed = ", ".join(f"{name} {versions[name]}" for name in versions)
    git = manifest.get("git")
    commit = f" Commit {git['commit']}{', with changes' if git['dirty'] else ''}." if git else ""
    engine, content = manifest["engine"], manifest["content"].get("runs", "")
    return (
        "<h2>How to make it again</h2>\n"
        f"<pre>{escape(chr(10).join(lines))}</pre>\n"
        f"<p>Seed {int(run['seed'])}; engine {escape(engine)}. The same settings, seed and versions give the same tables, byte for byte: "
        f"the hash of the table of runs is <code>{escape(content)}</code>. <code>manifest.json</code> beside this page lists the hash of "
        "every file.</p>\n"
        f"<footer>{escape(listed)}.{escape(commit)}</footer>"
    )


def _command(results: Results) -> str:
    """The command line that began it, its own words first."""
    manifest = results.manifest
    words = ["tariffsim", manifest["verb"], *manifest["overrides"]]
    given = {word.partition("=")[0].lstrip("+").removeprefix("run.") for word in manifest["overrides"]}
    if not given & {"scenario", "file"}:
        words.append(f"scenario={results.scenario.name}")
    described = manifest.get("sweep") or {}
    if results.design and not given & {"sweep", "sweep_file"} and described.get("name"):
        words.append(f"sweep={described['name']}")
    for name in ("seed",) if results.design else ("runs", "seed"):
        if name not in given:
            words.append(f"{name}={manifest['run'][name]}")
    return shlex.join(words)


def _from_folder(results: Results) -> str:
    run = results.manifest["run"]
    if results.design:
        described = results.manifest.get("sweep") or {}
        return shlex.join(
            ["tariffsim", "sweep", f"sweep={described.get('name', '')}", "file=scenario.yaml", f"seed={run['seed']}"]
        )
    return shlex.join(["tariffsim", "run", "file=scenario.yaml", f"runs={run['runs']}", f"seed={run['seed']}"])
