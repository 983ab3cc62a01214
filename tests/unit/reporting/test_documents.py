"""Documents and back, with keys that mean something to a database."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.projecting.domain.buckets import Bucket
from services.reporting.projecting.domain.descriptions import Membership, Programme, Unit
from services.reporting.projecting.domain.nominations import NominationRow, Place
from services.reporting.projecting.domain.rollups import Cell, RollupChange
from services.reporting.storage.documents import (
    change_of,
    description_of,
    document_of,
    document_of_row,
    field_name,
    parts_of,
    rollup_of,
    row_of,
    update_of,
)
from shared.events.seats import NominationState, Rank

AT = datetime(2020, 8, 1, tzinfo=UTC)
WORK_GROUP = Place("PO-50.HR", "50", "NU1", "N")
CENTRE = Place("PERS", None, None, "CENTRAL")


@given(st.lists(st.text(alphabet="ab.$|%2E\0ก"), min_size=1, max_size=6))
def test_a_field_name_gives_its_parts_back(parts: list[str]) -> None:
    name = field_name(*parts)
    assert parts_of(name) == tuple(parts)
    assert not set(".$\0") & set(name)


def test_a_row() -> None:
    for place in (WORK_GROUP, CENTRE):
        row = NominationRow("n", "r:t:u", "r", "t", "u", "p", Rank.RESERVE, place, NominationState.WAITLISTED, AT)
        document = document_of_row(row)
        assert row_of(document) == row
        assert (document["bucket_unit"], document["place"][0]) == ("u", place.unit)


def test_a_row_of_a_later_release_is_kept_as_it_is() -> None:
    row = NominationRow("n", "r:t:u", "r", "t", "u", "p", "OBSERVER", CENTRE, "INVITED", AT)
    assert row_of(document_of_row(row)) == row


def test_the_nominations_of_a_moved_bucket_count_in_the_new_group() -> None:
    """Those made before the move and those made after it are in one cell; other buckets and provinces stay."""
    before, after = WORK_GROUP, WORK_GROUP._replace(group="NU2")
    pool, other = ("HR", "OPS"), ("HR", "PO-50")
    change = RollupChange(
        "r1",
        last=AT,
        programme="p",
        fiscal_year=2563,
        starts_at=AT,
        buckets={
            pool: Bucket(*pool, CENTRE, seats=9, regrouped={"50": ("NU2", "N")}),
            other: Bucket(*other, WORK_GROUP, seats=9),
        },
    )
    written = update_of(change)["$set"]
    buckets = {name.partition(".")[2]: value for name, value in written.items() if name.startswith("buckets.")}
    cells = {
        field_name(*pool, *before): {"c1": 2, "w1": 1},
        field_name(*pool, *after): {"c1": 1, "s2": 4},
        field_name(*pool, "PERS", "", "", "CENTRAL"): {"c1": 5},
        field_name(*other, *before): {"c1": 7},
    }
    rollup = rollup_of({"_id": "r1", **written, "buckets": buckets, "cells": cells})
    assert rollup.buckets[pool].regrouped == {"50": ("NU2", "N")}
    assert rollup.cells == {
        Cell(*pool, after): {"c1": 3, "w1": 1, "s2": 4},
        Cell(*pool, CENTRE): {"c1": 5},
        Cell(*other, before): {"c1": 7},
    }
    assert cells[field_name(*pool, *before)] == {"c1": 2, "w1": 1}, "what was read is not changed"


def test_a_rollup_takes_changes_by_difference() -> None:
    cell = Cell("HR.1", "OPS", CENTRE)
    bucket = Bucket("HR.1", "OPS", CENTRE, seats=3, confirmed=1)
    change = RollupChange(
        "r1",
        last=AT,
        programme="p",
        fiscal_year=2563,
        starts_at=AT,
        buckets={("HR.1", "OPS"): bucket},
        added={(cell, "c1"): 1, (cell, "s1"): 0},
    )
    update = update_of(change)
    assert update["$inc"] == {"cells.HR%2E1|OPS|PERS|||CENTRAL.c1": 1}
    stored = {
        "_id": "r1",
        "programme": "p",
        "fiscal_year": 2563,
        "starts_at": AT,
        "last": AT,
        "buckets": {"HR%2E1|OPS": update["$set"]["buckets.HR%2E1|OPS"]},
        "cells": {"HR%2E1|OPS|PERS|||CENTRAL": {"c1": 1}},
    }
    rollup = rollup_of(stored)
    assert (rollup.buckets, rollup.cells) == ({("HR.1", "OPS"): bucket}, {cell: {"c1": 1}})
    again = change_of(stored)
    assert (again.stored("HR.1", "OPS"), again.stored("HR.1", "PO-50")) == (bucket, None)
    assert "$inc" not in update_of(RollupChange("r1", last=AT, buckets=change.buckets))


def test_descriptions() -> None:
    programme = Programme("p", "C", "ชื่อ", 2563, None, "TRAINING", ("ISSUE_2",), "DRAFT", AT)
    assert description_of(Programme, document_of(programme)) == programme
    memberships = (Membership("NU1", "N", "2009-10-01", None),)
    unit = Unit("PO-50", "ก", "a", "50", "เชียงใหม่", "Chiang Mai", memberships, None, "2030-01-01", AT)
    as_stored = document_of(unit) | {"memberships": [list(membership) for membership in memberships]}
    assert description_of(Unit, as_stored) == unit
