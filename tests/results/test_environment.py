"""Environments compared: what differs, which tier is promised, what is refused, what is printed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.config.errors import MACHINE, SimError
from sim.results.machine import (
    T0,
    T1,
    T2,
    Environment,
    Git,
    Platform,
    changes,
    check_version,
    promised,
    requirements,
)

HERE = Environment(
    rules="a" * 64,
    versions={
        "tariffsim": "0.1.0",
        "python": "3.11.7",
        "numpy": "2.4.1",
        "numba": "0.63.1",
        "matplotlib": "3.10.0",
    },
    platform=Platform(system="Linux", machine="x86_64", libc="glibc 2.36"),
    git=Git(commit="0123456789abcdef", dirty=False),
)


def _other(part: str, name: str, value: str) -> Environment:
    if part == "rules":
        return replace(HERE, rules=value)
    if part == "versions":
        return replace(HERE, versions={**HERE.versions, name: value})
    return replace(HERE, **{part: replace(getattr(HERE, part), **{name: value})})


@pytest.mark.parametrize(
    ("other", "tier"),
    [
        (HERE, T0),
        (_other("platform", "libc", "glibc 2.41"), T1),
        (_other("platform", "machine", "aarch64"), T2),
        (_other("platform", "system", "Darwin"), T2),
        (_other("versions", "numpy", "2.5.0"), T2),
        (_other("versions", "python", "3.13.0"), T2),
        (_other("git", "commit", "fedcba9876543210"), T0),
        (_other("versions", "tariffsim", "not installed"), T0),
        (_other("versions", "tariffsim", "0.2.0"), None),
        (_other("rules", "", "b" * 64), None),
    ],
)
def test_the_tier_promised_follows_from_what_differs(other, tier):
    assert promised(changes(other, HERE), HERE) == tier


def test_differences_come_with_the_likeliest_to_matter_first():
    versions = {**HERE.versions, "matplotlib": "3.9.0", "numpy": "2.5.0"}
    other = replace(_other("platform", "machine", "aarch64"), versions=versions)
    assert [change.name for change in changes(other, HERE)] == [
        "machine",
        "version numpy",
        "version matplotlib",
    ]


def _with_facts(
    processor="A", vector_features=("AVX2",), blas="openblas 0.3", lock="c" * 64
) -> Environment:
    platform = replace(
        HERE.platform, processor=processor, vector_features=vector_features, blas=blas
    )
    return replace(HERE, platform=platform, lock=lock)


def test_processor_vector_features_blas_and_lock_are_told_and_lower_no_tier():
    other = _with_facts(processor="B", vector_features=(), blas="mkl 2025", lock="d" * 64)
    found = changes(other, _with_facts())
    assert [change.name for change in found] == [
        "processor",
        "vector features",
        "blas",
        "lock file",
    ]
    assert all("no effect" in change.effect for change in found)
    assert found[1].recorded == "none" and found[1].now == "AVX2"
    assert promised(found, HERE) == T0


def test_what_an_older_manifest_did_not_record_is_no_difference():
    assert changes(HERE, _with_facts()) == () == changes(_with_facts(), HERE)


@pytest.mark.parametrize(
    "other",
    [
        _other("rules", "", "b" * 64),
        _other("versions", "tariffsim", "0.2.0"),
        Environment(versions={}),
    ],
)
def test_other_rules_or_another_version_are_refused_with_exit_code_three(other):
    with pytest.raises(SimError) as refused:
        check_version(other, HERE)
    assert refused.value.exit_code == MACHINE and "--allow-version" in str(refused.value)


def test_the_environment_is_a_requirements_file():
    lines = requirements(HERE).splitlines()
    assert lines[0] == "# Python 3.11.7 on Linux x86_64 glibc 2.36"
    assert [line for line in lines if not line.startswith("#")] == [
        "matplotlib==3.10.0",
        "numba==0.63.1",
        "numpy==2.4.1",
    ]


@pytest.mark.parametrize(
    "version", ["1.0 --find-links http://x", "1.0\nevil==1", "@ http://x", "", "${HOME}"]
)
def test_a_version_that_is_none_never_reaches_the_requirements(version):
    other = _other("versions", "numpy", version)
    if not version:
        assert "numpy" not in requirements(other)
        return
    with pytest.raises(SimError, match="not a version"):
        requirements(other)


def test_hostile_words_stay_out_of_comments_and_unknown_names_out_of_pins():
    other = replace(
        _other("platform", "system", "Linux\n-e ."),
        versions={**HERE.versions, "evil": "1.0", "python": "3\nevil"},
        git=Git(commit="$(reboot)", dirty=False),
    )
    text = requirements(other)
    assert "evil" not in text and "-e ." not in text and "reboot" not in text
