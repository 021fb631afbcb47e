"""One grammar for every verb: ``name=value`` is a setting, ``--name`` a switch; argparse reads the
switches.

Words with ``=``, ``+`` or ``~`` are separated from the switches first: argparse stops looking for
options between words, and an option with an optional value (``--info``) would swallow one. Unknown
words are refused by :mod:`sim.verbs.corrections`.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.batch.work import LARGEST as _LARGEST
from sim.config.errors import SimError
from sim.jobs import ALIASES
from sim.verbs import corrections

__all__ = [
    "CFG",
    "ESTIMATE",
    "FOLDER",
    "INFO",
    "LARGEST",
    "WIDTH",
    "Line",
    "Takes",
    "Word",
    "parser_of",
    "read_line",
]

CFG = ("job", "scenario")
INFO = ("groups", "settings")
WIDTH = 110  # characters per line of help
_PATHS = (
    "file",
    "sweep_file",
    "sweep.file",
    "claims",
    "observed",
    "variants",
    "out",
    "run.out",
    "folder",
    "results",
    "resume",
    "from",
)
_NEVER_EMPTY = ("file", "sweep_file", "deadline", "name", "run.name", "out", "run.out")
_NOT_RECORDED = ("folder=", "largest=")  # no number depends on them
_HYDRA: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    ("-m", "--multirun"): (
        "one job per value of a=1,2 (Hydra); hydra/launcher=joblib runs them in parallel",
        {"action": "store_true"},
    ),
    ("-c", "--cfg"): (
        "print the configuration (job), or only its scenario as a file for file= (scenario), and stop",
        {"nargs": "?", "const": "", "metavar": "PART"},
    ),
    ("-i", "--info"): (
        "what each option is for (groups), or every setting with value, unit and range (settings)",
        {"nargs": "?", "const": "groups", "metavar": "TOPIC"},
    ),
}
_SETTING = re.compile(r"[+~]?[\w./@-]+=(?!=)|~[\w./]+$")  # not a comparison, which has == or blanks
_COMMON = {
    "--json": "print one line of JSON (folder, answer, content hashes) and nothing else on standard output",
    "--help": "show this help",
}


@dataclass(frozen=True)
class Word:
    """A setting of the verb itself, ``name=value``: its meaning, its default where that can be
    typed, and its completions.
    """

    meaning: str
    default: str = ""
    values: Callable[[], Collection[str]] = tuple


FOLDER = Word("the result folder itself, new or empty; instead of out= and name=")
LARGEST = Word(
    "hours of one processor that may be asked for; what is estimated to take more is refused",
    str(_LARGEST),
)
ESTIMATE = {"--estimate": "print how many runs it would be and how long they take, and stop"}


@dataclass(frozen=True)
class Takes:
    """What may follow a verb.

    ``words`` are its own settings, ``switches`` its switches; ``path`` describes its one path
    (empty: it takes none), ``term`` the words that it may look up; ``scenario`` says whether settings of a scenario may follow, ``hydra``
    whether Hydra's own options may; ``refused`` are shortcuts and groups that the verb has other
    words for; ``notes`` end its help.
    """

    words: Mapping[str, Word] = field(default_factory=dict)
    switches: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    term: str = ""
    scenario: bool = True
    hydra: bool = False
    refused: tuple[str, ...] = ()
    notes: str = ""


@dataclass(frozen=True)
class Line:
    """A parsed command line.

    ``words`` is what was typed, without what only says where results go and how the output is
    printed; ``own`` the verb's own settings, ``overrides`` those of the job.
    """

    verb: str
    words: tuple[str, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()
    switches: frozenset[str] = frozenset()
    path: str = ""
    term: str = ""
    cfg: str = ""
    info: str = ""

    @property
    def folder(self) -> Path | None:
        """The result folder itself, where one is named."""
        return Path(self.own["folder"]) if "folder" in self.own else None


def parser_of(verb: str, takes: Takes) -> argparse.ArgumentParser:
    """The parser of a verb's switches; words were separated before."""
    parser = _Parser(
        prog=f"tariffsim {verb}",
        usage=f"tariffsim {verb} {_bare(takes)}[--switch ...]",
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(
            prog, max_help_position=26, width=WIDTH
        ),
        add_help=False,
        allow_abbrev=False,
        exit_on_error=False,
    )
    switches = parser.add_argument_group("switches")
    for names, (meaning, kind) in _HYDRA.items() if takes.hydra else ():
        switches.add_argument(*names, help=meaning, **kind)  # type: ignore[arg-type]
    for name, meaning in {**takes.switches, **_COMMON}.items():
        switches.add_argument(
            *(["-h"] if name == "--help" else []), name, action="store_true", help=meaning
        )
    return parser


def _bare(takes: Takes) -> str:
    """The words before the switches, in a line of help."""
    if takes.term:
        return f"[WORD ...] {'[name=value ...] ' if takes.words or takes.scenario else ''}"
    return f"{'PATH ' if takes.path else ''}[name=value ...] "


def read_line(verb: str, takes: Takes, words: Sequence[str]) -> Line:
    """Parse the words after a verb. With ``--help`` among the switches nothing else is checked.

    Raises
    ------
    SimError
        Names the first unknown word and what to write instead.
    """
    settings, others = _part(words, takes)
    given, bare = _switches(verb, takes, others)
    switches = frozenset(
        f"--{name.replace('_', '-')}" for name, value in vars(given).items() if value is True
    )
    if "--help" in switches:
        return Line(verb, switches=switches)
    settings = [_value(text, "--multirun" in switches) for text in settings]
    own, overrides = _own(settings, takes)
    paths = [_home(text, "PATH") for text in bare] if takes.path else []
    if bare and not takes.path and not takes.term:
        raise corrections.bare_word(verb, bare[0], takes.words, switches=_names(takes))
    if takes.path:
        for text in overrides:
            corrections.refuse_setting(verb, text)
        paths += overrides
        if len(paths) != 1:
            cure = f"tariffsim {verb} PATH; --help says more"
            raise SimError("one path is required", given=" ".join(paths) or None, cure=cure)
    if takes.term and overrides and not takes.scenario:
        cure = f"tariffsim {verb} WORD ..."
        raise SimError(f"{verb} takes no settings", given=overrides[0], cure=cure)
    corrections.refuse_places(verb, own, overrides)
    return Line(
        verb,
        words=tuple(
            text
            for text in (*settings, *others)
            if text != "--json" and not text.startswith(_NOT_RECORDED)
        ),
        own=own,
        overrides=() if takes.path else tuple(overrides),
        switches=switches,
        path="".join(paths),
        term=" ".join(bare) if takes.term else "",
        cfg=_one_of("--cfg", getattr(given, "cfg", None), CFG),
        info=_one_of("--info", getattr(given, "info", None), INFO),
    )


def _part(words: Sequence[str], takes: Takes) -> tuple[list[str], list[str]]:
    """The words that set, add or remove something, and the other words, both in order."""
    signs = ("+", "~") if takes.scenario else ()
    settings = [
        word
        for word in words
        if not word.startswith("-")
        and ("=" in word or word.startswith(signs))
        and not (takes.term and not _SETTING.match(word))
    ]
    return settings, [word for word in words if word not in settings]


def _switches(
    verb: str, takes: Takes, words: Sequence[str]
) -> tuple[argparse.Namespace, list[str]]:
    """What argparse reads, and the words without ``=``."""
    for place, word in enumerate(words):  # argparse would read -cp as -c p
        if word.startswith("-") and not word.startswith("--") and len(word) > 2:
            raise _not_an_option(verb, takes, words[place:])
    try:
        given, rest = parser_of(verb, takes).parse_known_args(list(words))
    except argparse.ArgumentError as error:  # the only possible error here: a value for a switch
        raise SimError("takes no value", key=str(error.argument_name).rpartition("/")[2]) from None
    for place, word in enumerate(rest):
        if word.startswith("-"):
            raise _not_an_option(verb, takes, rest[place:])
    return given, rest


def _not_an_option(verb: str, takes: Takes, words: Sequence[str]) -> SimError:
    """The error for the first of these words; the second may be the value that was meant."""
    return corrections.not_an_option(
        verb, words[0], "".join(words[1:2]), takes.words, switches=_names(takes)
    )


def _names(takes: Takes) -> list[str]:
    return [
        *(name for names in (_HYDRA if takes.hydra else {}) for name in names),
        *takes.switches,
        *_COMMON,
    ]


def _value(text: str, multirun: bool) -> str:
    """A word with its path written out; refused where it is empty, or a number with commas."""
    name, equals, value = text.partition("=")
    if equals and not value and name in _NEVER_EMPTY:
        cure = f"{name}=VALUE, or leave it out; an unset shell variable leaves it empty"
        raise SimError("needs a value", key=name, given=text, cure=cure)
    corrections.refuse_bound(name, text)
    if not multirun:
        corrections.refuse_thousands(name, value)
    if name not in _PATHS:
        return text
    parts = value.split(",") if multirun else [value]
    return f"{name}={','.join(_home(part, name) for part in parts)}"


def _home(path: str, key: str) -> str:
    """A path with ``~`` expanded, which shells do not do after ``out=``."""
    integer = os.path.expanduser(path)
    if integer.startswith("~"):
        raise SimError(
            "no such home folder",
            key=key,
            given=path,
            cure=f"write ./{path} for a folder of that name",
        )
    return integer


def _own(settings: Sequence[str], takes: Takes) -> tuple[dict[str, str], list[str]]:
    """The verb's own settings by name, and the other words in order."""
    short = {target: name for name, target in ALIASES.items()}
    own, rest = dict[str, str](), list[str]()
    for text in settings:
        name, equals, value = text.partition("=")
        name = short.get(name, name) if short.get(name, name) in takes.words else name
        if name not in takes.words or not equals:
            rest.append(text)
        elif name in own:
            raise SimError("given twice", key=name, given=f"{own[name]} and {value}")
        elif not value:
            raise SimError(
                "needs a value", key=name, given=text, cure=f"{name}=VALUE, or leave it out"
            )
        else:
            own[name] = value
    return own, rest


def _one_of(option: str, given: str | None, allowed: Sequence[str]) -> str:
    if given is not None and given not in allowed:
        problem = "not a part of the configuration" if option == "--cfg" else "unknown topic"
        raise SimError(problem, key=option, given=given or None, allowed=allowed)
    return given or ""


class _Parser(argparse.ArgumentParser):
    """Argparse that raises :class:`SimError`."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise SimError(message, key=self.prog)
