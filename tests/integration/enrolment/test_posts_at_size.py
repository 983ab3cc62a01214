"""What is asked about posts is served by indexes, however many holdings and nominations there are."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any, Final

import pytest

from services.enrolment.app import COLLECTIONS
from services.enrolment.directory.storage import People, Posts
from services.enrolment.directory.storage.posts import PostsWanted
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.ex_officio import NominationsExOfficio
from shared.mongo import Index, Session, transaction
from shared.rights import Scope
from tests.engines import EngineSet
from tests.integration.enrolment.watched import Place, watched
from tests.support.commands import Command
from tests.support.indexes import asked_of, served

SPECS: Final = {spec.name: spec for spec in COLLECTIONS}
STOCK: Final = 500
DAY: Final = date(2024, 5, 27)
HEAD: Final = ("PO-50", "PROV_HEAD")
ALL, PROVINCE = Scope(all=True), Scope(unit="PO-50")
_BY_ID: Final = Index(("_id",))


@pytest.fixture
async def place(mongo_url: str, mongo_prefix: str) -> AsyncIterator[Place]:
    """With other nominations in the same run, which the index of those ex officio does not hold."""
    async with watched(mongo_url, mongo_prefix, SPECS.values()) as place:
        others = [{"_id": f"{n:06d}", "run": "run", "person": f"p{n}", "state": "CONFIRMED"} for n in range(STOCK)]
        await place.store["nominations"].insert_many(others)
        yield place


Ask = Callable[[Place, Session], Awaitable[Any]]

# Who asks, and by which index each of its queries is served.
TABLE: Final[dict[str, tuple[Ask, str]]] = {
    "history of a post": (lambda at, session: Posts(at.store).histories([HEAD], session), "_id_"),
    "holdings of a post": (lambda at, session: Posts(at.store).of_posts([HEAD], session), "unit_post_valid_from"),
    "who is there": (lambda at, _: Posts(at.store).on(DAY, ["PO-50"], ["PROV_HEAD"]), "unit_post_valid_from"),
    "what people hold": (lambda at, _: Posts(at.store).of_people(DAY, ["p"], ["PROV_HEAD"]), "person_key"),
    "all posts": (lambda at, _: Posts(at.store).page(ALL, PostsWanted(on=DAY), "PO-50|", 50), "key"),
    "posts of a province": (lambda at, _: Posts(at.store).page(PROVINCE, PostsWanted(), None, 50), "office_key"),
    "posts below a unit": (lambda at, _: Posts(at.store).page(ALL, PostsWanted("PO-50.HR"), None, 50), "key"),
    "of a province below a unit": (
        lambda at, _: Posts(at.store).page(PROVINCE, PostsWanted("PO-50.HR", on=DAY), "PO-50.HR|", 50),
        "office_key",
    ),
    "posts of central units": (lambda at, _: Posts(at.store).page(ALL, PostsWanted("OPS"), None, 50), "office_key"),
    "posts of a person": (
        lambda at, _: Posts(at.store).page(ALL, PostsWanted(person="p", on=DAY), None, 50),
        "person_key",
    ),
    "people of the register": (lambda at, _: People(at.store).in_post(["PROV_HEAD"], ["PO-50"]), "post_place"),
    "nominations of a post": (
        lambda at, _: NominationsExOfficio(at.store).of_posts("run", [HEAD]),
        "ex_officio_key_sparse",
    ),
    "successions": (
        lambda at, _: NominationsExOfficio(at.store).page("run", PROVINCE, ("PO-50", "n"), 50),
        "ex_officio_key_sparse",
    ),
    "successors in the run": (
        lambda at, _: Seats(at.store).live_of("run", ["p-1", "p-2"], None),
        "run_person",
    ),
}


@pytest.mark.parametrize("name", TABLE)
async def test_every_query_is_served_by_an_index(place: Place, engine_set: EngineSet, name: str) -> None:
    ask, index = TABLE[name]
    before = len(place.commands.sent)

    async def work(session: Session) -> Any:
        return await ask(place, session)

    await transaction(place.client, work, deadline=20.0)
    queries = [command for command in place.commands.sent[before:] if asked_of(command) is not None]
    assert {_index_of(command) for command in queries} == {index}
    asked = [command.name for command in queries]
    assert len(queries) == 1 or asked == ["aggregate", "find"], "a list also asks for its end"
    assert all(command.returned == 0 for command in queries), "other nominations were returned"


def _index_of(command: Command) -> str | None:
    asked = asked_of(command)
    assert asked is not None
    found = served(asked, [*SPECS[asked.collection].indexes, _BY_ID])
    return None if found is None else "_id_" if found.index == "_id" else found.index
