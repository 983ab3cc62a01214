"""Lists of programmes and runs: what each combination shows, which index serves it, and what is refused."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final

import pytest

from services.enrolment.catalogue.domain.programmes import State
from services.enrolment.catalogue.domain.runs import RunState
from services.enrolment.catalogue.storage.lists import SORTS, CatalogueLists, ProgrammesWanted, RunsWanted
from services.enrolment.catalogue.storage.specs import COLLECTIONS, PROGRAMMES, RUNS
from shared.mongo import Database, Document, connect, database, prepare
from shared.mongo.searching import search_fields
from shared.pages import InvalidCursor, Key, OrderNotServed
from shared.thai import sort_key, sought_text, words_of
from tests.engines import EngineSet
from tests.support.commands import Commands
from tests.support.indexes import examined, served, sorted_queries

PAGE: Final = 4
COUNT: Final = 90
TITLES: Final = ("โครงการอบรมผู้นำ", "อบรมเชิงปฏิบัติการนวัตกรรม", "ประชุมแผนพัฒนาพื้นที่ ปี ๒๕๖๗", "HR Strategic Partner")
BEGIN: Final = datetime(2026, 3, 2, 2, tzinfo=UTC)
NOTHING: Final = sought_text("...")
STATES, RUN_STATES = tuple(State), tuple(RunState)


def title(number: int) -> str:
    return f"{TITLES[number % len(TITLES)]} รุ่น {number % 7}"


def programme_row(number: int) -> Document:
    state = STATES[number % len(STATES)]
    seen = state in (State.PUBLISHED, State.CLOSED) or (state is State.CANCELLED and number % 4 == 1)
    return {
        "_id": f"g{number:04}",
        "seq": 1,
        "version": 1,
        "state": state.value,
        "code": f"C-{number:04}",
        "title": title(number),
        "title_key": sort_key(title(number)),
        **search_fields(words_of(f"{title(number)} C-{number:04}")),
        "fiscal_year": 2567 + number % 3,
        "kind": "TRAINING",
        "organiser": ("PERS", "DRI")[number // 2 % 2],
        "target_groups": [],
        "approval_route": [],
        "created_by": "somebody",
        "created_unit": "PERS",
        "submitted_by": None,
        **({"published_at": BEGIN} if seen else {}),
    }


def run_row(number: int) -> Document:
    state = RUN_STATES[number % len(RUN_STATES)]
    return {
        "_id": f"r{number:04}",
        "seq": 1,
        "programme": f"g{number:04}",
        "state": state.value,
        "opened": state in (RunState.OPEN, RunState.CLOSED) or (state is RunState.CANCELLED and number % 8 == 3),
        "cohort": 1,
        "capacity": 10,
        "allocated": 10,
        "starts_at": BEGIN + timedelta(days=number // 3),
        "ends_at": BEGIN + timedelta(days=number // 3, hours=6),
        "sessions": [],
        "venue": {},
        "opens_at": None,
        "closes_at": None,
        "offset_seconds": 0,
        "revision": 0,
        "version": 1,
        "code": f"C-{number:04}",
        "title": title(number),
        **search_fields(words_of(f"{title(number)} C-{number:04}")),
        "fiscal_year": 2567 + number % 3,
    }


@pytest.fixture(scope="module")
async def stored(mongo_url: str) -> AsyncIterator[tuple[Database, Commands]]:
    commands = Commands()
    client = connect(mongo_url, app_name="tests", listeners=[commands])
    try:
        db = database(client, "catalogue_lists")
        await client.drop_database(db.name)
        await prepare(db, COLLECTIONS)
        await db["programmes"].insert_many([programme_row(number) for number in range(COUNT)])
        await db["runs"].insert_many([run_row(number) for number in range(COUNT)])
        yield db, commands
    finally:
        client.close()


QUESTIONS: Final = (
    ProgrammesWanted(NOTHING),
    ProgrammesWanted(NOTHING, state=State.PUBLISHED),
    ProgrammesWanted(NOTHING, state=State.DRAFT),
    ProgrammesWanted(NOTHING, fiscal_year=2568),
    ProgrammesWanted(NOTHING, organiser="DRI", fiscal_year=2567),
    ProgrammesWanted(NOTHING, code="C-0015"),
    ProgrammesWanted(sought_text("แผนพัฒนา")),
    ProgrammesWanted(sought_text("อบรม นวัตกรรม"), organiser="PERS"),
    ProgrammesWanted(sought_text("2567"), state=State.CLOSED),
    ProgrammesWanted(sought_text("hr"), fiscal_year=2569),
    ProgrammesWanted(sought_text("c-0015")),
    ProgrammesWanted(sought_text("ัตก")),
)


def shows(wanted: ProgrammesWanted, row: Document, drafts: bool) -> bool:
    asked = {"fiscal_year": wanted.fiscal_year, "organiser": wanted.organiser, "code": wanted.code}
    return (
        (drafts or "published_at" in row)
        and wanted.state in (None, State(row["state"]))
        and all(value in (None, row[name]) for name, value in asked.items())
        and wanted.sought.finds(f"{row['title']} {row['code']}")
    )


@pytest.mark.parametrize(("drafts", "passed"), list(product((True, False), (PAGE, 10_000))))
async def test_programmes_are_shown_once_and_in_order(
    stored: tuple[Database, Commands], drafts: bool, passed: int
) -> None:
    lists = CatalogueLists(stored[0], passed=passed)
    rows = [programme_row(number) for number in range(COUNT)]
    for wanted, (sort, order) in product(QUESTIONS, SORTS.items()):
        if wanted.sought.words and "title" in sort:
            continue
        seen: list[str] = []
        after: Key | None = None
        while not seen or after is not None:
            page = await lists.programmes(wanted, sort, after, PAGE, drafts=drafts)
            after = page.rows[PAGE - 1][1] if len(page.rows) > PAGE else page.end
            seen += [programme.id for programme, _ in page.rows[:PAGE]]
            if after is None:
                break
        expected = sorted(
            (row for row in rows if shows(wanted, row, drafts)),
            key=lambda row: [row[name] for name, _ in order],
            reverse=order[0][1] < 0,
        )
        assert seen == [row["_id"] for row in expected], (wanted, sort)


RUN_QUESTIONS: Final = (
    RunsWanted(NOTHING),
    RunsWanted(NOTHING, state=RunState.OPEN),
    RunsWanted(NOTHING, state=RunState.PLANNED, fiscal_year=2568),
    RunsWanted(NOTHING, since=BEGIN + timedelta(days=5)),
    RunsWanted(NOTHING, until=BEGIN + timedelta(days=20)),
    RunsWanted(NOTHING, since=BEGIN + timedelta(days=3), until=BEGIN + timedelta(days=24), fiscal_year=2567),
    RunsWanted(sought_text("นวัตกรรม"), since=BEGIN + timedelta(days=3), until=BEGIN + timedelta(days=24)),
    RunsWanted(sought_text("รุ่น 3"), state=RunState.CANCELLED),
    RunsWanted(sought_text("ัตก")),
)


def shows_run(wanted: RunsWanted, row: Document, drafts: bool) -> bool:
    return (
        (drafts or row["opened"])
        and wanted.state in (None, RunState(row["state"]))
        and wanted.fiscal_year in (None, row["fiscal_year"])
        and (wanted.since is None or wanted.since <= row["starts_at"])
        and (wanted.until is None or row["starts_at"] < wanted.until)
        and wanted.sought.finds(f"{row['title']} {row['code']}")
    )


@pytest.mark.parametrize(("drafts", "passed"), list(product((True, False), (PAGE, 10_000))))
async def test_runs_are_shown_once_and_by_their_start(
    stored: tuple[Database, Commands], drafts: bool, passed: int
) -> None:
    lists = CatalogueLists(stored[0], passed=passed)
    rows = [run_row(number) for number in range(COUNT)]
    for wanted, sort in product(RUN_QUESTIONS, ("start", "-start")):
        seen: list[str] = []
        after: Key | None = None
        while not seen or after is not None:
            page = await lists.runs(wanted, sort, after, PAGE, drafts=drafts)
            after = page.rows[PAGE - 1][1] if len(page.rows) > PAGE else page.end
            seen += [found.run.id for found, _ in page.rows[:PAGE]]
            if after is None:
                break
        expected = sorted(
            (row for row in rows if shows_run(wanted, row, drafts)),
            key=lambda row: (row["starts_at"], row["_id"]),
            reverse=sort == "-start",
        )
        assert seen == [row["_id"] for row in expected], (wanted, sort)


# ---- indexes


PROGRAMME_INDEXES: Final[tuple[tuple[ProgrammesWanted, str, str], ...]] = (
    (QUESTIONS[0], "-created", "state__id"),
    (QUESTIONS[1], "created", "state__id"),
    (QUESTIONS[3], "-created", "fiscal_year_state__id"),
    (QUESTIONS[4], "-created", "organiser_state__id"),
    (QUESTIONS[6], "-created", "tokens_state__id"),
    (QUESTIONS[9], "created", "tokens_state__id"),
    (QUESTIONS[11], "created", "state__id"),
    (QUESTIONS[0], "title", "state_title_key__id"),
    (QUESTIONS[4], "-title", "state_title_key__id"),
)


@pytest.mark.parametrize(("wanted", "sort", "index"), PROGRAMME_INDEXES)
@pytest.mark.parametrize("drafts", [True, False])
async def test_every_page_of_programmes_has_its_index(
    stored: tuple[Database, Commands],
    engine_set: EngineSet,
    wanted: ProgrammesWanted,
    sort: str,
    index: str,
    drafts: bool,
) -> None:
    db, commands = stored
    after: Key = ("ก", "g0040") if "title" in sort else ("g0040",)
    commands.sent.clear()
    await CatalogueLists(db, passed=2 * PAGE).programmes(wanted, sort, after, PAGE, drafts=drafts)
    await _are_served(db, commands, engine_set, "programmes", index)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [(RUN_QUESTIONS[0], "state_starts_at__id"), *((each, "state_starts_at__id") for each in RUN_QUESTIONS[1:6])]
    + [(each, "tokens_state_starts_at__id") for each in RUN_QUESTIONS[6:8]]
    + [(RUN_QUESTIONS[8], "state_starts_at__id")],
)
async def test_every_page_of_runs_has_its_index(
    stored: tuple[Database, Commands], engine_set: EngineSet, wanted: RunsWanted, index: str
) -> None:
    db, commands = stored
    after = (round((BEGIN + timedelta(days=10)).timestamp() * 1000), "r0030")
    commands.sent.clear()
    await CatalogueLists(db, passed=2 * PAGE).runs(wanted, "start", after, PAGE, drafts=True)
    await _are_served(db, commands, engine_set, "runs", index)


async def _are_served(db: Database, commands: Commands, engine_set: EngineSet, collection: str, index: str) -> None:
    specs = {"programmes": PROGRAMMES, "runs": RUNS}[collection]
    asked = sorted_queries(commands.of(collection))
    assert asked
    for command, query in asked:
        assert query.limit is not None
        assert query.limit <= 2 * PAGE
        found = served(query, specs.indexes)
        assert found is not None, command.body
        assert (found.index, found.beside) == (index, frozenset()), command.body
        if "mongod" in engine_set.can:
            assert await examined(db, command, index) <= 2 * PAGE + 1, command.body


# ---- refusals


async def test_what_no_index_serves_is_refused(stored: tuple[Database, Commands]) -> None:
    lists = CatalogueLists(stored[0])
    for sort in ("title", "-title"):
        with pytest.raises(OrderNotServed):
            await lists.programmes(QUESTIONS[6], sort, None, PAGE, drafts=True)


@pytest.mark.parametrize("after", [(), (1,), ("a", "b"), (10**18, "r"), (0, "r0001"), (None, "r")])
async def test_a_cursor_leads_nowhere_outside_the_days_asked_for(stored: tuple[Database, Commands], after: Key) -> None:
    lists = CatalogueLists(stored[0])
    with pytest.raises(InvalidCursor):
        await lists.runs(RUN_QUESTIONS[3], "start", after, PAGE, drafts=True)
    with pytest.raises(InvalidCursor):
        await lists.programmes(QUESTIONS[0], "title", ("g0001",), PAGE, drafts=True)


async def test_programmes_and_runs_of_before_are_found_once_they_have_been_filled_in(
    stored: tuple[Database, Commands],
) -> None:
    db, _ = stored
    lists = CatalogueLists(db)
    for name, row in (("programmes", programme_row(900)), ("runs", run_row(900))):
        made = {"tokens", "search_key", "title_key"} & set(row)
        await db[name].insert_one({field: value for field, value in row.items() if field not in made})
        while await lists.fill_in_programmes() or await lists.fill_in_runs():
            pass
        assert await db[name].find_one({"_id": row["_id"]}) == row
        await db[name].delete_one({"_id": row["_id"]})
