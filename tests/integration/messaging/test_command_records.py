"""Records of commands: written with the command's effects, found when the command is repeated."""

import asyncio
from datetime import timedelta

import pytest

from shared.clock import now
from shared.events.envelope import Position
from shared.idempotency import COMMANDS, CommandKey, CommandRecords, KeyReused, Recorded, command_key, record, recorded
from shared.mongo import Database, DuplicateKey, Session, prepare, transaction
from shared.settings import Settings

ANSWER = Recorded(201, '{"id":"n-1"}', (Position("r:t:PO-50", 3),))


@pytest.fixture
def settings(mongo_url: str) -> Settings:
    return Settings(mongo_url=mongo_url)


@pytest.fixture
async def records(store: Database) -> CommandRecords:
    await prepare(store, [COMMANDS])
    return CommandRecords(store, kept=timedelta(hours=1))


def key_of(body: bytes = b"{}") -> CommandKey:
    return command_key("p-1", "POST", "/x", "key-1", body)


async def write(store: Database, records: CommandRecords, key: CommandKey) -> None:
    async def work(session: Session) -> None:
        await records.store([record(key, ANSWER, now() + records.kept)], session)

    await transaction(store.client, work)


async def test_a_repeated_command_finds_its_answer(store: Database, records: CommandRecords) -> None:
    assert await records.answered(key_of()) is None
    await write(store, records, key_of())
    assert await records.answered(key_of()) == ANSWER
    with pytest.raises(KeyReused):
        await records.answered(key_of(b'{"other": 1}'))


async def test_records_are_found_inside_the_next_transaction(store: Database, records: CommandRecords) -> None:
    await write(store, records, key_of())
    other = command_key("p-2", "POST", "/x", None, b"")

    async def work(session: Session) -> dict[str, Recorded]:
        rows = await records.find([key_of(), other], session)
        return {key: recorded(row, key_of()) for key, row in rows.items()}

    assert await transaction(store.client, work) == {key_of().id: ANSWER}


async def test_one_of_two_twins_is_recorded(store: Database, records: CommandRecords) -> None:
    twins = await asyncio.gather(*(write(store, records, key_of()) for _ in range(2)), return_exceptions=True)
    assert [type(outcome) for outcome in twins if outcome is not None] == [DuplicateKey]
    assert await store[COMMANDS.name].count_documents({}) == 1


async def test_a_command_without_a_key_is_not_looked_up(records: CommandRecords) -> None:
    assert await records.answered(command_key("p-1", "POST", "/x", None, b"")) is None
