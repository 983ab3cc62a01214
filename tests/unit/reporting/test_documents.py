"""Documents and back, with keys that mean something to a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.projecting.domain.buckets import Bucket
from services.reporting.projecting.domain.descriptions import Membership, Programme, Unit
from services.reporting.projecting.domain.nominations import NominationRow, Place
from services.reporting.projecting.domain.rollups import Cell, RollupChange, above
from services.reporting.storage.documents import (
    change_of,
    description_of,
    document_of,
    document_of_row,
    field_name,
    parts_of,
    rollups_of,
    row_of,
    update_of,
)
from shared.events.directory import InPost
from shared.events.seats import BucketOpened, NominationState, Rank
from shared.events.seats import Place as EventPlace
from shared.rights import Scope

AT = datetime(2020, 8, 1, tzinfo=UTC)
WORK_GROUP = Place("PO-50.HR", "50", "NU1", "N")
UNITS = ("OPS", "PERS", "PERS.A", "PO-50", "PO-50.HR", "PO-51", "PO")
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
        assert "ex_officio" not in document


@pytest.mark.parametrize("ex_officio", [*InPost, "DEPUTY"])
def test_a_row_of_who_comes_for_a_post(ex_officio: str) -> None:
    """Also as what a later release knows."""
    row = NominationRow(
        "n", "r:t:u", "r", "t", "u", "p", Rank.PRIMARY, CENTRE, NominationState.CONFIRMED, AT, ex_officio
    )
    again = row_of(document_of_row(row))
    assert (again, type(again.ex_officio)) == (row, type(ex_officio))


def test_a_row_of_a_later_release_is_kept_as_it_is() -> None:
    row = NominationRow("n", "r:t:u", "r", "t", "u", "p", "OBSERVER", CENTRE, "INVITED", AT)
    assert row_of(document_of_row(row)) == row


def stored_of(change: RollupChange, **cells: dict[str, int]) -> dict[str, Any]:
    """A change as it is stored when there was nothing before; `cells` by their places are what was counted."""
    assert change.now is not None
    update = update_of(change, change.now)
    return {"_id": change.bucket_id, **update["$set"], "cells": cells}


def opened(bucket: Bucket, last: datetime = AT, programme: str = "p") -> RollupChange:
    return RollupChange(
        f"r1:{bucket.target}:{bucket.bucket_unit}",
        last=last,
        run="r1",
        programme=programme,
        fiscal_year=2563,
        starts_at=last,
        now=bucket,
    )


def test_the_nominations_of_a_moved_bucket_count_in_the_new_group() -> None:
    """Those made before the move and those made after it are in one cell; other buckets and provinces stay."""
    before, after = WORK_GROUP, WORK_GROUP._replace(group="NU2")
    pool, other = ("HR", "OPS"), ("HR", "PO-50")
    cells = {
        field_name(*before): {"c1": 2, "w1": 1},
        field_name(*after): {"c1": 1, "s2": 4},
        field_name("PERS", "", "", "CENTRAL"): {"c1": 5},
    }
    moved = stored_of(opened(Bucket(*pool, CENTRE, seats=9, regrouped={"50": ("NU2", "N")})), **cells)
    stayed = stored_of(opened(Bucket(*other, WORK_GROUP, seats=9)), **{field_name(*before): {"c1": 7}})
    rollup = rollups_of([moved, stayed])["r1"]
    assert rollup.buckets[pool].regrouped == {"50": ("NU2", "N")}
    assert rollup.cells == {
        Cell(*pool, after): {"c1": 3, "w1": 1, "s2": 4},
        Cell(*pool, CENTRE): {"c1": 5},
        Cell(*other, before): {"c1": 7},
    }
    assert cells[field_name(*before)] == {"c1": 2, "w1": 1}, "what was read is not changed"


def test_a_rollup_takes_changes_by_difference() -> None:
    cell = Cell("HR.1", "OPS", CENTRE)
    bucket = Bucket("HR.1", "OPS", CENTRE, seats=3, confirmed=1)
    change = opened(bucket)
    change.added = {(cell, "c1"): 1, (cell, "s1"): 0}
    assert update_of(change, bucket)["$inc"] == {"cells.PERS|||CENTRAL.c1": 1}
    stored = stored_of(change, **{"PERS|||CENTRAL": {"c1": 1}})
    rollup = rollups_of([stored])["r1"]
    assert (rollup.buckets, rollup.cells) == ({("HR.1", "OPS"): bucket}, {cell: {"c1": 1}})

    again = change_of({name: value for name, value in stored.items() if name != "cells"})
    assert (again.bucket, again.last) == (bucket, AT)
    again.put(bucket._replace(confirmed=2), opening("HR.1", "OPS"), AT)
    again.add([((cell, "c1"), 1)])
    assert again.now is not None
    update = update_of(again, again.now)
    assert update["$set"].keys() == {*COUNTED}, "neither place nor what is indexed is written again"


COUNTED = ("programme", "fiscal_year", "starts_at", "last", "seats", "confirmed", "offered", "open")


def opening(target: str, unit: str) -> BucketOpened:
    place = EventPlace(unit=unit, province=None, group=None, region="CENTRAL")
    return BucketOpened.model_construct(
        programme="p",
        run="r1",
        target=target,
        bucket_unit=unit,
        fiscal_year=2563,
        run_starts_at=AT,
        place=place,
        seats=3,
    )


def test_who_has_a_part_in_a_bucket_finds_it_by_the_own_unit() -> None:
    pool = opened(Bucket("HR", "OPS", CENTRE, seats=9))
    pool.add([((Cell("HR", "OPS", WORK_GROUP), "c1"), 1)])
    assert stored_of(pool)["reach"] == ["OPS", "PO-50", "PO-50.HR"]
    office = opened(Bucket("HR", "PO-50", WORK_GROUP, seats=9))
    assert stored_of(office)["reach"] == ["PO-50"]
    division = opened(Bucket("HR", "PERS.A", CENTRE, seats=9))
    assert stored_of(division)["reach"] == ["OPS", "PERS", "PERS.A"]


@given(st.sampled_from(["OPS", "PERS", "PERS.A", "PO-50", "PO-50.HR", "PO-5", "PO"]), st.sampled_from(UNITS))
def test_reach_is_what_scopes_cover(above_it: str, unit: str) -> None:
    assert (above_it in above(unit)) is Scope(unit=above_it).covers_unit(unit)


def test_a_run_is_described_by_its_newest_bucket() -> None:
    later = AT + timedelta(days=1)
    first = stored_of(opened(Bucket("HR", "OPS", CENTRE, seats=1)))
    second = stored_of(opened(Bucket("HR", "PO-50", WORK_GROUP, seats=2), last=later, programme="p2"))
    for documents in ([first, second], [second, first]):
        rollup = rollups_of(documents)["r1"]
        assert (rollup.programme, rollup.last, rollup.starts_at) == ("p2", later, later)
        assert {key: bucket.seats for key, bucket in rollup.buckets.items()} == {("HR", "OPS"): 1, ("HR", "PO-50"): 2}


def test_descriptions() -> None:
    programme = Programme("p", "C", "ชื่อ", 2563, None, "TRAINING", ("ISSUE_2",), "DRAFT", AT)
    assert description_of(Programme, document_of(programme)) == programme
    memberships = (Membership("NU1", "N", "2009-10-01", None),)
    unit = Unit("PO-50", "ก", "a", "50", "เชียงใหม่", "Chiang Mai", memberships, None, "2030-01-01", AT)
    as_stored = document_of(unit) | {"memberships": [list(membership) for membership in memberships]}
    assert description_of(Unit, as_stored) == unit
