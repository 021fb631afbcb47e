"""Results: a table of runs, a table of weeks, and a manifest that says how to make them again."""

from sim.results.columns import column_notes, design_notes, runs_table, weeks_table
from sim.results.folder import prepare_folder
from sim.results.results import Results, load_results, save

__all__ = [
    "Results",
    "column_notes",
    "design_notes",
    "load_results",
    "prepare_folder",
    "runs_table",
    "save",
    "weeks_table",
]
