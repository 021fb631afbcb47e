"""Genius domains: what an export writes and any linear profile is read; what a stranger's XML could
do to its reader is refused.
"""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from sim.config.errors import SimError
from sim.exercises import read_exercise

DOMAIN = """\
<negotiation_template number_of_issues="2">
  <utility_space>
    <objective index="0" etype="objective" type="objective" name="any" description="">
      <issue index="1" etype="discrete" type="discrete" vtype="discrete" name="quota">
        <item index="1" value="none" /><item index="2" value="half" /><item index="3" value="full" />
      </issue>
      <issue index="2" etype="discrete" type="discrete" vtype="discrete" name="licences">
        <item index="1" value="per shipment" /><item index="2" value="six months" /><item index="3" value="general" />
      </issue>
    </objective>
  </utility_space>
</negotiation_template>
"""
US = """\
<utility_space>
  <objective index="0" etype="objective" type="objective" name="any" description="">
    <issue index="1" etype="discrete" type="discrete" vtype="discrete" name="quota">
      <item index="1" value="none" evaluation="1.0" /><item index="2" value="half" evaluation="0.6" /><item index="3" value="full" evaluation="0.0" />
    </issue>
    <issue index="2" etype="discrete" type="discrete" vtype="discrete" name="licences">
      <item index="1" value="per shipment" evaluation="0.0" /><item index="2" value="six months" evaluation="0.7" /><item index="3" value="general" evaluation="1.0" />
    </issue>
    <weight index="1" value="0.4" /><weight index="2" value="0.6" />
  </objective>
  <discount_factor value="1.0" /><reservation value="0.3" />
</utility_space>
"""
CN = (
    US.replace('"none" evaluation="1.0"', '"none" evaluation="0.0"')
    .replace('"half" evaluation="0.6"', '"half" evaluation="0.5"')
    .replace('"full" evaluation="0.0"', '"full" evaluation="1.0"')
    .replace('"per shipment" evaluation="0.0"', '"per shipment" evaluation="1.0"')
    .replace('"six months" evaluation="0.7"', '"six months" evaluation="0.8"')
    .replace('"general" evaluation="1.0"', '"general" evaluation="0.0"')
    .replace('"1" value="0.4"', '"1" value="0.7"')
    .replace('"2" value="0.6"', '"2" value="0.3"')
)


@pytest.fixture
def domain(tmp_path: Path) -> Path:
    """A domain with both profiles beside it."""
    folder = tmp_path / "quota"
    folder.mkdir()
    for name, text in (("domain", DOMAIN), ("profile_us", US), ("profile_cn", CN)):
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    return folder / "domain.xml"


def test_a_domain_is_read_with_the_profiles_beside_it(domain: Path) -> None:
    exercise = read_exercise(domain)
    assert exercise.name == "quota" and exercise.parties == ("us", "cn")
    assert exercise.walk_away == (0.3, 0.3) and exercise.rounds == 20
    half = exercise.place({"quota": "half", "licences": "six months"})
    assert exercise.utilities[half].tolist() == [0.66, 0.59]  # 0.24 + 0.42 and 0.35 + 0.24
    assert read_exercise(domain.parent) == exercise
    assert "20 rounds" in exercise.notes[0] and not read_exercise(domain, rounds=5).notes


def test_what_else_lies_in_the_folder_of_a_domain_is_no_profile(domain: Path) -> None:
    domain.with_name("notes.xml").write_text("not XML at all", encoding="utf-8")
    domain.with_name("site.xml").write_bytes("<!DOCTYPE x><x/>".encode("utf-16"))
    domain.with_name("large.xml").write_text("<x>" + " " * 1_200_000, encoding="utf-8")
    (domain.parent / "folder.xml").mkdir()
    assert read_exercise(domain).parties == ("us", "cn")


def test_profiles_that_are_named_are_taken_in_their_order(domain: Path) -> None:
    first, second = (domain.with_name(f"profile_{name}.xml") for name in ("cn", "us"))
    (domain.parent / "third.xml").write_text(US, encoding="utf-8")
    with pytest.raises(SimError, match="not two profiles") as caught:
        read_exercise(domain)
    assert "profiles=us.xml,cn.xml" in str(caught.value)
    exercise = read_exercise(domain, (first, second))
    assert exercise.parties == ("cn", "us")


def test_evaluations_count_by_the_largest_of_their_issue_as_in_genius(domain: Path) -> None:
    """5, 3 and 0 are read like 1, 0.6 and 0, which is said."""
    text = US.replace('evaluation="1.0"', 'evaluation="5"', 1).replace('"0.6" />', '"3" />', 1)
    domain.with_name("profile_us.xml").write_text(text, encoding="utf-8")
    exercise = read_exercise(domain)
    assert exercise.issues[0].points[0] == pytest.approx((0.4, 0.24, 0.0))
    assert "us: evaluations of quota divided by their largest" in exercise.notes[1]


def test_issues_and_items_stand_in_the_order_of_their_indices(domain: Path) -> None:
    text = DOMAIN.replace('<item index="1" value="none" />', '<item index="4" value="none" />')
    domain.write_text(text, encoding="utf-8")
    assert read_exercise(domain).issues[0].options == ("half", "full", "none")


def test_a_profile_without_reservation_and_discount_has_none(domain: Path) -> None:
    line = '  <discount_factor value="1.0" /><reservation value="0.3" />\n'
    domain.with_name("profile_us.xml").write_text(US.replace(line, ""), encoding="utf-8")
    exercise = read_exercise(domain)
    assert exercise.walk_away == (0.0, 0.3) and exercise.discount == (1.0, 1.0)


BOMB = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(12)
)
HOSTILE = {
    "billion laughs": f"<!DOCTYPE x [{BOMB}]><negotiation_template>&l11;</negotiation_template>",
    "external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><negotiation_template>&e;</negotiation_template>',
    "external subset": '<!DOCTYPE negotiation_template SYSTEM "https://example.org/x.dtd"><negotiation_template/>',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/hosts"> %p;]><negotiation_template/>',
    "stylesheet": '<?xml-stylesheet href="x.xsl"?><negotiation_template/>',
    "undeclared entity": "<negotiation_template>&nope;</negotiation_template>",
    "too deep": "<a>" * 50 + "</a>" * 50,
    "too many": "<negotiation_template>" + "<a/>" * 30_000 + "</negotiation_template>",
    "too long": f'<negotiation_template name="{"x" * 2_000}"/>',
    "too large": f"<negotiation_template>{' ' * 1_100_000}</negotiation_template>",
    "a NUL": "<negotiation_template>\0</negotiation_template>",
    "not closed": "<negotiation_template>",
    "empty": "",
    "not XML": "parties: [a, b]",
    "two roots": "<negotiation_template/><negotiation_template/>",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_xml_is_refused_fast_and_opens_nothing(
    kind: str, domain: Path, monkeypatch
) -> None:
    domain.write_text(HOSTILE[kind], encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SimError) as caught:
        read_exercise(domain)
    assert "domain.xml" in str(caught.value) and "root:" not in str(caught.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


def test_another_encoding_is_refused(domain: Path) -> None:
    domain.write_bytes(DOMAIN.encode("utf-16"))
    with pytest.raises(SimError, match="UTF-16"):
        read_exercise(domain)


BAD_DOMAINS = [
    ("negotiation_template", "template", ["not the domain", "<negotiation_template>"]),
    ('etype="discrete" type="discrete"', 'etype="integer" type="integer"', ["not a discrete issue", "given: integer"]),
    ('name="licences"', 'name="quota"', ["an issue given twice", "given: quota"]),
    ('value="half"', 'value="none"', ["quota has no such items"]),
    ('value="half"', 'worth="half"', ["domain.xml:5: item: value is missing"]),
    ('<item index="2"', '<item index="1"', ["an index given twice"]),
    ('<item index="2"', '<item index="two"', ["index is no such number"]),
    ('<issue index="1" etype="discrete" type="discrete" vtype="discrete" name="quota">', '<objective><issue index="1" name="quota">', ["not XML"]),
]  # fmt: skip
BAD_PROFILES = [
    ('evaluation="0.6"', 'evaluation="much"', ["profile_us.xml:4: item", "given: much"]),
    ('evaluation="0.6"', 'evaluation="-1"', ["evaluation is no such number", "from 0"]),
    ('evaluation="0.6"', 'evaluation="inf"', ["evaluation is no such number"]),
    ('evaluation="0.6"', "", ["evaluation is missing"]),
    ('value="half"', 'value="halb"', ["no such item in the domain", "did you mean: half"]),
    ('<item index="2" value="half" evaluation="0.6" />', "", ["an item of the domain has no evaluation", "half"]),
    ('name="quota"', 'name="quote"', ["no such issue in the domain", "did you mean: quota"]),
    ('<weight index="1" value="0.4" />', "", ["quota has no weight"]),
    ('<weight index="1" value="0.4" />', '<weight index="1" value="x" />', ["weight", "given: x"]),
    ('<discount_factor value="1.0" />', '<discount_factor value="1.5" />', ["discount_factor", "0 to 1"]),
    ('<reservation value="0.3" />', '<reservation value="" />', ["reservation", "value is missing"]),
    ("utility_space", "space", ["not two profiles"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), BAD_DOMAINS, ids=range(len(BAD_DOMAINS)))
def test_a_bad_domain_is_refused_with_its_line(old, new, said, domain) -> None:
    domain.write_text(DOMAIN.replace(old, new), encoding="utf-8")
    refused(domain, said)


@pytest.mark.parametrize(("old", "new", "said"), BAD_PROFILES, ids=range(len(BAD_PROFILES)))
def test_a_bad_profile_is_refused_with_its_line(old, new, said, domain) -> None:
    domain.with_name("profile_us.xml").write_text(US.replace(old, new), encoding="utf-8")
    refused(domain, said)


def refused(domain: Path, said: list[str]) -> None:
    with pytest.raises(SimError) as caught:
        read_exercise(domain)
    for words in said:
        assert words in str(caught.value)


def test_what_stands_in_the_wrong_place_is_told(domain: Path, sheets) -> None:
    with pytest.raises(SimError, match="file= takes the domain"):
        read_exercise(domain.with_name("profile_us.xml"))
    with pytest.raises(SimError, match="only a Genius or GeniusWeb domain has profiles"):
        read_exercise(sheets["case_sheet"], profiles=["a.xml"])
    with pytest.raises(SimError, match="no such file"):
        read_exercise(domain.with_name("other.xml"))
    with pytest.raises(SimError, match="not a file of an exercise"):
        read_exercise(domain.with_name("notes.pdf"))
