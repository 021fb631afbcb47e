"""One report for all verbs: a page that contains everything it shows, loads nothing from elsewhere
and runs no script.

A verb describes its page with a :class:`Report`, whose sections are made of blocks: words, lists,
tables, pictures with alternative text and their data. Question, answer, scenarios, definitions,
limits, reproduction and citation are the same for all; ``report.html.jinja`` is the only template.
Every text is escaped there.
"""

from sim.report.blocks import (
    Block,
    Definitions,
    Items,
    Links,
    Picture,
    Section,
    Table,
    Words,
)
from sim.report.page import Report, report_html, write_report

__all__ = [
    "Block",
    "Definitions",
    "Items",
    "Links",
    "Picture",
    "Report",
    "Section",
    "Table",
    "Words",
    "report_html",
    "write_report",
]
