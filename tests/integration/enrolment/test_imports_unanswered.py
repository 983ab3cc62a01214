"""Nobody knows whether a transaction of an import was stored: the report tells what was done, once."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from shared.mongo import Client, Session, StoreUnavailable, transaction
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import HEADER, SOMCHAI, SOMYING, known
from tests.integration.enrolment.test_posts import imported

MOVED: Final = SOMCHAI.replace("PO-50.HR", "PO-57.HR").replace("office50@", "other@")
NEW: Final = "E9,,นางสาวมานี รักเรียน,PO-50,K1,,,"


class Commits:
    """Of the next transactions: those whose answer is lost, though they are stored, and those that never come."""

    def __init__(self) -> None:
        self.lost: list[bool] = []

    async def __call__(self, client: Client, work: Callable[[Session], Awaitable[Any]], **limits: Any) -> Any:
        if self.lost and not self.lost[0]:
            self.lost.pop(0)

            async def broken(session: Session) -> Any:
                await work(session)
                raise StoreUnavailable("the commit never came")

            return await transaction(client, broken, **limits)
        result = await transaction(client, work, **limits)
        if self.lost:
            self.lost.pop(0)
            raise StoreUnavailable("no answer to the commit")
        return result


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> Commits:
    commits = Commits()
    monkeypatch.setattr("shared.write.transaction", commits)
    return commits


@pytest.mark.parametrize("stored", [[True], [False], [True, True], [False, True], [True, False]])
async def test_a_move_is_told_though_its_commit_was_not_answered(
    directory: Office, commits: Commits, stored: list[bool]
) -> None:
    ids = await known(directory, SOMCHAI, SOMYING)
    commits.lost = stored
    report = await directory.import_people([HEADER, MOVED, SOMYING, NEW])
    assert commits.lost == []
    assert [(one["person"], one["before"], one["after"], one["otherOffice"]) for one in report["moves"]] == [
        (ids["E1"], "PO-50.HR", "PO-57.HR", True)
    ]
    assert [(one["field"], one["after"]) for one in report["changes"]] == [("email", "other@moi.go.th")]
    assert [row["result"] for row in report["people"]] == ["MOVED", "UNCHANGED", "REGISTERED"]
    assert [report[name] for name in ("moved", "unchanged", "registered", "changed")] == [1, 1, 1, 0]
    events = await directory.published("person-", ids["E1"])
    assert [one["type"].split(".")[1] for one in events] == ["person-registered", "person-moved"]  # once each


async def test_what_two_transactions_do_is_told_apart(
    directory: Office, commits: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a mark of its own."""
    monkeypatch.setattr("services.enrolment.directory.service.paced.MOST_ROWS", 1)
    await known(directory, SOMCHAI, SOMYING)
    commits.lost = [True, True, True]
    report = await directory.import_people([HEADER, MOVED, SOMYING.replace("PO-95.HR", "PO-50")])
    assert [(one["line"], one["before"], one["after"]) for one in report["moves"]] == [
        (2, "PO-50.HR", "PO-57.HR"),
        (3, "PO-95.HR", "PO-50"),
    ]


async def test_new_people_alone_leave_no_mark(directory: Office, commits: Commits) -> None:
    commits.lost = [True]
    report = await directory.import_people([HEADER, NEW])
    assert [row["result"] for row in report["people"]] == ["REGISTERED"]
    assert await directory.db["commands"].count_documents({}) == 0


@pytest.mark.parametrize("stored", [[True], [False], [False, True]])
async def test_so_it_is_of_posts(directory: Office, commits: Commits, stored: list[bool]) -> None:
    await known(directory, "H50,,ก ทดสอบ,PO-50,M2,,,", "N50,,ข ทดสอบ,PO-50,M2,,,")
    header = "unit,post,externalId,validFrom,validTo"
    await imported(directory, header, "PO-50,PROV_HEAD,H50,1/10/2563,")
    commits.lost = stored
    rows = ["PO-50,PROV_HEAD,N50,1/10/2566,"]
    report = await imported(directory, header, *rows, params={"confirmed": [2]})
    assert commits.lost == []
    assert [(row["line"], row["result"]) for row in report["posts"]] == [(2, "RECORDED")]
    assert [(row["line"], row["validTo"]) for row in report["ended"]] == [(2, "2023-09-30")]
