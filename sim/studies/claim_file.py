"""Claims about the model as data: a file of sentences, each with the comparison that it makes.

A claim names two scenarios (or one) in the words of the command line, a measure, and where its mean
(or the difference of means, right less left) must lie. The file is read by the strict reader of
every file here and checked as settings are: an unknown word, a bound without its sign or a
contradiction is refused with its line.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from sim.analysis.claims import SIGNS
from sim.config.check import build
from sim.config.compose import load
from sim.config.contradictions import Rule
from sim.config.errors import SimError, nearest
from sim.config.fields import Group, In, Most, Named, OneOf, Text
from sim.config.locate import configs_folder
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.config.yaml import read_yaml
from sim.results.columns import runs_table
from sim.vocabulary import OUTCOMES

__all__ = [
    "EVER",
    "Claim",
    "ClaimFile",
    "Other",
    "Stated",
    "build_claims",
    "claims_path",
    "read_claims",
    "stated",
    "values_of",
]

EVER = {"deal": "weeks_to_first_deal", "break": "weeks_to_first_break"}
"""Shares of runs that ever had an event, by the measure of the time to it."""

_LAST = "final_state."


class Claim(Group):
    """A sentence, and the comparison that it makes."""

    text: Annotated[str, Text(600)]
    """the sentence, or the part of it that is claimed, as it stands in the page"""
    page: Annotated[str, Text(200)]
    """the file in which it stands"""
    left: Annotated[str, Text(600)] = ""
    """the baseline, in words of the command line; empty where one scenario is held to a bound"""
    right: Annotated[str, Text(600)]
    """the scenario that is spoken of, in words of the command line"""
    measure: Annotated[str, Text(80)]
    """an outcome, deal or break (share of runs that had one), final_state.OUTCOME, or a column of
    runs"""
    sign: Annotated[str, OneOf(SIGNS)]
    """whether the mean (right less left) is said to lie above the bound, below it, or near it"""
    bound: Annotated[float, In(-1e9, 1e9, "measure")] = 0.0
    """the bound"""
    within: Annotated[float, In(0, 1e9, "measure")] = 0.0
    """how near; only of near"""


class Other(Group):
    """A sentence about the model that is not held here, and why, or what holds it instead."""

    text: Annotated[str, Text(600)]
    """the sentence"""
    page: Annotated[str, Text(200)]
    """the file in which it stands"""
    why: Annotated[str, Text(300)]
    """the test that holds it, or why nothing does"""


class ClaimFile(Group):
    """A file of claims."""

    claims: Annotated[Named[Claim], Most(200)] = Named()
    """claims by name"""
    others: Annotated[Named[Other], Most(200)] = Named()
    """sentences held elsewhere, or not at all, by name"""

    rules = (Rule("claims", "has", 1, "no claim", cure="give at least one"),)


@dataclass(frozen=True)
class Stated:
    """A claim with its scenarios; ``left`` is None where one scenario is held to a bound."""

    name: str
    claim: Claim
    left: Scenario | None
    right: Scenario
    words: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The kind of its estimate (:data:`sim.analysis.claims.KINDS`)."""
        shares = {*OUTCOMES, *EVER}
        if self.claim.measure not in shares and not self.claim.measure.startswith(_LAST):
            return "mean"
        return "share" if self.left is None else "shares"

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """What is run for it."""
        return (self.right,) if self.left is None else (self.left, self.right)


def claims_path() -> Path:
    """The file of claims that is shipped."""
    return configs_folder() / "claims.yaml"


def read_claims(path: Path | str) -> dict[str, Any]:
    """The mapping in a file of claims, checked, as plain data.

    Raises
    ------
    SimError
        The file or one of its claims is refused; each problem with its line.
    """
    plain = read_yaml(path)
    try:
        build_claims(plain.values)
    except SimError as error:
        problems = (error.changed(others=()), *error.others)
        raise SimError.together(
            [_at(plain.where(one.key or ""), one) for one in problems]
        ) from None
    return plain.values


def _at(where: str | None, error: SimError) -> SimError:
    return error if where is None else error.changed(problem=f"{error.problem} (in {where})")


def build_claims(plain: Mapping[str, Any], only: tuple[str, ...] = ()) -> tuple[Stated, ...]:
    """The claims of a file's mapping, with their scenarios; ``only`` names those wanted.

    Raises
    ------
    SimError
        A claim, its words, its measure or a name of ``only`` is refused.
    """
    file = build(ClaimFile, plain, "")
    for name in only:
        if name not in file.claims:
            raise SimError(
                "no such claim", key="only", given=name, suggestion=nearest(name, file.claims)
            )
    wanted = [name for name in file.claims if name in only or not only]
    known: dict[str, Scenario] = {}
    return tuple(stated(name, file.claims[name], known) for name in wanted)


def stated(name: str, claim: Claim, known: dict[str, Scenario] | None = None) -> Stated:
    """A claim with its scenarios, checked.

    Parameters
    ----------
    name, claim
        What it is called, and what it says.
    known
        Scenarios by their words, taken from and added to: composing one takes a tenth of a second.

    Raises
    ------
    SimError
        Words that make no scenario, or a measure that its scenarios do not have.
    """
    known = {} if known is None else known
    left = _scenario(claim.left, f"claims.{name}.left", known) if claim.left else None
    right = _scenario(claim.right, f"claims.{name}.right", known)
    words = tuple(shlex.split(f"{claim.left} {claim.right}"))
    found = Stated(name, claim, left, right, words)
    if (claim.sign == "near") != (claim.within > 0.0):
        allowed = "above 0 with sign: near, else left out"
        raise SimError(
            "does not go with the sign",
            key=f"claims.{name}.within",
            given=claim.within,
            allowed=allowed,
        )
    if left == right:
        raise SimError("both sides are the same", key=f"claims.{name}.right", given=claim.right)
    for scenario in found.scenarios:
        _check_measure(claim.measure, scenario, f"claims.{name}.measure")
    return found


def _scenario(text: str, key: str, known: dict[str, Scenario]) -> Scenario:
    if text not in known:
        try:
            words = shlex.split(text)
            if any(word.startswith("file=") for word in words):
                cure = "write what it changes: every reader of the claims has the shipped scenarios"
                raise SimError("a file of somebody's machine", key="file", given=text, cure=cure)
            known[text] = load(*words)
        except ValueError as error:  # a quote that is not closed
            raise SimError(str(error).lower(), key=key, given=text) from None
        except SimError as error:
            raise error.changed(
                key=key, problem=f"{error.key or 'words'}: {error.problem}"
            ) from None
    return known[text]


def _check_measure(measure: str, scenario: Scenario, key: str) -> None:
    from sim.rules.measures import RUN

    columns = runs_table(np.zeros(1, RUN), flatten(scenario), np.zeros(1, np.int64))
    numbers = [str(name) for name in columns.select_dtypes("number") if name != "run"]
    allowed = (*OUTCOMES, *EVER, *(f"{_LAST}{name}" for name in OUTCOMES), *numbers)
    if measure not in allowed:
        raise SimError(
            "no such measure", key=key, given=measure, suggestion=nearest(measure, allowed)
        )


def values_of(measure: str, outs: np.ndarray, scenario: Scenario) -> np.ndarray:
    """A measure of each run of a scenario, (runs,); NaN where a run has none."""
    if measure in OUTCOMES:
        return (outs["outcome"] == OUTCOMES[measure].code).astype(float)
    if measure.startswith(_LAST):
        return (outs["final_state"] == OUTCOMES[measure.removeprefix(_LAST)].code).astype(float)
    column = EVER.get(measure, measure)
    table = runs_table(outs, flatten(scenario), np.arange(len(outs)), keep=(column,))
    values = table[column].to_numpy(float)
    if measure in EVER:
        return np.isfinite(values).astype(float)
    return np.where(np.isfinite(values), values, np.nan)
