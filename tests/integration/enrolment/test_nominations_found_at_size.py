"""Finding nominations by names, at many times what a page looks at: it shows all, once and in order, and reads no more
than it may of them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import product
from typing import Any, Final

import pytest

from services.enrolment.directory.storage import COLLECTIONS as DIRECTORY
from services.enrolment.directory.storage import PeopleList, Units
from services.enrolment.directory.storage import Wanted as PeopleWanted
from services.enrolment.seats.domain.records import Wanted
from services.enrolment.seats.service.searching import NominationSearch
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.specs import COLLECTIONS as SEATS
from shared.events.seats import NominationState
from shared.mongo import Database, Document, connect, database, prepare
from shared.rights import Scope
from shared.thai import sought_name
from tests.integration.enrolment.people_at_size import Question, person, store, store_units
from tests.support.commands import Commands

PAGE: Final = 5
PEOPLE: Final = [person(number) for number in range(50 * PAGE)]
NOMINATED: Final = [*PEOPLE[::2], *PEOPLE[1::4]]
STATES: Final = (NominationState.CONFIRMED, NominationState.WAITLISTED, NominationState.WITHDRAWN)
WHEN: Final = datetime(2026, 1, 5, tzinfo=UTC)
ALL, PROVINCE, SELF = Scope(all=True, names=True), Scope(unit="PO-50", names=True), Scope(person="p00008")
QUESTIONS: Final = ("สมชาย", "ใจ", "ณ อยุธยา", "กิตติ์ บุญราช", "ไม่มีใครชื่อนี้", "ส")
WANTED: Final = (Wanted(), Wanted(state="CONFIRMED"), Wanted(unit="PO-50.HR"), Wanted(bucket_unit="PO-95"))


def row(number: int) -> Document:
    one = NOMINATED[number]
    state = STATES[number % len(STATES)]
    province = one.office.removeprefix("PO-") if one.office != "OPS" else None
    document = {
        "_id": f"n{number:05}",
        "run": "run",
        "programme": "programme",
        "target": "T",
        "bucket": f"run:T:{one.office}",
        "bucket_unit": one.office,
        "person": one.id,
        "place": {"unit": one.unit, "province": province, "group": None, "region": "N"},
        "office": one.office,
        "rank": "PRIMARY",
        "state": state.value,
        "created_at": WHEN,
        "changed_at": WHEN,
    }
    return document | ({"live": True} if state is not NominationState.WITHDRAWN else {})


def expected(scope: Scope, wanted: Wanted, q: str) -> list[str]:
    shown = Question(scope, PeopleWanted(sought_name(q), unit=wanted.unit))
    return [
        f"n{number:05}"
        for number, one in enumerate(NOMINATED)
        if shown.shows(one)
        and wanted.state in (None, STATES[number % len(STATES)].value)
        and wanted.bucket_unit in (None, one.office)
    ]


@pytest.fixture(scope="module")
async def stored(mongo_url: str) -> AsyncIterator[tuple[Database, Commands]]:
    commands = Commands()
    client = connect(mongo_url, app_name="tests", listeners=[commands])
    try:
        db = database(client, "nominations_found_at_size")
        await client.drop_database(db.name)
        await prepare(db, (*DIRECTORY, *SEATS))
        await store_units(db)
        await store(db, PEOPLE)
        await db["nominations"].insert_many([row(number) for number in range(len(NOMINATED))])
        yield db, commands
    finally:
        client.close()


def searching(db: Database, **limits: int) -> NominationSearch:
    return NominationSearch(Seats(db), PeopleList(db, Units(db)), **limits)


@pytest.mark.parametrize("limits", [{"few": 200}, {"few": 3, "at_once": PAGE, "passed": 3 * PAGE}])
async def test_pages_show_all_that_is_found_once_and_in_order(
    stored: tuple[Database, Commands], limits: dict[str, int]
) -> None:
    """By their people where these are few, and passing them where they are many."""
    search = searching(stored[0], **limits)
    for scope, wanted, q in product((ALL, PROVINCE, SELF), WANTED, QUESTIONS):
        seen: list[str] = []
        after, pages = None, 0
        while pages == 0 or after is not None:
            found = await search.page("run", scope, wanted, after, PAGE, sought=sought_name(q), readable=scope)
            ids = [record.nomination.id for record in found.records]
            after = ids[PAGE - 1] if len(ids) > PAGE else found.end
            seen += ids[:PAGE]
            pages += 1
        assert seen == expected(scope, wanted, q), (scope, wanted, q)
        assert pages <= len(NOMINATED) // PAGE + 2


async def test_a_page_reads_no_more_than_it_may(stored: tuple[Database, Commands]) -> None:
    db, commands = stored
    search = searching(db, few=3, at_once=PAGE, passed=3 * PAGE)
    commands.sent.clear()
    found = await search.page("run", ALL, Wanted(), None, 500, sought=sought_name("ส"), readable=ALL)

    *passing, whole = commands.of("nominations")
    read: list[Any] = [(command.body["limit"], command.body["projection"]) for command in passing]
    assert read == [(PAGE, {"person": 1})] * 3
    assert len(whole.body["filter"]["$and"][-1]["person"]["$in"]) == len(found.records)
    assert found.end == f"n{3 * PAGE - 1:05}"


async def test_what_is_not_wanted_any_more_is_left_out_and_ends_no_list(stored: tuple[Database, Commands]) -> None:
    """Two look at the same page; meanwhile somebody gives a seat back."""
    db, _ = stored
    changed: Document = {"_id": "n00000"}

    class Changing(Seats):
        async def people_of_page(self, *asked: Any) -> dict[str, str]:
            people = await super().people_of_page(*asked)
            await self._nominations.update_one(changed, {"$set": {"state": "WITHDRAWN"}})
            return people

    search = NominationSearch(Changing(db), PeopleList(db, Units(db)), few=3, at_once=PAGE, passed=3 * PAGE)
    try:
        page = await search.page(
            "run", ALL, Wanted(state="CONFIRMED"), None, 500, sought=sought_name("ส"), readable=ALL
        )
    finally:
        await db["nominations"].update_one(changed, {"$set": {"state": STATES[0].value}})
    assert page.records
    assert "n00000" not in [record.nomination.id for record in page.records]
    assert page.end is not None


async def test_the_nominations_of_few_people_are_read_by_these(stored: tuple[Database, Commands]) -> None:
    db, commands = stored
    commands.sent.clear()
    await searching(db).page("run", ALL, Wanted(), None, PAGE, sought=sought_name("กิตติ์ บุญราช"), readable=ALL)

    (asked,) = commands.of("nominations")
    assert "'person': {'$in'" in str(asked.body["filter"])
    assert asked.body["limit"] == PAGE + 1
