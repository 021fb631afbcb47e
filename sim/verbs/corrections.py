"""What to write instead of a word that the verb does not know: ``run london`` ->
``scenario=london``, ``--runs 5`` -> ``runs=5``.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Mapping, Sequence

from sim.batch import refuse_word
from sim.config.errors import SimError, nearest
from sim.jobs import ALIASES, NAMES

__all__ = [
    "bare_word",
    "not_an_option",
    "refuse_bound",
    "refuse_places",
    "refuse_setting",
    "refuse_thousands",
]

_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_MOST = 3
_MOST_CHARACTERS = 100  # longest word that is looked up


def not_an_option(
    verb: str, word: str, following: str, own: Collection[str], *, switches: Collection[str]
) -> SimError:
    """The error for an unknown option; if a setting has its name, the error suggests the
    setting.
    """
    if not word.isprintable():
        return SimError(f"not an option of {verb}", given=word, allowed=list(switches))
    name, equals, value = word.lstrip("-").partition("=")
    names = {*own, *NAMES.known}
    setting = next((text for text in (name, name.replace("-", "_")) if text in names), None)
    if setting is None and f"--{name}" not in switches:
        switch = nearest(word[:_MOST_CHARACTERS], switches)
        setting = nearest(name[:_MOST_CHARACTERS], own)
        meant = setting is not None and _likeness(name, setting) > _likeness(word, switch or "")
        suggestion = f"{setting}=…" if meant else switch
        return SimError(
            f"not an option of {verb}", given=word, allowed=list(switches), suggestion=suggestion
        )
    if setting is None:
        return SimError("takes no value", key=f"--{name}", given=word)
    given = word if equals or following.startswith("-") else f"{word} {following}".strip()
    value = value if equals else "" if following.startswith("-") else following
    problem = f"not an option of {verb}: write settings as name=value"
    return SimError(problem, given=given, suggestion=f"{setting}={value or '…'}")


def _likeness(word: str, other: str) -> float:
    """How alike two words are, from 0 to 1."""
    return difflib.SequenceMatcher(None, word[:_MOST_CHARACTERS], other).ratio()


def bare_word(
    verb: str, word: str, own: Mapping[str, object], *, switches: Collection[str]
) -> SimError:
    """The error for a word without ``=``, with the setting, group or file that may be meant."""
    allowed = (
        f"name=value, or one of {', '.join(name for name in switches if name.startswith('--'))}"
    )
    problem = f"not a word of {verb}"
    if f"--{word}" in switches:
        return SimError(problem, given=word, allowed=allowed, suggestion=f"--{word}")
    meant = (_file(verb, word, own) or _options(verb, word)) if word.isprintable() else []
    if not meant:
        names = [*own, *NAMES.known]
        near = word if word in names else nearest(word[:_MOST_CHARACTERS], names)
        meant = [f"{near}=…"] if near else []
    return SimError(
        problem, given=word, allowed=allowed, suggestion=" or ".join(meant[:_MOST]) or None
    )


def _options(verb: str, word: str) -> list[str]:
    """``group=word`` for each group with such an option, or with the only one that begins so;
    scenario and sweep come first.
    """
    found = []
    for group, options in NAMES.groups.items():
        starts = [option for option in options if option.startswith(f"{word}_")]
        if (word in options and word != "default") or len(starts) == 1:
            found.append((group != verb, group != "scenario", f"{group}={word}"))
    return [
        text for _, _, text in sorted(found) if verb == "sweep" or not text.startswith("sweep=")
    ]


def _file(verb: str, word: str, own: Mapping[str, object]) -> list[str]:
    if word.endswith((".yaml", ".yml")):
        return [f"file={word}", *([f"sweep_file={word}"] if verb == "sweep" else [])]
    return [f"resume={word}"] if "resume" in own and os.path.isdir(word) else []


def refuse_setting(verb: str, text: str) -> None:
    """Refuse ``runs=20`` after a verb that takes a path, unless a file is called that.

    Raises
    ------
    SimError
        Says what to write instead.
    """
    name, _, value = text.partition("=")
    if not os.path.exists(text):
        refuse_word(verb, ALIASES.get(name, name), value)


def refuse_bound(name: str, text: str) -> None:
    """Refuse ``sweep.largest=``, which counted runs in older versions.

    Raises
    ------
    SimError
        Says what bounds a sweep now.
    """
    if name == "sweep.largest":
        cure = "largest=HOURS of one processor bounds the work of every verb"
        raise SimError("no setting of a sweep", key=name, given=text, cure=cure)


def refuse_thousands(name: str, value: str) -> None:
    """Refuse ``runs=1,000``, which Hydra takes for two values.

    Raises
    ------
    SimError
        Says which number was meant.
    """
    if _THOUSANDS.fullmatch(value):
        cure = "several values, one job each, need -m"
        problem = "a number is written without commas"
        raise SimError(
            problem, key=name, given=value, suggestion=f"{name}={value.replace(',', '')}", cure=cure
        )


def refuse_places(verb: str, own: Mapping[str, str], overrides: Sequence[str]) -> None:
    """Refuse ``folder=`` together with ``out=`` or ``name=``.

    Raises
    ------
    SimError
        Naming both.
    """
    for text in overrides if "folder" in own else ():
        if text.partition("=")[0] in ("out", "run.out", "name", "run.name"):
            cure = "folder= names the result folder itself; out= and name= only where it goes and how its name begins: use one or the other"
            raise SimError(
                "given twice", key="folder", given=f"folder={own['folder']} and {text}", cure=cure
            )
    if "folder" in own and "resume" in own:
        raise SimError(
            "a resumed sweep stays in its own folder",
            key="folder",
            given=own["folder"],
            cure="leave it out",
        )
