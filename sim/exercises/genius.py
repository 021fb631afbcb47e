"""Genius domains and profiles, as Genius and NegMAS write them and ``tariffsim export`` does: discrete
issues, weights, evaluations, reservation value, discount factor.

Utility is the weighted sum of evaluations, each divided by the largest of its issue, as Genius
reads them; where that is 1, NegMAS reads the same. The files are a stranger's: no document type, no
entities, no processing instructions, and nothing outside the file is ever opened. The parser is
Python's own expat with these refused at the first sign, so that no entity is ever expanded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from sim.config.errors import SimError, nearest
from sim.config.yaml import read_text
from sim.exercises.exercise import Exercise, Topic
from sim.exercises.sheet import exercise_of, to_plain
from sim.vocabulary import SIDES

__all__ = ["ROUNDS", "exercise_of_domain", "party_names", "profiles_beside"]

_DOMAIN, _PROFILE = "negotiation_template", "utility_space"
_MOST_DEPTH, _MOST_ELEMENTS = 20, 20_000
ROUNDS = 20  # judgement: enough for a dozen different offers of each party
_HEAD = 4_096  # bytes in which a profile says what it is
_MOST_TEXT = 1_000  # letters of an attribute
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass
class _Element:
    """An element: its tag, attributes and children, and the line it begins on."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list[_Element] = field(default_factory=list)

    def named(self, tag: str) -> Iterator[_Element]:
        """The children of a tag."""
        return (child for child in self.children if child.tag == tag)


@dataclass
class _File:
    """A file of one tree, and how its faults are said."""

    path: Path
    root: _Element

    def wrong(self, element: _Element, problem: str, **parts: object) -> SimError:
        """An error at an element."""
        key = f"{self.path}:{element.line}: {element.tag}"
        return SimError(problem, key=key, **parts)  # type: ignore[arg-type]

    def value(self, element: _Element, name: str) -> str:
        """An attribute that must be there, without blanks around it."""
        text = element.attributes.get(name, "").strip()
        if not text:
            raise self.wrong(element, f"{name} is missing", cure=f'<{element.tag} {name}="…">')
        return text

    def number(self, element: _Element, name: str, low: float = 0.0) -> float:
        """An attribute that must be a finite number not below ``low``."""
        text = self.value(element, name)
        found = float(text) if _NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(found) or found < low:
            allowed = f"a finite number from {low:g}"
            raise self.wrong(element, f"{name} is no such number", given=text, allowed=allowed)
        return found


@dataclass(frozen=True)
class _Profile:
    """What one party's file says: evaluations and weight of each issue, reservation value and
    discount factor.
    """

    evaluations: dict[str, dict[str, float]]
    weights: dict[str, float]
    reservation: float
    discount: float


def exercise_of_domain(
    domain: Path, profiles: Sequence[Path] = (), rounds: int | None = None
) -> Exercise:
    """The exercise of a domain and two profiles; without ``profiles`` the two beside the domain
    (:func:`profiles_beside`), without ``rounds`` twenty.

    Raises
    ------
    SimError
        A file that is not there, too large, not XML, not of a domain or profile; issues that are
        not discrete; a profile that does not fit the domain. Each with file and line.
    """
    file = _read(domain)
    if file.root.tag != _DOMAIN:
        raise _other(file, _DOMAIN, "the domain")
    issues = _issues(file)
    paths = list(profiles) or profiles_beside(domain)
    if len(paths) != 2:
        cure = "name both: profiles=us.xml,cn.xml (the first party first)"
        given = ", ".join(path.name for path in paths) or "none"
        raise SimError("not two profiles", key=str(domain), given=given, cure=cure)
    names = party_names(paths)
    read = [_profile(_read(path), issues) for path in paths]
    notes = [] if rounds is not None else [f"{ROUNDS} rounds; a domain says nothing of them"]
    notes += [note for one, name in zip(read, names, strict=True) for note in _divided(one, name)]
    found = Exercise(
        name=_name_of(domain),
        parties=(names[0], names[1]),
        issues=tuple(
            Topic(name, options, (_points(read[0], name, options), _points(read[1], name, options)))
            for name, options in issues.items()
        ),
        walk_away=(read[0].reservation, read[1].reservation),
        rounds=ROUNDS if rounds is None else rounds,
        discount=(read[0].discount, read[1].discount),
        notes=tuple(notes),
    )
    exercise_of(
        to_plain(found), where=lambda path: str(domain)
    )  # held to the bounds of every sheet
    return found


def profiles_beside(domain: Path) -> list[Path]:
    """The other XML files of the folder whose root says that they are profiles: Washington's before
    Beijing's, as an export writes them, others by name.
    """
    found = []
    for path in sorted(domain.parent.glob("*.xml"), key=lambda path: (_seat(path), path.name)):
        if path != domain and _may_be_profile(path) and _read(path).root.tag == _PROFILE:
            found.append(path)
    return found


def _may_be_profile(path: Path) -> bool:
    """Whether a file begins like one; what else lies in the folder is nobody's fault."""
    if not path.is_file():  # a pipe would wait for somebody to write
        return False
    try:
        with path.open("rb") as file:
            return f"<{_PROFILE}".encode() in file.read(_HEAD)
    except OSError:
        return False


def _seat(path: Path) -> int:
    """The place of a party whose file is called like a side of the model; behind them any other."""
    own = _short(path)
    return SIDES.names.index(own) if own in SIDES.names else len(SIDES)


def _short(path: Path) -> str:
    return path.stem.removeprefix("profile_").removesuffix("_profile")


def _name_of(domain: Path) -> str:
    """What the exercise is called: as its file, or as the folder of a domain.xml."""
    own = domain.stem if domain.stem != "domain" else domain.absolute().parent.name
    return re.sub(r"[^\w-]+", "_", own)[:60] or "domain"


def party_names(paths: Sequence[Path]) -> list[str]:
    """What the parties are called: as their files, without the word that both have in common."""
    short = [_short(path) for path in paths]
    return short if short[0] != short[1] and all(short) else ["first", "second"]


def _points(profile: _Profile, issue: str, options: Sequence[str]) -> tuple[float, ...]:
    """Weight times evaluation over the largest of the issue, option by option."""
    own = profile.evaluations[issue]
    most = max(own.values())
    share = 0.0 if most == 0.0 else profile.weights[issue] / most
    return tuple(share * own[option] for option in options)


def _divided(profile: _Profile, name: str) -> list[str]:
    """What Genius and NegMAS would read differently, if anything."""
    odd = [
        issue for issue, own in profile.evaluations.items() if max(own.values()) not in (0.0, 1.0)
    ]
    if not odd:
        return []
    return [f"{name}: evaluations of {', '.join(odd)} divided by their largest, as Genius does"]


def _other(file: _File, wanted: str, what: str) -> SimError:
    cure = {
        _PROFILE: "file= takes the domain, profiles= the profiles",
        _DOMAIN: "file= takes the domain, profiles= two profiles (utility_space)",
    }.get(file.root.tag)
    allowed = f"<{wanted}>"
    given = f"<{file.root.tag}>"
    return file.wrong(file.root, f"not {what}", given=given, allowed=allowed, cure=cure)


def _objective(file: _File) -> _Element:
    """The one objective that holds the issues, whether or not a utility space stands around it."""
    inner = next(file.root.named(_PROFILE), file.root)
    found = list(inner.named("objective"))
    if len(found) != 1:
        given = f"{len(found)} of them"
        raise file.wrong(inner, "not one objective", given=given, allowed="one <objective>")
    if any(found[0].named("objective")):
        cure = "put all issues into the one objective"
        raise file.wrong(found[0], "objectives within objectives are not read", cure=cure)
    return found[0]


def _issues(file: _File) -> dict[str, tuple[str, ...]]:
    """The options of each issue by name, in the order of their indices."""
    found: dict[str, tuple[str, ...]] = {}
    for issue in _by_index(file, _objective(file).named("issue")):
        name = file.value(issue, "name")
        _check_discrete(file, issue)
        options = tuple(file.value(item, "value") for item in _by_index(file, issue.named("item")))
        if len(options) < 2 or len(set(options)) != len(options):
            allowed = "two different items or more"
            raise file.wrong(
                issue, f"{name} has no such items", given=", ".join(options), allowed=allowed
            )
        if name in found:
            raise file.wrong(issue, "an issue given twice", given=name)
        found[name] = options
    if not found:
        raise file.wrong(file.root, "no issue", cure='<issue index="1" type="discrete" name="…">')
    return found


def _check_discrete(file: _File, issue: _Element) -> None:
    kinds = {issue.attributes.get(key, "discrete") for key in ("type", "etype", "vtype")}
    if kinds != {"discrete"}:
        (kind, *_) = sorted(kinds - {"discrete"})
        cure = "write its values out as items: a list of options is what parties choose from"
        raise file.wrong(issue, "not a discrete issue", given=kind, allowed="discrete", cure=cure)


def _by_index(file: _File, elements: Iterator[_Element]) -> list[_Element]:
    """Elements in the order of their indices, which are 1, 2, ..."""
    found = list(elements)
    indices = [file.value(one, "index") for one in found]
    for one, index in zip(found, indices, strict=True):
        if not index.isascii() or not index.isdigit() or len(index) > 6:
            raise file.wrong(one, "index is no such number", given=index, allowed="1, 2, …")
        if indices.count(index) > 1:
            raise file.wrong(one, "an index given twice", given=index)
    return [
        one for _, one in sorted(zip(map(int, indices), found, strict=True), key=lambda p: p[0])
    ]


def _profile(file: _File, issues: dict[str, tuple[str, ...]]) -> _Profile:
    """A profile, which must say an evaluation of every item of the domain and nothing else."""
    if file.root.tag != _PROFILE:
        raise _other(file, _PROFILE, "a profile")
    objective = _objective(file)
    weights = {file.value(one, "index"): one for one in objective.named("weight")}
    evaluations, weighed = dict[str, dict[str, float]](), dict[str, float]()
    for issue in _by_index(file, objective.named("issue")):
        name = file.value(issue, "name")
        if name not in issues:
            near = nearest(name, issues)
            raise file.wrong(
                issue,
                "no such issue in the domain",
                given=name,
                allowed=tuple(issues),
                suggestion=near,
            )
        _check_discrete(file, issue)
        evaluations[name] = _evaluations(file, issue, issues[name])
        index = file.value(issue, "index")
        if index not in weights:
            cure = f'<weight index="{index}" value="…">'
            raise file.wrong(issue, f"{name} has no weight", cure=cure)
        weighed[name] = file.number(weights[index], "value")
    missing = [name for name in issues if name not in evaluations]
    if missing:
        raise file.wrong(objective, "an issue of the domain is missing", given=", ".join(missing))
    top = next(file.root.named(_PROFILE), file.root)
    reservation = next(top.named("reservation"), None)
    discount = next(top.named("discount_factor"), None)
    factor = 1.0 if discount is None else file.number(discount, "value")
    if discount is not None and factor > 1.0:
        raise file.wrong(discount, "value is no such number", given=factor, allowed="0 to 1")
    floor = 0.0 if reservation is None else file.number(reservation, "value", -1e9)
    return _Profile(evaluations, weighed, floor, factor)


def _evaluations(file: _File, issue: _Element, options: tuple[str, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for item in issue.named("item"):
        option = file.value(item, "value")
        if option not in options:
            near = nearest(option, options)
            raise file.wrong(
                item, "no such item in the domain", given=option, allowed=options, suggestion=near
            )
        if option in found:
            raise file.wrong(item, "an item given twice", given=option)
        found[option] = file.number(item, "evaluation")
    missing = [option for option in options if option not in found]
    if missing:
        raise file.wrong(issue, "an item of the domain has no evaluation", given=", ".join(missing))
    return found


def _read(path: Path) -> _File:
    """The tree of an XML file.

    Raises
    ------
    SimError
        With file and line.
    """
    text = read_text(path)
    reader = _Tree(path)
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = reader.refuse("a document type (DOCTYPE)")
    parser.EntityDeclHandler = reader.refuse("an entity")
    parser.ExternalEntityRefHandler = reader.refuse("an external entity")
    parser.ProcessingInstructionHandler = reader.refuse("a processing instruction (<?…?>)")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    reader.line = lambda: parser.CurrentLineNumber
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        key, reason = f"{path}:{error.lineno}", expat.ErrorString(error.code)
        cure = "a domain is XML; a case sheet ends in .yaml or .json"
        raise SimError(f"not XML: {reason}", key=key, cure=cure) from None
    assert reader.root is not None  # expat refuses a file without an element
    return _File(path, reader.root)


class _Tree:
    """What expat calls while it reads: builds the tree, and refuses what no domain needs."""

    def __init__(self, path: Path) -> None:
        self.path, self.root = path, None  # type: Path, _Element | None
        self.line = lambda: 1
        self._open: list[_Element] = []
        self._count = 0

    def refuse(self, what: str) -> Callable[..., Any]:
        """A handler that refuses ``what``."""

        def handler(*given: object) -> Any:
            raise self._error(f"{what} is not accepted in a file", "remove it")

        return handler

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._count += 1
        if len(self._open) >= _MOST_DEPTH or self._count > _MOST_ELEMENTS:
            cure = f"at most {_MOST_ELEMENTS:,} elements, {_MOST_DEPTH} deep"
            raise self._error("too many elements", cure)
        if any(len(text) > _MOST_TEXT for text in (tag, *attributes, *attributes.values())):
            raise self._error("too long", f"at most {_MOST_TEXT:,} letters")
        element = _Element(tag, attributes, self.line())
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._open.pop()

    def _error(self, problem: str, cure: str) -> SimError:
        return SimError(problem, key=f"{self.path}:{self.line()}", cure=cure)
