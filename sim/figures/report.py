"""The report: one HTML file that contains everything it shows, and loads nothing from elsewhere.

Figures are inside as PNG, every text is escaped, there is no script. It has the answer, the
figures, the shares with their intervals, the settings that differ from London, and how to reproduce
everything.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.labels import closing_words
from sim.config.fields import leaves
from sim.config.scenario import Scenario
from sim.figures.encode import Picture
from sim.figures.gallery import not_drawn
from sim.figures.labels import joined, percent, percents
from sim.figures.page import again, image, page, table, write_page
from sim.figures.style import NAMES
from sim.results.record import list_of
from sim.results.results import Results, changes_of
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.sampling import Draws

__all__ = ["differences", "report_html", "write_report"]

_ALT_LETTERS = 400
_NEVER = "cannot happen"
Difference = tuple[str, str, str, str, str]


def write_report(
    results: Results, pictures: Sequence[Picture], path: Path, answered: str = ""
) -> None:
    """Write the report of ``results`` with its ``pictures``, atomically."""
    write_page(report_html(results, pictures, answered), path)


def report_html(results: Results, pictures: Sequence[Picture], answered: str = "") -> str:
    """The report as one page; ``answered`` is the answer in one line, if it is known already."""
    from sim.analysis.answer import answer

    scenario = results.scenario
    title = (results.sweep.title if results.sweep else "") or results.title
    question = results.sweep.question if results.sweep else ""
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="answer">{escape(answered or answer(results))}</p>',
        f"<p>{escape(question)}</p>" if question else "",
        f'<p class="about">{escape(scenario.about)}</p>' if scenario.about else "",
        _shares(results),
        "<h2>Figures</h2>" if pictures else "",
        "<p>How each number is computed: docs/model.md, <em>Figures</em>, by the name below each figure.</p>"
        if pictures
        else "",
        *map(_picture, pictures),
        _missing(results) if pictures else "",
        _changes(scenario),
        _differences(scenario),
        again(results.manifest, list_of(results.folder), [_change_it(results)]),
    ]
    return page(title, parts)


def differences(scenario: Scenario, base: Scenario | None = None) -> list[Difference]:
    """Where a scenario differs from ``base`` (default: London): setting, value, value there, unit,
    meaning.

    A named item (an issue, a sector, an event) that only one of them has is reported as one row.
    """
    here = {path: (meta, value) for path, meta, value in leaves(scenario)}
    there = {path: (meta, value) for path, meta, value in leaves(base or Scenario())}
    found = []
    for path in [*here, *(path for path in there if path not in here)]:
        if path in ("name", "title", "about"):
            continue
        meta, value = here.get(path, (*(there.get(path) or here[path])[:1], "absent"))
        other = there[path][1] if path in there else "absent"
        if value != other:
            found.append((path, _words(value), _words(other), meta.unit, meta.meaning))
    return found


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _shares(results: Results) -> str:
    from sim.analysis.impossible import find_ruled_out
    from sim.analysis.pooled import pooled_shares
    from sim.analysis.sampling import draws_of, source_words
    from sim.analysis.shares import outcome_shares

    draws = draws_of(results.sweep) if results.sweep is not None else None
    if draws is not None:
        runs = results.table(["point", "run", "outcome"])
        shares = pooled_shares(runs, **draws)
    else:
        runs = results.table(["outcome", "final_state"])
        shares = outcome_shares(runs)
    shares = find_ruled_out(results).mark(shares, runs)
    source = source_words(draws) if draws is not None else "of the runs"
    head, rows = ["Outcome", "Share", f"{source}: from", "to"], _share_rows(shares)
    caption = _share_caption(results, shares, draws)
    doubt = results.manifest.settings_doubt
    if doubt:
        head += ["of the settings: mean", "from", "to"]
        means = percents([doubt.shares[name].share for name in OUTCOMES])
        for row, name, mean in zip(rows, OUTCOMES, means, strict=True):
            row += [mean, percent(doubt.shares[name].low), percent(doubt.shares[name].high)]
        caption += (
            f" Of the settings: the same shares over the plausible ranges of the {len(doubt.settings)} settings that the record leaves open, "
            f"{doubt.points} points of {doubt.runs} runs; the ends enclose the chances at 95 % of points. Settings that the scenario changes stay fixed."
        )
    if not results.design:
        head.append("State in the last week")
        last = outcome_shares(
            runs.drop(columns="outcome").rename(columns={"final_state": "outcome"})
        )
        for row, words in zip(rows, percents(last["share"]), strict=True):
            row.append(words if row[1] != _NEVER else "")
    return (
        "<h2>Outcomes</h2>\n" + table(caption, head, rows, range(1, len(head))) + _breaks(results)
    )


def _share_rows(shares: pd.DataFrame) -> list[list[str]]:
    """Name, share and the ends of its interval, one row per outcome; an impossible outcome has no
    interval.
    """
    return [
        [
            NAMES[row["outcome"]],
            *(
                (_NEVER, "", "")
                if row["ruled_out"]
                else (words, *map(percent, (row["low"], row["high"])))
            ),
        ]
        for row, words in zip(shares.to_dict("records"), percents(shares["share"]), strict=True)
    ]


def _share_caption(results: Results, shares: pd.DataFrame, draws: Draws | None) -> str:
    count = int(shares["runs"].iloc[0])
    over = "all points of the sweep" if results.design else "the scenario"
    of = "95 % intervals of the runs (Wilson 1927): what other draws would give, not the uncertainty of the settings"
    if draws is not None:
        if draws["drawn"]:
            of = "95 % intervals of runs and points (Wilson 1927): what other draws and other points of the ranges would give"
        of += (
            "; runs that share their draws at all points count as one cluster"
            if draws["common"]
            else "; points weigh the same"
        )
    if shares["low"].isna().all():
        of = "no interval: every point shares the draws of one run"
    caption = f"State {closing_words(results.scenario)} of {count:,} run{'' if count == 1 else 's'} of {over}; {of}."
    for reason, rows in shares[shares["ruled_out"] != ""].groupby("ruled_out", sort=False):
        names = joined([NAMES[name] for name in rows["outcome"]])
        caption += f" {names[:1].upper()}{names[1:]} cannot happen here: {reason}."
    return caption


def _breaks(results: Results) -> str:
    """How often truces broke, for how long, and whether a truce returned; for a run."""
    from sim.analysis.survival import median_time, truce_survival

    if results.design:
        return ""
    names = (
        "weeks_to_first_truce",
        "weeks_to_first_break",
        "breaks",
        "weeks_broken",
        "longest_break",
        "healed",
    )
    runs = results.table(list(names))
    broke = runs[runs["breaks"] > 0]
    if broke.empty:
        return ""
    half = median_time(truce_survival(runs, results.scenario.calendar.horizon_weeks))
    head = (
        "Runs with a break",
        "First break (half of the truces), weeks",
        "of these runs: under a truce again at the end",
        "breaks",
        "weeks without a truce",
        "longest break, weeks",
    )
    row = (
        percent(len(broke) / len(runs)),
        "more than half never broke" if half != half else f"{half:g}",
        percent(broke["healed"].mean()),
        *(f"{broke[name].mean():.1f}" for name in ("breaks", "weeks_broken", "longest_break")),
    )
    caption = "A break is a lapse or a suspension; its median is Kaplan and Meier's, and counts unbroken truces too. The last three are means."
    return "\n<h2>Breaks</h2>\n" + table(caption, head, [row], range(6))


def _picture(picture: Picture) -> str:
    title = " ".join(picture.title.replace("\\$", "$").split())[:_ALT_LETTERS]
    return image(picture.name, title, picture.png, picture.name)


def _missing(results: Results) -> str:
    """Figures that similar results have, and why this one has not."""
    lines = "".join(f"<li>{escape(line)}</li>" for line in not_drawn(results))
    return f"<p>Not drawn:</p><ul>{lines}</ul>" if lines else ""


def _changes(scenario: Scenario) -> str:
    """The settings changed in the named scenario, if its title says that some were."""
    from sim.config.compose import load

    if not changes_of(scenario):
        return ""
    base = load(f"scenario={scenario.name}")
    head, title = ("Setting", "Here", "There", "Unit", "Meaning"), base.title or base.name
    return f"<h2>What was changed</h2>\n{table(f'Against {title}.', head, differences(scenario, base), (1, 2))}"


def _differences(scenario: Scenario) -> str:
    found = differences(scenario)
    head = "<h2>How the scenario differs from London</h2>\n"
    if not found:
        return (
            head
            + "<p>It does not: every setting has its default, the London framework of June 2025.</p>"
        )
    caption = f"{len(found)} setting{'' if len(found) == 1 else 's'} of {sum(1 for _ in leaves(scenario))}."
    return head + table(caption, ("Setting", "Here", "London", "Unit", "Meaning"), found, (1, 2))


def _change_it(results: Results) -> str:
    """The command that uses the files of the folder, to change something."""
    run = results.manifest.run
    assert run is not None
    if results.design:
        words = ["sweep", "sweep_file=sweep.yaml", "file=scenario.yaml", f"seed={run.seed}"]
    else:
        words = ["run", "file=scenario.yaml", f"runs={run.runs}", f"seed={run.seed}"]
    return f"\n# to change something\n{shlex.join(['tariffsim', *words])}"
