"""What a report says of people who were known: every field, and every move."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from services.enrolment.directory.domain.changes import FIELDS, FieldChange, Kind, Move, field_changes, move_of
from services.enrolment.directory.domain.people import Person
from services.enrolment.directory.domain.report import MOST_CHANGES, Report
from services.enrolment.directory.http.responses import report_response
from shared.rights import Permission, Principal, Role

SOMCHAI = Person("p1", "PO-50.HR", "PO-50", citizen_hash="1:old")
VALUES: dict[str, Any] = {
    **dict.fromkeys(FIELDS.values(), "ใหม่"),
    "birth_date": date(1970, 8, 31),
    "start_date": date(1992, 10, 1),
}
OTHERS = [name for name in FIELDS if name != "unit"]
NOT_TOLD = {"id", "office", "citizen_hash", "external_hash", "erased", "erased_at"}  # none of the row's own words


def test_every_field_of_a_person_is_told() -> None:
    """One that is added tomorrow fails here until somebody has decided."""
    assert {*FIELDS.values(), *NOT_TOLD} == {field.name for field in fields(Person)}


@pytest.mark.parametrize("name", OTHERS)
def test_each_field_added_replaced_and_removed(name: str) -> None:
    field = FIELDS[name]
    without: Any = "" if isinstance(getattr(SOMCHAI, field), str) else None
    bare, full = replace(SOMCHAI, **{field: without}), replace(SOMCHAI, **{field: VALUES[field]})
    other: Any = date(1980, 1, 2) if isinstance(VALUES[field], date) else "อื่น"
    told, text = ("p1", "PO-50.HR", name), str(VALUES[field])
    assert field_changes(7, bare, full, ()) == [FieldChange(7, *told, Kind.ADDED, None, text)]
    assert field_changes(7, full, bare, ()) == [FieldChange(7, *told, Kind.REMOVED, text, None)]
    changed = replace(SOMCHAI, **{field: other})
    assert field_changes(7, full, changed, ()) == [FieldChange(7, *told, Kind.REPLACED, text, str(other))]
    assert field_changes(7, full, full, ()) == []


def test_all_fields_at_once() -> None:
    assert [change.field for change in field_changes(2, SOMCHAI, replace(SOMCHAI, **VALUES), ())] == OTHERS


@pytest.mark.parametrize(
    ("stored", "hashes", "kinds"),
    [
        (None, ("2:new", "1:old"), [Kind.ADDED]),
        ("1:old", ("2:new", "1:old"), []),  # the same id by another key
        ("0:lost", ("2:new", "1:old"), [Kind.REPLACED]),
        ("1:old", (), []),
        (None, (), []),
    ],
)
def test_of_a_citizen_id_only_that_it_came(stored: str | None, hashes: tuple[str, ...], kinds: list[Kind]) -> None:
    before = replace(SOMCHAI, citizen_hash=stored)
    after = replace(SOMCHAI, citizen_hash=hashes[0] if hashes else stored)
    found = field_changes(2, before, after, hashes)
    assert [(one.field, one.kind, one.before, one.after) for one in found] == [
        ("citizenId", kind, None, None) for kind in kinds
    ]


def test_moves_are_told_apart_and_say_which_leave_the_office() -> None:
    inside, away = (replace(SOMCHAI, unit=unit, office=unit) for unit in ("PO-50", "PO-57"))
    assert field_changes(2, SOMCHAI, away, ()) == []
    assert move_of(2, SOMCHAI, inside) == Move(2, "p1", "PO-50.HR", "PO-50", other_office=False)
    assert move_of(2, SOMCHAI, away) == Move(2, "p1", "PO-50.HR", "PO-57", other_office=True)
    assert move_of(2, SOMCHAI, SOMCHAI) is None


def test_changes_beyond_those_listed_are_counted_and_moves_all_listed() -> None:
    report = Report(3_000, ())
    for start in range(0, 3_000, 200):
        lines = range(start, start + 200)
        changes = [FieldChange(line, "p", "PO-50", "phone", Kind.ADDED, None, "1") for line in lines]
        report.tell(changes, [Move(line, "p", "PO-50", "PO-57", other_office=True) for line in lines])
    assert (report.changed_fields, len(report.moves)) == (3_000, 3_000)
    assert [change.line for change in report.changes] == list(range(MOST_CHANGES))


@pytest.mark.parametrize(
    ("roles", "unit", "seen"),
    [
        ({Role.HR_OFFICER}, "PERS", True),
        ({Role.INTEGRATION}, None, False),
        ({Role.INTEGRATION, Role.PROVINCIAL_HR}, "PO-50", True),
        ({Role.INTEGRATION, Role.PROVINCIAL_HR}, "PO-57", False),
    ],
)
def test_what_was_stored_is_told_to_who_may_read_it_there(roles: set[Role], unit: str | None, seen: bool) -> None:
    """Where the person stood before: whoever gets a person by a move has not seen what was known elsewhere."""
    report = Report(1, ())
    change = FieldChange(2, "p1", "PO-50.HR", "email", Kind.REPLACED, "old@moi.go.th", "new@moi.go.th")
    report.tell([change], [Move(2, "p1", "PO-50.HR", "PO-57", other_office=True)])
    sees = Principal("s", frozenset(roles), unit).scope(Permission.PERSON_READ).covers_unit
    answer = report_response(report, compact=True, language="en", token=str, sees=sees)
    assert answer["changes"] == [
        {"line": 2, "person": "p1", "field": "email", "change": "REPLACED"}
        | {"before": "old@moi.go.th" if seen else None, "after": "new@moi.go.th"}
    ]
    assert answer["moves"] == [
        {"line": 2, "person": "p1", "before": "PO-50.HR" if seen else None, "after": "PO-57", "otherOffice": True}
    ]
