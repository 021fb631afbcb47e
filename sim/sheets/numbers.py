"""Numbers as people write them: a point or a comma before the decimals, marks between thousands.

``0,5`` and ``1.234,5`` can be read in one way only, ``1,000`` in two: a thousand, or one. What the
other cells of the table say decides; where they say nothing, the number is refused. So is ``1.000``
where cells are parted by ``;``, as where a comma stands before decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["AmbiguousError", "comma_means", "number", "says_point"]

_SIGN = "[-+\u2212]?"
_PLAIN = re.compile(rf"{_SIGN}(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_POINTED = re.compile(rf"{_SIGN}\d*\.\d+([eE][-+]?\d+)?")
_COMMA = re.compile(rf"{_SIGN}\d*,\d+([eE][-+]?\d+)?")
_SIMPLE = re.compile(r"-?\d+(\.\d{1,2}|\.\d{4,})?")  # most cells, and no doubt about them
_THREE = re.compile(
    rf"{_SIGN}[1-9]\d{{0,2}}[.,]\d{{3}}"
)  # 1,000 and 1.000: the two that may be both
_ENGLISH = re.compile(rf"{_SIGN}\d{{1,3}}((,\d{{3}})+\.\d+|(,\d{{3}}){{2,}})")
_GERMAN = re.compile(rf"{_SIGN}\d{{1,3}}((\.\d{{3}})+,\d+|(\.\d{{3}}){{2,}})")
_APART = re.compile(rf"{_SIGN}\d{{1,3}}([ \u00a0\u202f\u2009'\u2019]\d{{3}})+([.,]\d+)?")
_NO_BLANKS = str.maketrans("", "", " \u00a0\u202f\u2009'\u2019")
DECIMALS, THOUSANDS, BOTH = "decimals", "thousands", "both"


class AmbiguousError(ValueError):
    """A number that could be two."""


def comma_means(cells: Iterable[object]) -> str:
    """What a comma stands before in the cells of a table: ``decimals``, ``thousands``, ``both`` in
    different cells, or empty where no cell says.
    """
    texts, found = {str(cell).strip() for cell in cells}, set()
    if not any("," in text or text.count(".") > 1 for text in texts):
        return ""
    for text in texts:
        if _ENGLISH.fullmatch(text) or (_POINTED.fullmatch(text) and not _THREE.fullmatch(text)):
            found.add(THOUSANDS)
        elif _GERMAN.fullmatch(text) or (_COMMA.fullmatch(text) and not _THREE.fullmatch(text)):
            found.add(DECIMALS)
    return BOTH if len(found) > 1 else "".join(found)


def says_point(cells: Iterable[object]) -> bool:
    """Whether a cell says that a point stands before decimals: 0.394 and 1.25 do, 1.234 does not."""
    texts = (str(cell).strip() for cell in cells)
    return any(_POINTED.fullmatch(text) and not _THREE.fullmatch(text) for text in texts)


def number(text: str, comma: str, point_open: bool = False) -> float | int | None:
    """The number that a cell holds, or None where it holds none.

    Parameters
    ----------
    text
        The cell.
    comma
        What a comma means in its table (:func:`comma_means`).
    point_open
        Whether a point may stand before thousands where ``comma`` is empty.

    Raises
    ------
    AmbiguousError
        Where a mark could stand before thousands or decimals.
    """
    if _SIMPLE.fullmatch(text):
        return float(text) if "." in text else int(text)
    text = text.strip()
    if _APART.fullmatch(text):
        text = text.translate(_NO_BLANKS)
    if _THREE.fullmatch(text):
        if comma == BOTH or (not comma and (point_open or "," in text)):
            raise AmbiguousError(text)
        thousands = "." if comma == DECIMALS else ","
        text = text.replace(thousands, "")
    elif _GERMAN.fullmatch(text):
        text = text.replace(".", "")
    elif _ENGLISH.fullmatch(text):
        text = text.replace(",", "")
    if _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not _PLAIN.fullmatch(text):
        return None
    text = text.replace("\u2212", "-")
    return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)
