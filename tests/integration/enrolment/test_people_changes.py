"""What an import has changed of people who were known is told field by field, and every move."""

from typing import Any

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import HEADER, SOMCHAI, SOMYING, known

Told = list[tuple[str, str, str | None, str | None]]
PLAIN = "externalId,fullName,unit"


def told(report: Any) -> Told:
    return [(row["field"], row["change"], row["before"], row["after"]) for row in report["changes"]]


async def test_new_and_unchanged_people_have_no_changes(directory: Office) -> None:
    for _ in range(2):
        report = await directory.import_people([HEADER, SOMCHAI, SOMYING])
        assert (report["moves"], report["changedFields"], report["changes"]) == ([], 0, [])


async def test_every_change_is_told_with_what_was_there(directory: Office) -> None:
    ids = await known(directory, SOMCHAI, SOMYING)
    row = "E1,3101700534215,นายสมชัย ใจดี,PO-50.HR,K3,-,new@moi.go.th,1/9/2513"
    report = await directory.import_people([HEADER, SOMYING, row])
    assert {(one["line"], one["person"]) for one in report["changes"]} == {(3, ids["E1"])}
    assert told(report) == [
        ("firstName", "REPLACED", "สมชาย", "สมชัย"),
        ("email", "REPLACED", "office50@moi.go.th", "new@moi.go.th"),
        ("birthDate", "REPLACED", "1970-08-31", "1970-09-01"),
        ("position", "REMOVED", "นักทรัพยากรบุคคล", None),
        ("level", "REPLACED", "K2", "K3"),
    ]
    assert (report["changedFields"], report["moves"]) == (5, [])


async def test_of_a_citizen_id_no_value_is_told(directory: Office) -> None:
    await known(directory, SOMYING)
    report = await directory.import_people([HEADER, SOMYING.replace("E2,", "E2,3101700534215", 1)])
    assert told(report) == [("citizenId", "ADDED", None, None)]
    assert [row["result"] for row in report["people"]] == ["CHANGED"]
    assert "3101700534215" not in str(report)


async def test_an_external_id_that_is_replaced_is_told(directory: Office) -> None:
    await known(directory, SOMCHAI)
    report = await directory.import_people([HEADER, SOMCHAI.replace("E1,", "E9,", 1)])
    assert told(report) == [("externalId", "REPLACED", "E1", "E9")]


async def test_moves_are_told_in_full_also_when_little_is_asked_for(directory: Office) -> None:
    """With the post that a move takes away."""
    ids = await known(directory, SOMCHAI, SOMYING, "E4,,นายหัวหน้า ใจดี,PO-50,M2,,,")
    await directory.import_people([f"{PLAIN},post", "E4,นายหัวหน้า ใจดี,PO-50,PROV_HEAD"])
    rows = ["E1,นายสมชาย ใจดี,PO-50", "E2,น.ส.สมหญิง ใจงาม,PO-95.HR", "E4,นายหัวหน้า ใจดี,PO-57"]
    report = await directory.import_people([PLAIN, *rows], params={"detail": "compact"})
    assert report["moves"] == [
        {"line": 2, "person": ids["E1"], "before": "PO-50.HR", "after": "PO-50", "otherOffice": False},
        {"line": 4, "person": ids["E4"], "before": "PO-50", "after": "PO-57", "otherOffice": True},
    ]
    assert told(report) == [("post", "REMOVED", "PROV_HEAD", None)]
    assert report["moved"] == 2


async def test_who_may_not_read_people_learns_nothing_that_was_stored(directory: Office) -> None:
    await known(directory, SOMCHAI)
    rows = [HEADER, "E1,,นางสมใจ ใหม่,PO-57.HR,K3,-,x@moi.go.th,1/9/2513"]
    report = await directory.import_people(rows, role=Role.INTEGRATION)
    assert [row["before"] for row in (*report["changes"], *report["moves"])] == [None] * 8
    assert "office50" not in str(report)
    assert told(report)[-1] == ("level", "REPLACED", None, "K3")
