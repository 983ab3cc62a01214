"""The list of people at many times its page: which index serves it, in order and with a limit; that pages show
everybody once, in order, however they are cut; and that they tell nothing of other offices."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import pytest

from services.enrolment.directory.domain.questions import name_place
from services.enrolment.directory.storage import COLLECTIONS, PeopleList, Units
from services.enrolment.directory.storage.people import PEOPLE
from services.enrolment.directory.storage.people_list import EVERYBODY, Key, Wanted, key_of
from shared.mongo import Database, connect, database, prepare
from shared.rights import Scope
from shared.thai import sought_name
from tests.engines import EngineSet
from tests.integration.enrolment.people_at_size import Question, pages, person, store, store_units
from tests.support.commands import Commands
from tests.support.indexes import examined, served, sorted_queries

PAGE: Final = 5
STOCK: Final = [person(number) for number in range(60 * PAGE)]
ALL, PROVINCE, GROUP = Scope(all=True), Scope(unit="PO-50"), Scope(unit="PO-50.HR")
CENTRE, BUREAU, SELF, BOTH = (
    Scope(unit="OPS"),
    Scope(unit="PERS"),
    Scope(person="p00007"),
    Scope(unit="PO-95", person="p00007"),
)
SCOPES: Final = (ALL, PROVINCE, GROUP, CENTRE, BUREAU, SELF, BOTH, Scope())
BY_NAME, OFFICE, UNIT = "place", "office_place", "unit_place"
TOKENS, LEVEL, POST = "tokens_office_place", "level_place", "post_place"


def looking(name: str, **narrowed: Any) -> Wanted:
    return Wanted(sought_name(name), **narrowed)


WANTED: Final = (
    Wanted(),
    looking("สมชาย"),
    looking("นาย สมช ใจ"),
    looking("ใจ"),
    looking("ภัทรสุวรรณ"),
    looking("ายใ"),
    looking("ไม่มีใครชื่อนี้"),
    looking("ส", level="K2"),
    looking("อยุธยา", unit="PO-95"),
    Wanted(begins="ณอยุ"),
    Wanted(begins="ณอ"),
    Wanted(begins="สม", level="K3"),
    Wanted(unit="PO-50"),
    Wanted(unit="PO-50.HR", post="GROUP_HEAD"),
    Wanted(unit="OPS"),
    Wanted(unit="PERS", level="K1"),
    Wanted(level="K1"),
    Wanted(post="GROUP_HEAD"),
    Wanted(level="K1", post="GROUP_HEAD"),
)


@dataclass
class Store:
    db: Database
    units: Units
    commands: Commands


@pytest.fixture(scope="module")
async def stored(mongo_url: str) -> AsyncIterator[Store]:
    commands = Commands()
    client = connect(mongo_url, app_name="tests", listeners=[commands])
    try:
        db = database(client, "people_list_at_size")
        await client.drop_database(db.name)
        await prepare(db, COLLECTIONS)
        await store_units(db)
        await store(db, STOCK)
        yield Store(db, Units(db), commands)
    finally:
        client.close()


# ---- what is shown


@pytest.mark.parametrize(("passed", "limit"), [(2 * PAGE, PAGE), (10_000, 4 * PAGE)])
async def test_pages_show_everybody_once_and_in_order(stored: Store, passed: int, limit: int) -> None:
    """Also where many are passed to find one: then a page ends short and says where to go on."""
    listing = PeopleList(stored.db, stored.units, passed=passed)
    for scope, wanted, backwards in product(SCOPES, WANTED, (False, True)):
        question = Question(scope, wanted, backwards)
        seen = await pages(listing, question, limit)
        assert [key for keys, _ in seen for key in keys] == question.expected(STOCK), question
        assert len(seen) <= len(STOCK) // passed + len(STOCK) // limit + 2, question


async def test_who_is_few_is_named_and_who_are_many_are_not(stored: Store) -> None:
    listing = PeopleList(stored.db, stored.units)
    sought = sought_name("กิตติ์ สุวรรณ")
    expected = [one.id for one in sorted(STOCK, key=name_place) if Question(ALL, Wanted(sought)).shows(one)]
    assert expected
    assert await listing.few(ALL, sought, len(expected)) == expected
    assert await listing.few(ALL, sought, len(expected) - 1) is None
    assert await listing.few(SELF, sought_name("ไม่มีใครชื่อนี้"), 10) == []
    everybody = [one.id for one in STOCK]
    assert await listing.among(ALL, sought, everybody) == frozenset(expected)
    assert await listing.among(ALL, sought, expected[1:]) == frozenset(expected[1:])
    own = frozenset(one.id for one in STOCK if Question(PROVINCE, Wanted(sought)).shows(one))
    assert await listing.among(PROVINCE, sought, everybody) == own


# ---- scope


@pytest.mark.parametrize("wanted", WANTED)
async def test_nothing_tells_whom_other_offices_have(stored: Store, wanted: Wanted) -> None:
    """Pages, where they end and where they go on are the same whoever else is there, and nobody else was passed."""
    listing = PeopleList(stored.db, stored.units, passed=PAGE)
    others = [person(1000 + number, ("PO-96.HR", "CD")[number % 2]) for number in range(8 * PAGE)]
    callers = (PROVINCE, GROUP, BUREAU, SELF, BOTH)
    before = [await pages(listing, Question(scope, wanted), PAGE) for scope in callers]
    try:
        await store(stored.db, others)
        assert [await pages(listing, Question(scope, wanted), PAGE) for scope in callers] == before
    finally:
        await stored.db["people"].delete_many({"_id": {"$in": [one.id for one in others]}})


async def test_a_list_goes_on_where_it_was_while_people_are_added(stored: Store) -> None:
    listing = PeopleList(stored.db, stored.units)
    question = Question(ALL, looking("สม"))
    newer = [person(2000 + number) for number in range(6 * PAGE)]
    expected = question.expected(STOCK)
    seen: list[Key] = []
    after: Key | None = None
    try:
        for number, _ in enumerate(newer):
            rows, _ = await listing.page(question.scope, question.wanted, after, PAGE)
            if not rows:
                break
            seen += map(key_of, rows[:PAGE])
            after = seen[-1]
            await store(stored.db, newer[number : number + 1])
        assert seen == sorted(set(seen))
        assert [key for key in seen if key[0][-6:] < "p02000"] == expected
    finally:
        await stored.db["people"].delete_many({"_id": {"$gte": "p02000"}})


# ---- indexes


@pytest.mark.parametrize(
    ("scope", "wanted", "index"),
    [
        (ALL, Wanted(), BY_NAME),
        (ALL, Wanted(level="K1"), LEVEL),
        (ALL, Wanted(post="GROUP_HEAD"), POST),
        (ALL, Wanted(level="K1", post="GROUP_HEAD"), LEVEL),
        (ALL, Wanted(unit="PO-50"), OFFICE),
        (ALL, Wanted(unit="PO-50.HR", level="K1"), UNIT),
        (ALL, looking("สมชาย ใจดี"), TOKENS),
        (ALL, looking("ใจ", level="K1"), TOKENS),
        (ALL, Wanted(begins="สมช"), TOKENS),
        (ALL, looking("ายใ"), BY_NAME),
        (PROVINCE, looking("ายใ"), OFFICE),
        (ALL, looking("สมชาย", unit="PO-50"), TOKENS),
        (ALL, looking("สมชาย", unit="PERS"), UNIT),
        (PROVINCE, Wanted(), OFFICE),
        (PROVINCE, Wanted(level="K1"), OFFICE),
        (PROVINCE, looking("สมชาย"), TOKENS),
        (PROVINCE, looking("ส"), TOKENS),
        (PROVINCE, looking("สมชาย", unit="PO-50.HR"), UNIT),
        (CENTRE, Wanted(), OFFICE),
        (CENTRE, looking("สมชาย"), TOKENS),
        (GROUP, Wanted(), UNIT),
        (GROUP, looking("สมชาย"), UNIT),
        (BUREAU, looking("สมชาย", level="K1"), UNIT),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
async def test_every_page_has_its_index(
    stored: Store, engine_set: EngineSet, scope: Scope, wanted: Wanted, index: str, backwards: bool
) -> None:
    listing = PeopleList(stored.db, stored.units, passed=2 * PAGE)
    stored.commands.sent.clear()
    await listing.page(scope, wanted, (":",), PAGE, backwards=backwards)

    asked = sorted_queries(stored.commands.of("people"))
    assert asked
    for command, query in asked:
        assert query.limit is not None
        assert query.limit <= 2 * PAGE, command.body
        found = served(query, PEOPLE.indexes)
        assert found is not None, command.body
        assert (found.index, found.beside) == (index, frozenset()), command.body
        if "mongod" in engine_set.can:
            assert await examined(stored.db, command, index) <= 2 * PAGE + 1, command.body


async def test_tokens_are_counted_no_further_than_it_matters(stored: Store) -> None:
    stored.commands.sent.clear()
    await PeopleList(stored.db, stored.units).page(ALL, looking("สมชาย น้ำใจงาม สุวรรณประทีป"), None, PAGE)
    asked = [command.body["pipeline"] for command in stored.commands.of("people") if command.name == "aggregate"]
    counted = [pipeline for pipeline in asked if "$sort" not in pipeline[1]]
    assert 1 <= len(counted) <= 6
    assert all({"$limit": 300} in pipeline for pipeline in counted)


def test_a_question_of_signs_alone_narrows_nothing() -> None:
    assert looking("...") == Wanted(EVERYBODY)


async def test_people_of_before_are_found_once_they_have_been_filled_in(stored: Store) -> None:
    """And of who was erased nothing is made."""
    listing, old = PeopleList(stored.db, stored.units), [person(3000), person(3001)]
    await store(stored.db, old)
    rows = {one.id: await stored.db["people"].find_one({"_id": one.id}) for one in old}
    ids = {"$in": list(rows)}
    try:
        await stored.db["people"].update_many({"_id": ids}, {"$unset": {"tokens": "", "search_key": "", "place": ""}})
        gone = {"$set": {"sort_key": ""}, "$unset": {"first_name": "", "last_name": ""}}
        await stored.db["people"].update_one({"_id": old[1].id}, gone)
        while await listing.fill_in():
            pass
        assert await stored.db["people"].find_one({"_id": old[0].id}) == rows[old[0].id]
        assert "tokens" not in (await stored.db["people"].find_one({"_id": old[1].id}) or {})
    finally:
        await stored.db["people"].delete_many({"_id": ids})
