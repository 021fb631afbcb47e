"""Tables as people keep them: designs, records and chronologies, from text files, spreadsheets and
Parquet files.
"""

from sim.sheets.sheet import SUFFIXES, Column, Sheet, read_sheet, sheet_of
from sim.sheets.text import refuse_more

__all__ = ["SUFFIXES", "Column", "Sheet", "read_sheet", "refuse_more", "sheet_of"]
