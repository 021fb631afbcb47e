"""The report of a run or a sweep: shares with their intervals, breaks, figures."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.analysis.labels import closing_words
from sim.analysis.observed_scores import BANDS, Scored
from sim.config.errors import SimError
from sim.figures.crises import crisis_tables
from sim.figures.gallery import data_of, not_drawn
from sim.figures.labels import joined, percent, percents
from sim.figures.style import NAMES
from sim.report import Block, Items, Picture, Report, Section, Table, Words
from sim.results.record import list_of
from sim.results.results import Results
from sim.vocabulary import DRIVERS, OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.sampling import Draws

__all__ = ["observed_blocks", "report_of"]

_NEVER = "cannot happen"
_MOST_LINES = 20  # of observations left out that the page lists
_QUESTION = "How does the truce end under this scenario, and how often?"


def report_of(results: Results, pictures: Sequence[Picture] = (), answered: str = "") -> Report:
    """What the report of a run or a sweep says.

    Parameters
    ----------
    results
        The result.
    pictures
        Its figures, by their names in the gallery.
    answered
        The answer in one line, if it is known already.
    """
    from sim.analysis.answer import answer

    scenario, sweep = results.scenario, results.sweep
    sections = [Section("Outcomes", [_shares(results)])]
    breaks = _breaks(results)
    if breaks is not None:
        sections.append(Section("Breaks", [breaks]))
    if crises := crisis_tables(results):
        sections.append(Section("Crises inside a truce", crises))
    blocked = _unsettled(results)
    if blocked is not None:
        sections.append(Section("Still to settle", [blocked]))
    if results.scored is not None:
        sections.append(Section("Beside what was observed", observed_blocks(results.scored)))
    if pictures:
        sections.append(Section("Figures", _figures(results, pictures)))
    return Report(
        title=(sweep.title if sweep else "") or results.title,
        question=(sweep.question if sweep else "") or _QUESTION,
        answer=answered or answer(results),
        manifest=results.manifest,
        sections=sections,
        scenarios={results.title: scenario},
        beside=list_of(results.folder),
        commands=["", "# to change something", _change_it(results)],
    )


def _figures(results: Results, pictures: Sequence[Picture]) -> list[Block]:
    how = "How each number is computed: docs/model.md, Figures, by the name below each figure. codebook.csv says what each column of their data is."
    missing = not_drawn(results)
    return [
        Words(how, "aside"),
        *(picture.described(files=data_of(results, picture.name)) for picture in pictures),
        *([Items(missing, "Not drawn:")] if missing else []),
    ]


def _shares(results: Results) -> Table:
    """Shares of the outcomes with their intervals; of a run also the shares of the last week."""
    from sim.analysis.result_shares import result_shares
    from sim.analysis.sampling import draws_of, source_words
    from sim.analysis.shares import outcome_shares

    draws = draws_of(results.sweep) if results.sweep is not None else None
    shares = result_shares(results)
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
        ended = results.table(["final_state"]).rename(columns={"final_state": "outcome"})
        last = outcome_shares(ended)
        for row, words in zip(rows, percents(last["share"]), strict=True):
            row.append(words if row[1] != _NEVER else "")
    return Table(caption, head, rows, range(1, len(head)))


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
    if results.manifest.estimates:
        of = "95 % intervals of the runs, estimated with the luck of decisions taken out (docs/precision.md): what other draws would give"
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


def _breaks(results: Results) -> Table | None:
    """How often truces broke, for how long, and whether a truce returned; for a run."""
    from sim.analysis.survival import median_time, truce_survival

    if results.design:
        return None
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
        return None
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
    caption = "A break is a lapse or an end from inside; its median is Kaplan and Meier's, and counts unbroken truces too. The last three are means."
    return Table(caption, head, [row], range(6))


def _unsettled(results: Results) -> Table | None:
    """What stands in the way where a run ends with a track open; for a run."""
    if results.design:
        return None
    try:
        runs = results.table(["blocking_issue", "surplus_left"])
    except SimError:  # made before it was measured
        return None
    known = runs[runs["surplus_left"].notna()]
    if known.empty:
        return None
    open_ = known[known["surplus_left"] > 0.0]
    blocking = known["blocking_issue"].value_counts()
    rows = [
        (DRIVERS.labels.get(str(name), str(name).replace("_", " ")), percent(count / len(known)))
        for name, count in blocking[blocking > 0].items()
    ]
    several = len(known) - len(open_) - int(blocking.sum())
    left = f", {open_['surplus_left'].mean():.0f} bn USD/yr on average" if len(open_) else ""
    rows += [
        ("no single issue", percent(several / len(known))),
        (f"none: a deal would gain both{left}", percent(len(open_) / len(known))),
    ]
    caption = (
        f"Of the {len(known):,} run{'' if len(known) == 1 else 's'} that end with a track open, trade or (once it is settled) controls: the issue without which "
        "packages would exist that give both sides at least their reservation value (docs/model.md, What blocks)."
    )
    return Table(caption, ("What blocks", "Share of these runs"), rows, (1,))


def observed_blocks(scored: Scored) -> list[Block]:
    """Observed series and their scores, in words and a table."""
    caption = (
        f"Observations of {scored.source.name} against {scored.runs:,} runs: the mean continuous ranked "
        "probability score (0 is best, in the unit of the series; Gneiting and Raftery 2007) beside that of a "
        "base rate, and how many lie in each band. Observations of neighbouring times are not independent, so "
        "no interval is given. Definitions: docs/observed.md."
    )
    bands = (f"in {band} %" for band in BANDS)
    head = ("Series", "unit", "scored", "left out", "CRPS", "base rate", "its CRPS", *bands)
    rows = [_score_row(row) for row in scored.scores.to_dict("records")]
    blocks: list[Block] = [Table(caption, head, rows, range(2, len(head)), file="scores.csv")]
    left = scored.observed[scored.observed["left_out"] != ""]
    if scored.source.conversions:
        blocks.append(Words(f"Converted: {scored.source.conversions}.", "aside"))
    if len(left):
        lines = [
            f"{r['series']}, {r['first']} to {r['last']}: {r['left_out']}"
            for r in left.to_dict("records")
        ]
        blocks.append(Items(lines[:_MOST_LINES], f"Not scored ({len(left)}):"))
    return blocks


def _score_row(row: Mapping[Any, Any]) -> list[str]:
    base = row["base"]
    inside = [
        "" if not row["scored"] else f"{row[f'coverage.{b}'] * row['scored']:.0f}" for b in BANDS
    ]
    scores = (row["crps"], row[f"crps.{base}"] if base else float("nan"))
    own, other = ("" if score != score else f"{score:.3g}" for score in scores)
    counts = (str(row["scored"]), str(row["not_scored"]))
    return [row["series"], row["unit"], *counts, own, base or "none", other, *inside]


def _change_it(results: Results) -> str:
    """The command that uses the files of the folder, to change something."""
    run = results.manifest.run
    assert run is not None
    if results.design:
        words = ["sweep", "sweep_file=sweep.yaml", "file=scenario.yaml", f"seed={run.seed}"]
    else:
        words = ["run", "file=scenario.yaml", f"runs={run.runs}", f"seed={run.seed}"]
        words += [f"first={run.first}"] if run.first else []
    return shlex.join(["tariffsim", *words])
