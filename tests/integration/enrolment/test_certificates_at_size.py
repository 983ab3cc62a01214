"""What is asked about certificates is served by indexes, and texts about them go after a while."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from services.enrolment.app import COLLECTIONS
from services.enrolment.certificates.storage import AT_ONCE, Certificates
from services.enrolment.seats.storage.holders import Holders
from shared.mongo import Index, Session, transaction
from shared.rights import Scope
from tests.integration.enrolment.watched import Place, watched
from tests.support.commands import Command
from tests.support.indexes import asked_of, served

SPECS: Final = {spec.name: spec for spec in COLLECTIONS}
STOCK: Final = 500
NOW: Final = datetime(2048, 9, 2, tzinfo=UTC)
ALL, PROVINCE, OWN = Scope(all=True), Scope(unit="PO-50"), Scope(person="p")
_BY_ID: Final = Index(("_id",))


@pytest.fixture
async def place(mongo_url: str, mongo_prefix: str) -> AsyncIterator[Place]:
    async with watched(mongo_url, mongo_prefix, SPECS.values()) as place:
        others = [
            {"_id": f"{n:06d}", "code": f"{n}", "register": "x", "serial": n, "run": "other", "person": f"p{n}"}
            for n in range(STOCK)
        ]
        await place.store["certificates"].insert_many([{**row, "holds": True, "office": "PO-50"} for row in others])
        await place.store["certificate_issues"].insert_many([{"_id": f"{n}"} for n in range(STOCK)])
        yield place


Ask = Callable[[Place, Session], Awaitable[Any]]

# Who asks, and by which index its query is served.
TABLE: Final[dict[str, tuple[Ask, str]]] = {
    "a code": (lambda at, _: Certificates(at.store).by_code("a"), "code"),
    "one": (lambda at, _: Certificates(at.store).one("run", "a", ALL), "_id_"),
    "of a run": (lambda at, _: Certificates(at.store).page("run", ALL, None, 50), "run__id"),
    "of a run, further": (lambda at, _: Certificates(at.store).page("run", ALL, "a", 50), "run__id"),
    "of an office": (lambda at, _: Certificates(at.store).page("run", PROVINCE, "a", 50), "run_office__id"),
    "of oneself": (lambda at, _: Certificates(at.store).page("run", OWN, None, 50), "run_person__id"),
    "who holds one": (lambda at, session: Certificates(at.store).holding("run", ["p"], session), "run_person__id"),
    "what is under way": (lambda at, _: Certificates(at.store).next_running(""), "running__id"),
    "of a person": (lambda at, session: Certificates(at.store).erase_of("p", "", session), "person__id"),
    "old reasons": (lambda at, _: Certificates(at.store).remove_reasons(NOW), "revoked_at_system_time"),
    "who has a seat": (lambda at, session: Holders(at.store).page("run", "a", 50, session), "run_state__id"),
}


@pytest.mark.parametrize("name", TABLE)
async def test_every_query_is_served_by_an_index(place: Place, name: str) -> None:
    ask, index = TABLE[name]
    before = len(place.commands.sent)

    async def work(session: Session) -> Any:
        return await ask(place, session)

    await transaction(place.client, work, deadline=20.0)
    queries = [command for command in place.commands.sent[before:] if asked_of(command) is not None]
    assert [_index_of(command) for command in queries] == [index]
    assert all(command.returned == 0 for command in queries), "others were returned"


def _index_of(command: Command) -> str | None:
    asked = asked_of(command)
    assert asked is not None
    found = served(asked, [*SPECS[asked.collection].indexes, _BY_ID])
    return None if found is None else "_id_" if found.index == "_id" else found.index


async def test_reasons_go_after_a_while_page_by_page(place: Place) -> None:
    store, certificates = Certificates(place.store), place.store["certificates"]
    old = {"reason": "x", "revoked_at_system_time": NOW - timedelta(days=800)}
    await certificates.update_many({}, {"$set": old})
    await certificates.update_one({"_id": "000000"}, {"$set": {"revoked_at_system_time": NOW}})
    pages = 0
    while await store.remove_reasons(NOW - timedelta(days=730)):
        pages += 1
    assert pages == (STOCK - 1) // AT_ONCE
    assert await certificates.count_documents({"reason": {"$exists": True}}) == 1
