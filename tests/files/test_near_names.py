"""The name that is suggested for a wrong one is near it and of its kind; where nothing is near nothing is suggested."""

from __future__ import annotations

import pytest

from simulation.files.names import labelled, nearest, nearest_key

TABLES = ("weeks", "signals", "departments", "structure", "stages", "execution", "evaluation")
KEYS = (
    *TABLES,
    "departments.capacity",
    "execution.capacity",
    "execution.oversight",
    "stages.trend",
    "stages.trend.start",
    "stages.authority",
    "stages.authority.start",
    "structure.citizens",
)


@pytest.mark.parametrize(
    ("given", "valid", "near"),
    [
        ("district", ("resident", "village", "subdistrict", "town"), None),  # another word's ending
        ("events", TABLES, None),  # a few common letters
        ("excution", TABLES, "execution"),
        ("Structure", TABLES, "structure"),
        ("strat", ("start", "length", "relax"), "start"),
        ("oen", ("one", "two"), "one"),
        ("exec", TABLES, "execution"),  # a beginning
        ("e", TABLES, None),  # too short a one
        ("st", TABLES, None),
        ("sta", ("start", "stage"), None),  # of two names
        ("start_week", ("start", "length"), "start"),
        ("", TABLES, None),
    ],
)
def test_a_name_is_near_if_most_letters_agree_or_one_alone_begins_so(given, valid, near):
    assert nearest(given, valid) == near


@pytest.mark.parametrize(
    ("key", "table", "near"),
    [
        ("excution.capcity", False, "execution.capacity"),
        ("stages.trnd.strat", False, "stages.trend.start"),
        ("oversight", False, "execution.oversight"),
        ("oversite", None, "execution.oversight"),
        ("capacity", False, ("departments.capacity", "execution.capacity")),  # each could be meant
        ("stages.start", False, ("stages.trend.start", "stages.authority.start")),
        ("events", True, None),
        ("stage", True, "stages"),
        ("week", True, "weeks"),  # no table is near, a parameter beside is
        ("citizens", True, None),  # a table is given: no parameter of another table is meant
        ("trend", True, "stages.trend"),
        ("autority", True, "stages.authority"),
        ("plan.domains", False, None),  # its new name is not valid here
    ],
)
def test_a_key_is_near_table_by_table_then_by_its_last_part_and_elsewhere_only_among_its_kind(key, table, near):
    assert nearest_key(key, KEYS, table=table) == near


def test_a_renamed_key_leads_to_what_says_the_same_today():
    assert nearest_key("plan.domains", [*KEYS, "agenda.domains"]) == "agenda.domains"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("高要区", "Gaoyao"),
        ("高要", "Gaoyao"),
        ("四", None),
        ("四会", "Sihui"),
        ("德", None),
        ("广宁", ("Guangning", "Guangning office")),
    ],
)
def test_a_name_is_found_by_its_label_or_by_its_beginning(given, name):
    labels = {"Gaoyao": "高要区", "Sihui": "四会市", "Guangning": "广宁县", "Guangning office": "广宁办"}
    assert labelled(given, labels) == name
