"""Every query of reports that a request makes, at five years of runs: which index serves it, and how many documents it
reads: of a province's own, of a page, of a year; never of all that ever was."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest

from services.reporting.answering import RunFilter, Visibility
from services.reporting.projecting import (
    ATTENDED,
    AttendanceChange,
    Bucket,
    Cell,
    NominationRow,
    Place,
    RollupChange,
    Run,
)
from services.reporting.storage import Generation, Queries, specs
from services.reporting.storage.generation import NOMINATION_INDEXES, ROLLUP_INDEXES, RUN_INDEXES
from shared.events.seats import NominationState, Rank, bucket_id
from shared.mongo import Database, Index, Session, connect, database, prepare, transaction
from shared.rights import Scope
from shared.settings import Settings
from tests.support.commands import Commands
from tests.support.indexes import asked_of, served
from tests.support.waiting import DEADLINE
from tests.unit.reporting.histories import RUN_STARTS

YEARS: Final = range(2563, 2568)
RUNS_A_YEAR, OFFICES, PAGE, PEOPLE = 40, 10, 5, 500
CENTRE = Place("OPS", None, None, "CENTRAL")
ALL, PROVINCE = Visibility(Scope(all=True), drafts=True), Visibility(Scope(unit="PO-13"))
OBSERVER = Visibility(Scope(all=True), coarse=True)
NEWEST = f"r{YEARS[-1]}-{RUNS_A_YEAR - 1:03}"


def rollup(run: str, year: int, unit: str) -> RollupChange:
    """A bucket with one person in it; of the centre, somebody of each office."""
    place = CENTRE if unit == "OPS" else Place(unit, unit[3:], "G", "R")
    people = [place] if unit != "OPS" else [place, Place("PO-12.HR", "12", "G", "R")]
    return RollupChange(
        bucket_id(run, "HR", unit),
        last=RUN_STARTS,
        run=run,
        programme=f"p{run[:7]}",
        fiscal_year=year,
        starts_at=RUN_STARTS,
        now=Bucket("HR", unit, place, 3, len(people)),
        added={(Cell("HR", unit, person), "c1"): 1 for person in people},
    )


def attendance(run: str, unit: str) -> AttendanceChange:
    """Of the person who has the seat."""
    place = CENTRE if unit == "OPS" else Place(unit, unit[3:], "G", "R")
    return AttendanceChange(bucket_id(run, "HR", unit), run, "HR", unit, {(place, ATTENDED): 1})


def described(run: str, year: int, number: int) -> Run:
    state = "CANCELLED" if number % 10 == 0 else "OPEN"
    ends = RUN_STARTS + timedelta(days=1)
    return Run(run, f"p{run[:7]}", "C", "ชื่อ", year, 1, 30, RUN_STARTS, ends, 0, state, RUN_STARTS)


def nomination(number: int) -> NominationRow:
    key = f"n{number:04}"
    place, state = Place("PO-13.HR", "13", "G", "R"), NominationState.CONFIRMED
    person = f"person-{number % 20}"
    return NominationRow(
        key, f"{NEWEST}:HR:PO-13", NEWEST, "HR", "PO-13", person, Rank.PRIMARY, place, state, RUN_STARTS
    )


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
async def store(reporting_settings: Settings, commands: Commands) -> AsyncIterator[Database]:
    client = connect(reporting_settings.mongo_url, app_name="tests", listeners=[commands])
    made = database(client, f"{reporting_settings.mongo_prefix}_reporting")
    await prepare(made, specs(1))
    generation = Generation(made, 1)
    runs = [(f"r{year}-{number:03}", year, number) for year in YEARS for number in range(RUNS_A_YEAR)]
    units = ["OPS", *(f"PO-{10 + number}" for number in range(OFFICES))]

    async def work(session: Session) -> None:
        await generation.save_attendance([attendance(run, unit) for run, _, _ in runs for unit in units], session)
        await generation.save_changes([rollup(run, year, unit) for run, year, _ in runs for unit in units], session)
        await generation.save_described(Run, [described(*run) for run in runs], session)
        await generation.save_rows([nomination(number) for number in range(PEOPLE)], {}, session)

    try:
        await transaction(client, work, deadline=2 * DEADLINE)
        yield made
    finally:
        client.close()


@dataclass(frozen=True)
class Row:
    """`most`: documents of roll-ups, attendance, runs and nominations that the question may read; `beside`: fields that
    it may look up in them."""

    what: str
    ask: Callable[[Queries], Awaitable[Any]]
    most: int
    beside: frozenset[str] = frozenset()


async def coverage(queries: Queries, run_filter: RunFilter, visibility: Visibility) -> int:
    portions = [portion async for portion in queries.rollups(run_filter, visibility, people=True)]
    return sum(len(portion) for portion in portions)


def counted(what: str, run_filter: RunFilter, visibility: Visibility, most: int, *beside: str) -> Row:
    return Row(what, lambda queries: coverage(queries, run_filter, visibility), most, frozenset(beside))


def listed(what: str, run_filter: RunFilter, visibility: Visibility, *beside: str) -> Row:
    """A page, and one of its middle: what is read does not depend on where it begins."""

    async def ask(queries: Queries) -> None:
        page = await queries.page_of_runs(run_filter, visibility, PAGE, "r2566")
        assert len(page) == PAGE
        assert all(rollup is not None for _, rollup in page)

    return Row(what, ask, PAGE * (1 + OF_BUCKET * (OFFICES + 1)), frozenset(beside))


A_YEAR, CANCELLED = RUNS_A_YEAR, RUNS_A_YEAR // 10
OF_BUCKET = 2  # a roll-up and its attendance
PARTS = (OF_BUCKET + 1) * RUNS_A_YEAR  # a bucket of every run, and the run
TABLE = (
    counted("a province's year", RunFilter(2565), PROVINCE, OF_BUCKET * A_YEAR + CANCELLED),
    counted("the ministry's year", RunFilter(2565), ALL, OF_BUCKET * A_YEAR * (OFFICES + 1) + CANCELLED),
    counted(
        "a province's part of a programme", RunFilter(programme="pr2565-0"), PROVINCE, (OF_BUCKET + 1) * A_YEAR, "state"
    ),
    counted("a run and its people", RunFilter(run=NEWEST), ALL, OF_BUCKET * (OFFICES + 1) + 1 + PEOPLE, "state"),
    counted("a province's part of a run", RunFilter(run=NEWEST), PROVINCE, OF_BUCKET + 1 + PEOPLE, "state"),
    listed("runs", RunFilter(), ALL),
    listed("runs of a year", RunFilter(2565), ALL),
    listed("runs of a programme", RunFilter(programme="pr2565-0"), ALL),
    listed("runs, to an observer", RunFilter(), OBSERVER),
    listed("a province's runs", RunFilter(), PROVINCE),
    listed("a province's runs of a year", RunFilter(2565), PROVINCE),
    listed("a province's runs of a programme", RunFilter(programme="pr2565-0"), PROVINCE),
    Row("a run's report", lambda queries: queries.rollup(NEWEST, ALL), OF_BUCKET * (OFFICES + 1)),
    Row("a programme's runs", lambda queries: queries.runs_of("pr2565-0"), A_YEAR),
    Row("the newest year", lambda queries: queries.newest_year(2566), 1),
    Row("somebody's nominations", lambda queries: queries.nominations_of("person-7", PAGE, "n0400"), PAGE),
    Row("whether a programme was opened", lambda queries: queries.was_opened("pr2565-0"), 1),
)


async def test_every_question_reads_its_own_part(store: Database, commands: Commands) -> None:
    indexes: dict[str, tuple[Index, ...]] = {
        "rollups_g1": ROLLUP_INDEXES,
        "attendance_g1": (),  # by the ids of buckets that may be seen
        "runs_g1": RUN_INDEXES,
        "nominations_g1": NOMINATION_INDEXES,
    }
    for row in TABLE:
        commands.sent.clear()
        await row.ask(Queries(Generation(store, 1)))
        sent = [command for command in commands.sent if command.name == "find"]
        assert sent, row.what
        for command in sent:
            asked = asked_of(command)
            assert asked is not None
            found = served(asked, [*indexes[command.collection], Index(("_id",))])
            assert found is not None, f"{row.what}: no index serves {command.body}"
            assert found.beside <= row.beside, f"{row.what}: {set(found.beside)} is looked up in documents"
        assert sum(command.returned for command in sent) <= row.most, row.what


async def test_a_province_finds_the_central_buckets_of_its_people(store: Database) -> None:
    """By the unit of the people, of the office above it, and of the centre; nobody else's."""
    queries = Queries(Generation(store, 1))
    for unit, buckets in (("PO-12.HR", 1), ("PO-12", 2), ("PO-13", 1), ("PO-13.HR", 0), ("PO-1", 0), ("OPS", 1)):
        rollups = await queries.rollups_of([NEWEST], Visibility(Scope(unit=unit)))
        cells = {cell.bucket_unit for rollup in rollups.values() for cell in rollup.cells}
        assert len(cells) == buckets, unit
