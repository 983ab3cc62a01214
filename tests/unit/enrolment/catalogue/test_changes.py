"""Versions: what has been read may be replaced only while it is what is there, and a refusal says what changed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.enrolment.catalogue.domain.changes import Change, differing, require_version
from services.enrolment.catalogue.domain.description import Description, Kind
from shared.conditions import ChangedSince, InvalidIfMatch, etag, version_of

AT = datetime(2026, 11, 21, 2, tzinfo=UTC)
PROGRAMME = Change(2, ("title",), "officer-a", AT)
PLAN = Change(3, ("capacity",), "officer-b", AT, run="r1")
SEATS = Change(4, ("buckets",), "officer-a", AT, run="r1", seats=True)
OTHER = Change(5, ("capacity",), "officer-b", AT, run="r2")
ALL = (PROGRAMME, PLAN, SEATS, OTHER)


@pytest.mark.parametrize(
    ("run", "seats", "told"),
    [(None, False, [5, 4, 3, 2]), ("r1", False, [3, 2]), ("r2", False, [5, 2]), ("r1", True, [4]), ("r2", True, [])],
)
def test_a_refusal_names_the_changes_of_what_was_to_be_replaced(run: str | None, seats: bool, told: list[int]) -> None:
    with pytest.raises(ChangedSince) as caught:
        require_version(1, 9, ALL, run=run, seats=seats)
    details = caught.value.details
    assert [change["version"] for change in details["changes"]] == told
    assert (details["version"], details["complete"], caught.value.status) == (9, True, 412)


def test_a_change_says_what_by_whom_and_when() -> None:
    with pytest.raises(ChangedSince) as caught:
        require_version(2, 3, ALL[:2], run="r1")
    assert caught.value.details["changes"] == [
        {"version": 3, "fields": ["capacity"], "by": "officer-b", "at": "2026-11-21T02:00:00+00:00", "run": "r1"}
    ]


@pytest.mark.parametrize(("expected", "complete"), [(0, False), (1, True), (3, True), (7, True)])
def test_a_refusal_says_whether_it_knows_all_changes(expected: int, complete: bool) -> None:
    with pytest.raises(ChangedSince) as caught:
        require_version(expected, 6, ALL)
    assert caught.value.details["complete"] is complete


@pytest.mark.parametrize("expected", [None, 6])
def test_the_version_that_is_there_passes_and_so_does_who_does_not_mind(expected: int | None) -> None:
    require_version(expected, 6, ALL)


def test_fields_that_differ_are_named_as_in_bodies() -> None:
    before = Description("C-1", "ชื่อ", 2563, Kind.TRAINING_PROJECT)
    assert differing(before, before) == ()
    assert differing(before, replace(before, title="ใหม่", fiscal_year=2564)) == ("title", "fiscalYear")


@pytest.mark.parametrize(("sent", "version"), [(None, None), (b"*", None), (b'"0"', 0), (b'"12"', 12)])
def test_what_if_match_may_say(sent: bytes | None, version: int | None) -> None:
    assert version_of(sent) == version


@pytest.mark.parametrize("sent", [b"", b"12", b'W/"12"', b'"1", "2"', b'"x"', b'"' + b"1" * 19 + b'"', b'"-1"'])
def test_anything_else_is_refused(sent: bytes) -> None:
    with pytest.raises(InvalidIfMatch):
        version_of(sent)


def test_an_etag_is_what_if_match_takes() -> None:
    assert version_of(etag(7)["etag"].encode()) == 7
