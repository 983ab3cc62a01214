"""What an erasure and the retention of texts ask the database is served by indexes, with limits, however much there is;
and so is what finds the mails of a person."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import pytest

from pattana.embedded.kept_mails import messages_to
from services.enrolment.app import COLLECTIONS
from services.enrolment.catalogue.storage.ended import EndedRuns
from services.enrolment.directory.storage import People
from services.enrolment.seats.service.leaving import AT_ONCE as SEATS_AT_ONCE
from services.enrolment.seats.storage.of_people import NominationsOfPeople
from services.enrolment.seats.storage.texts import AT_ONCE, Texts
from services.notification.storage import MESSAGES
from shared.clock import now
from shared.events.directory import KEY_HEADER, ContactErased
from shared.messaging.outbox import Outbox
from shared.mongo import Database, Index, Session, transaction
from tests.engines import EngineSet
from tests.integration.enrolment.watched import Place, watched
from tests.support.commands import Command
from tests.support.indexes import asked_of, served

SPECS: Final = {spec.name: spec for spec in (*COLLECTIONS, MESSAGES)}
STOCK: Final = 2_000
PERSON, RUN = "person-7", "run-7"
_BY_ID: Final = Index(("_id",))  # named so here


@pytest.fixture
async def place(mongo_url: str, mongo_prefix: str) -> AsyncIterator[Place]:
    """With the nominations and outbox rows of a hundred people and ten runs."""
    async with watched(mongo_url, mongo_prefix, SPECS.values()) as place:
        nominations = [
            {
                "_id": f"{n:08d}",
                "person": f"person-{n % 100}",
                "run": f"run-{n % 10}",
                "state": "WITHDRAWN",
                "note": "x",
            }
            for n in range(STOCK)
        ]
        await place.store["nominations"].insert_many(nominations)
        rows = [
            {
                "_id": f"contact:person-{n % 100}:{n}",
                "aggregate": f"contact:person-{n % 100}",
                "body": "x",
                "headers": {},
            }
            for n in range(STOCK)
        ]
        await place.store["outbox"].insert_many(rows)
        yield place


Ask = Callable[[Place, Session], Awaitable[Any]]


async def _mails(place: Place, _: Session) -> None:
    async for _page in messages_to(place.store, PERSON):
        pass


# Who asks, and by which index each of its queries is served.
TABLE: Final[dict[str, tuple[Ask, frozenset[str]]]] = {
    "people being erased": (lambda at, _: People(at.store).being_erased(now()), frozenset({"erasing_due"})),
    "what is left of one": (lambda at, session: People(at.store).erasing(PERSON, session), frozenset({"_id_"})),
    "rows of a contact": (
        lambda at, session: Outbox(at.store, lanes=4).erase(
            f"contact:{PERSON}", ContactErased.type, KEY_HEADER, "", 200, session
        ),
        frozenset({"_id", "_id_"}),
    ),
    "texts of a person": (
        lambda at, session: Texts(at.store).erase_of(PERSON, "", session),
        frozenset({"person__id", "_id_"}),
    ),
    "nominations of a person": (
        lambda at, session: NominationsOfPeople(at.store).page(PERSON, "", SEATS_AT_ONCE, session),
        frozenset({"person__id"}),
    ),
    "texts of a run": (
        lambda at, session: Texts(at.store).remove_of_run(RUN, "", session),
        frozenset({"run_state__id", "_id_"}),
    ),
    "runs that ended": (
        lambda at, _: EndedRuns(at.store).first_ended(now()),
        frozenset({"ends_at_system_time"}),
    ),
    "the messages of a person": (_mails, frozenset({"shelves_down_created_at_down__id"})),
}


@pytest.mark.parametrize("name", TABLE)
async def test_every_query_has_its_index_and_its_limit(name: str, place: Place, engine_set: EngineSet) -> None:
    ask, indexes = TABLE[name]
    place.commands.sent.clear()

    async def work(session: Session) -> None:
        await ask(place, session)

    await transaction(place.client, work, deadline=30)
    asked = [command for command in place.commands.sent if command.collection in SPECS]
    assert asked
    for command in asked:
        query = asked_of(command)
        assert query is not None, command
        found = served(query, [*SPECS[command.collection].indexes, _BY_ID])
        assert found is not None, f"no index serves {command.body}"
        assert found.index in indexes, (found, command.body)
        bounded = query.limit is not None or command.name == "update" or command.body.get("batchSize")
        assert bounded, f"without a limit: {command.body}"
        if "mongod" in engine_set.can and command.name == "find":
            await _examines_little(place.store, command)


async def _examines_little(store: Database, command: Command) -> None:
    named = {"find", "filter", "sort", "limit", "projection", "hint"}
    body = {part: value for part, value in command.body.items() if part in named}
    told = await store.command({"explain": body, "verbosity": "executionStats"})
    assert told["executionStats"]["totalDocsExamined"] <= AT_ONCE + 1, command.body


async def test_a_page_takes_no_more_than_it_says_and_tells_where_to_go_on(place: Place) -> None:
    """A transaction is small however often somebody was nominated."""
    await place.store["nominations"].update_many({}, {"$set": {"person": PERSON}})
    after, pages = "", 0
    texts = Texts(place.store)

    async def work(session: Session) -> str | None:
        return await texts.erase_of(PERSON, after, session)

    while (last := await transaction(place.client, work, deadline=30)) is not None:
        after, pages = last, pages + 1
        assert await place.store["nominations"].count_documents({"erased": True}) == pages * AT_ONCE
    assert await place.store["nominations"].count_documents({"note": {"$exists": True}}) == 0
