"""The page of claims: a row a claim, a column a variation, a mark a verdict."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.analysis.claims import FAILS, HOLDS, OPEN, SHIFTS
from sim.batch import Figures
from sim.figures.encode import house_style
from sim.figures.style import COLOURS, INK, Caption, annotate, blank, fit_text, small, style_axes
from sim.studies.claims import Claims
from sim.studies.invariance import AS_WRITTEN, VARIATIONS

__all__ = ["claims_figure"]

_MARKS = {
    HOLDS: ("o", COLOURS["breakthrough"]),
    OPEN: ("$?$", INK),
    SHIFTS: ("X", COLOURS["breakdown"]),
    FAILS: ("s", COLOURS["breakdown"]),
}
"""Shape and colour of each verdict: they differ without colour too."""
_ROW, _REST = 0.24, 3.4  # inches: a row of text, and title, labels of columns and caption


def claims_figure(result: Claims, style: Figures | None = None) -> Figure:
    """The verdict of every check."""
    style = fit_text(style)
    claims = list(result.claims["claim"])
    used = set(result.checks["variation"])
    labels = {one.name: one.label for one in (AS_WRITTEN, *VARIATIONS)}
    columns = [name for name in labels if name in used]
    with house_style():
        inches = _REST + _ROW * len(claims) * style.text_size / 10.0
        figure = blank(style, 10.0 * inches / style.width)
        ax = figure.subplots()
        for verdict, (mark, colour) in _MARKS.items():
            own = result.checks[result.checks["verdict"] == verdict]
            if len(own):
                ax.scatter(
                    [columns.index(name) for name in own["variation"]],
                    [claims.index(name) for name in own["claim"]],
                    marker=mark,
                    color=colour,
                    s=36.0,
                    label=verdict,
                    zorder=3,
                )
        style_axes(ax, style)
        ax.set_xticks(range(len(columns)), [labels[name] for name in columns], rotation=90)
        ax.xaxis.tick_top()
        ax.set_yticks(range(len(claims)), [name.replace("_", " ") for name in claims])
        ax.tick_params(labelsize=small(style), length=0)
        ax.set_xlim(-0.6, len(columns) - 0.4)
        ax.set_ylim(len(claims) - 0.4, -0.6)
        ax.legend(
            fontsize=small(style),
            loc="upper center",
            bbox_to_anchor=(0.5, -0.01),
            ncols=4,
            frameon=False,
        )
        caption = Caption(
            "",
            "of each claim",
            result.runs,
            result.seed,
            f"Of {result.tests:,} verdicts the chance that any is wrong is at most 5\u00a0%.",
        )
        annotate(figure, style, _title(result), caption)
    return figure


def _title(result: Claims) -> str:
    held, total = result.count(HOLDS), len(result.claims)
    parts = [f"{held} of {total} claims hold whatever should not matter"]
    parts += [
        f"{result.count(verdict)} {words}"
        for verdict, words in (
            (FAILS, "false as written"),
            (SHIFTS, "true only as written"),
            (OPEN, "not settled"),
        )
        if result.count(verdict)
    ]
    return "; ".join(parts)
