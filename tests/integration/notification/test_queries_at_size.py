"""Every query of messages that a request or a loop makes, at a hundred times its page: which index serves it, in order
and with a limit; and pages, however they are cut, show everything once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest

from services.notification.domain import Addressee, ChannelName, Kind, Message, State, message_id
from services.notification.queries import Filter, Queries, Question, inbox_of, messages_of
from services.notification.storage import MESSAGES, insertion
from shared.pages import PageRequest
from shared.rights import Principal, Role, Scope
from tests.engines import EngineSet
from tests.integration.notification.conftest import Replica
from tests.integration.notification.test_delivery import RUN, people
from tests.support.commands import Command, Commands
from tests.support.indexes import NATURAL, asked_of, served
from tests.unit.notification.builders import NOW, message

PAGE: Final = 5
STOCK: Final = 100 * PAGE
OFFICER = Principal("officer-1", frozenset({Role.PROVINCIAL_HR}), "PO-50")
CENTRAL = Principal("officer-2", frozenset({Role.HR_OFFICER}), "PERS")
LEARNER = Principal("person-7", frozenset({Role.LEARNER}))
ALL, PROVINCE = Scope(all=True), Scope(unit="PO-50")
SHELVES, BY_RUN, NEWEST = "shelves_down_created_at_down__id", "run_down_created_at_down__id", "down_created_at_down__id"
FAILED, WORK = "state_down_created_at_down__id", "open_kind_state_channel_due_at"
# Looked up in what the index of open work finds: only a newer release writes other values.
RARE: Final = frozenset({"addressee", "snapshot.run.state", "attempts"})


def stocked(number: int) -> Message:
    """Of ten runs and provinces, five in each millisecond; one in ten goes to an office, one in fifty has failed."""
    of_unit = number % 10 == 0
    unit, kind = f"PO-{50 + number // 10 % 10}", Kind.NOMINATION_REQUEST if of_unit else Kind.CONFIRMED
    recipient = unit if of_unit else f"person-{number % 20}"
    state = State.FAILED if number % 50 == 1 else State.SENT
    return message(
        id=message_id(f"reason-{number}", recipient, kind),
        kind=kind,
        recipient=recipient,
        addressee=Addressee.UNIT if of_unit else Addressee.PERSON,
        unit=unit,
        run=f"run-{number % 7}",
        reason=f"reason-{number}",
        created_at=NOW + timedelta(milliseconds=number // 5),
        state=state,
    )


@pytest.fixture
async def stock(replica: Replica) -> list[Message]:
    messages = [stocked(number) for number in range(STOCK)]
    await replica.store[MESSAGES.name].bulk_write([insertion(each) for each in messages], ordered=False)
    return messages


@dataclass(frozen=True)
class Row:
    """`indexes` serve the queries in turn; `beside` is what they may look up in documents that they pass."""

    what: str
    ask: Callable[[Replica, Queries], Awaitable[Any]]
    indexes: tuple[str, ...]
    beside: frozenset[str] = frozenset()


def listed(what: str, question: Question, *indexes: str) -> Row:
    return Row(what, lambda _, queries: queries.page(question, PageRequest(PAGE, ((9e12).__trunc__(), "z"))), indexes)


TABLE = (
    listed("an inbox", inbox_of(LEARNER, Scope(person="person-7")), SHELVES),
    listed("an officer's inbox", inbox_of(OFFICER, PROVINCE), SHELVES),
    listed("a central officer's inbox", inbox_of(CENTRAL, ALL), SHELVES),
    listed("all messages", messages_of(ALL), NEWEST),
    listed("a province's messages", messages_of(PROVINCE), SHELVES),
    listed("the central units' messages", messages_of(Scope(unit="OPS")), SHELVES),
    listed("a run's messages", messages_of(ALL, Filter(run="run-1")), BY_RUN),
    listed("a run's messages of a kind in a province", messages_of(PROVINCE, Filter("run-1", Kind.REMINDER)), SHELVES),
    listed("what has failed", messages_of(ALL, Filter(state=State.FAILED)), FAILED),
    listed("a kind", messages_of(ALL, Filter(kind=Kind.CONFIRMED)), NEWEST),
    listed("a recipient's messages", messages_of(ALL, Filter(recipient="person-7")), SHELVES),
    Row("unread", lambda _, queries: queries.unread(inbox_of(CENTRAL, ALL)), (SHELVES,)),
    Row("counts", lambda _, queries: queries.counts(messages_of(ALL)), (NEWEST, NATURAL)),
    Row("counts of a run", lambda _, queries: queries.counts(messages_of(ALL, Filter("run-1"))), (BY_RUN,)),
    Row("a province's of a run", lambda _, queries: queries.counts(messages_of(PROVINCE, Filter("run-1"))), (SHELVES,)),
    Row("counts of a province", lambda _, queries: queries.counts(messages_of(PROVINCE)), (SHELVES,)),
    Row("waves", lambda _, queries: queries.waves("run-1"), ("run_wave",)),
    Row("due", lambda replica, _: replica.ledger.due([None, *ChannelName], replica.now, PAGE), (WORK,), RARE),
    Row("unsorted", lambda replica, _: replica.ledger.unsorted(replica.now, PAGE), (WORK,), RARE),
    Row("missing", lambda replica, _: replica.ledger.missing("", PAGE), ("missing",)),
    Row(
        "wake",
        lambda replica, _: replica.ledger.wake("run:run-9", replica.now, PAGE),
        ("missing",),
        frozenset({"state", "kind"}),
    ),
    Row(
        "one message",
        lambda _, queries: queries.message(stocked(7).id, messages_of(PROVINCE)),
        ("_id_",),
        frozenset({"$and"}),
    ),
    Row(
        "marking as read",
        lambda _, queries: queries.mark_read(stocked(7).id, inbox_of(LEARNER, PROVINCE), NOW),
        ("_id_",),
        frozenset({"$and", "read_at"}),
    ),
    Row(
        "claim",
        lambda replica, _: replica.ledger.claim(stocked(7).id, NOW),
        ("_id_",),
        RARE | {"open", "kind", "state", "channel", "due_at"},
    ),
    Row("of a newer release", lambda replica, _: replica.ledger.unreadable(PAGE), (WORK,)),
)


async def test_every_query_has_its_index(
    replica: Replica, commands: Commands, engine_set: EngineSet, stock: list[Message]
) -> None:
    for row in TABLE:
        commands.sent.clear()
        await row.ask(replica, Queries(replica.store, passed=20 * PAGE, counted=20 * PAGE))
        asked = list(commands.of(MESSAGES.name))

        assert asked, row.what
        for command in asked:
            query = asked_of(command)
            assert query is not None, f"{row.what}: {command}"
            assert query.limit is not None, f"{row.what}: without a limit"
            found = served(query, MESSAGES.indexes)
            assert found is not None, f"{row.what}: no index serves {command.body}"
            assert found.index in row.indexes, f"{row.what}: {found.index}"
            assert found.beside <= row.beside, f"{row.what}: {set(found.beside)} is looked up in documents"
            if "mongod" in engine_set.can:
                await _examines_little(replica, command, query.limit)


_OF_A_SESSION: Final = frozenset({"lsid", "txnNumber", "writeConcern", "readConcern", "maxTimeMS"})


async def _examines_little(replica: Replica, command: Command, limit: int) -> None:
    """Where the engine counts what it reads. Explaining a change changes nothing."""
    body = {name: value for name, value in command.body.items() if name[0] != "$" and name not in _OF_A_SESSION}
    told = await replica.store.command({"explain": body, "verbosity": "executionStats"})
    stats = told.get("executionStats") or told["stages"][0]["$cursor"]["executionStats"]
    assert stats["totalDocsExamined"] <= limit + 1, command.body


QUESTIONS: Final[dict[str, tuple[Question, Callable[[Message], bool]]]] = {
    "all": (messages_of(ALL), lambda each: True),
    "province": (messages_of(PROVINCE), lambda each: each.unit == "PO-50"),
    "kind": (
        messages_of(PROVINCE, Filter(kind=Kind.CONFIRMED)),
        lambda each: (each.unit, each.kind) == ("PO-50", "CONFIRMED"),
    ),
    "failed": (messages_of(ALL, Filter(state=State.FAILED)), lambda each: each.state == "FAILED"),
    "run": (messages_of(PROVINCE, Filter(run="run-3")), lambda each: (each.unit, each.run) == ("PO-50", "run-3")),
    "recipient": (messages_of(ALL, Filter(recipient="person-7")), lambda each: each.recipient == "person-7"),
    "inbox": (inbox_of(OFFICER, PROVINCE), lambda each: each.recipient == "PO-50"),
}


@pytest.mark.parametrize(("passed", "limit"), [(8 * PAGE, 7 * PAGE), (10_000, 97)])
async def test_pages_show_everything_once_and_in_order(
    replica: Replica, stock: list[Message], passed: int, limit: int
) -> None:
    """Also where many are passed to find one: a page then ends short and says where to go on."""
    queries = Queries(replica.store, passed=passed)
    for what, (question, expected) in QUESTIONS.items():
        seen, after, pages = list[Message](), None, 0
        while pages == 0 or after is not None:
            found, after = await queries.page(question, PageRequest(limit, after))
            seen += found
            pages += 1

        wanted = sorted(filter(expected, stock), key=lambda each: (each.created_at, each.id), reverse=True)
        assert [each.id for each in seen] == [each.id for each in wanted], what
        assert pages <= STOCK // passed + STOCK // limit + 2, what


async def test_counts_say_when_there_are_more(replica: Replica, stock: list[Message]) -> None:
    some = Queries(replica.store, counted=100)
    whole = Queries(replica.store)

    rows, more = await some.counts(messages_of(ALL))
    of_run = await whole.counts(messages_of(ALL, Filter(run="run-1")))

    assert (sum(count for *_, count in rows), more) == (100, True)
    assert (sum(count for *_, count in of_run.rows), of_run.more) == (sum(each.run == "run-1" for each in stock), False)


NARROWED: Final = (
    Filter(),
    Filter(run="run-1"),
    Filter(state=State.FAILED),
    Filter(recipient="PO-57"),
    Filter(kind=Kind.CONFIRMED),
)


@pytest.mark.parametrize("narrowed", NARROWED)
async def test_nothing_tells_how_many_messages_others_have(
    replica: Replica, stock: list[Message], narrowed: Filter
) -> None:
    """A cursor stands at a message of one's own, and `more` counts these alone."""
    own = {each.id for each in stock if each.unit == "PO-50"}
    question = messages_of(PROVINCE, narrowed)
    few = Queries(replica.store, passed=PAGE, counted=len(own))

    _, end = await few.page(question, PageRequest(1, None))
    counts = await few.counts(question)
    fewer = await Queries(replica.store, counted=len(own) - 1).counts(question)

    assert end is not None
    assert end[1] in own
    assert (counts.more, fewer.more) == (False, True)


async def test_an_inbox_counts_what_is_unread_and_marks_what_is_its_own(replica: Replica, stock: list[Message]) -> None:
    queries, mine = Queries(replica.store), inbox_of(LEARNER, Scope(person="person-7"))
    before = await queries.unread(mine)
    (newest, *_), _ = await queries.page(mine, PageRequest(PAGE, None))

    await queries.mark_read(newest.id, mine, NOW)

    assert (before, await queries.unread(mine)) == (25, 24)


async def test_the_page_of_due_messages_does_not_grow_with_what_waits(replica: Replica, commands: Commands) -> None:
    await people(replica, 3 * PAGE)
    await replica.consume(RUN)
    commands.sent.clear()

    due = await replica.ledger.due([None], replica.now, PAGE)

    assert (len(due.rows), due.more) == (3, True)  # all in one lane, which has eight of twelve turns
    assert max(command.returned for command in commands.of(MESSAGES.name)) == PAGE


def test_the_check_itself_sees_a_query_without_its_index() -> None:
    old = Command(
        "find", "messages", {"filter": {"unit": {"$regex": "^PO-50"}}, "sort": {"created_at": -1}, "limit": 5}
    )
    query = asked_of(old)

    assert query is not None
    found = served(query, MESSAGES.indexes)
    assert found is not None
    assert found.beside == {"unit"}
    assert served(replace(query, filter={"unit": "PO-50"}, sort=()), MESSAGES.indexes) is None
