"""What batches store equals what their rows come to, however a history is cut into batches."""

import random
from itertools import islice

import pytest

from services.reporting.projecting.domain.buckets import Bucket
from services.reporting.projecting.domain.nominations import NominationRow
from services.reporting.projecting.domain.rollups import Cell
from services.reporting.projecting.projection import Projection
from services.reporting.storage.documents import rollups_of, row_of
from services.reporting.storage.generation import Generation, specs
from shared.events.envelope import Envelope
from shared.events.seats import NominationState, Rank, bucket_id
from shared.messaging.batch import BrokenInvariant
from shared.mongo import Client, Database, Session, database, prepare, transaction
from tests.unit.reporting.histories import CHIANG_MAI, PERSONNEL, YALA, History
from tests.unit.reporting.oracle import recount

S = NominationState


@pytest.fixture
async def store(client: Client, mongo_prefix: str) -> Database:
    made = database(client, f"{mongo_prefix}_reporting")
    await prepare(made, specs(1))
    return made


def lively(chance: random.Random) -> list[History]:
    """Three buckets of two runs in which something happens a few hundred times."""
    histories = [
        History.of(CHIANG_MAI, 4),
        History.of(YALA, 2, target="B.$"),
        History.of(PERSONNEL, 9, run="r2"),
    ]
    for number in range(200):
        history = chance.choice(histories)
        live = history.names(S.SUBMITTED, S.CONFIRMED, S.WAITLISTED)
        if number % 3 == 0 and live:
            history.withdraw(chance.choice(live))
        elif number % 3 == 1 and (submitted := history.names(S.SUBMITTED)):
            history.approve(chance.choice(submitted))
        else:
            place = history.bucket.place.model_copy(update={"unit": chance.choice(["X.HR", "Y"])})
            history.nominate(f"n{number}", place, chance.choice(list(Rank)), needs_approval=chance.random() < 0.7)
    return histories


async def apply(store: Database, envelopes: list[Envelope]) -> None:
    projection = Projection(Generation(store, 1))

    async def work(session: Session) -> None:
        await projection.apply(envelopes, session)

    await transaction(store.client, work, deadline=10)


async def rows(store: Database) -> list[NominationRow]:
    return [row_of(document) async for document in store["nominations_g1"].find({})]


@pytest.mark.parametrize("seed", range(3))
async def test_rollups_equal_rows_for_any_batches(store: Database, seed: int) -> None:
    chance = random.Random(seed)
    histories = lively(chance)
    events = iter([envelope for history in histories for envelope in history.envelopes])
    while batch := list(islice(events, chance.randint(1, 60))):
        await apply(store, batch)
    rollups = rollups_of(await store["rollups_g1"].find({}).to_list(None)).values()
    counted: dict[tuple[str, Cell], dict[str, int]] = {
        (rollup.run, cell): {name: n for name, n in counts.items() if n}
        for rollup in rollups
        for cell, counts in rollup.cells.items()
    }
    stored = await rows(store)
    expected: dict[tuple[str, Cell], dict[str, int]] = {}
    for run in ("r1", "r2"):
        expected |= {(run, cell): counts for cell, counts in recount(row for row in stored if row.run == run).items()}
    assert counted == expected
    buckets: dict[str, Bucket] = {
        bucket_id(rollup.run, bucket.target, bucket.bucket_unit): bucket
        for rollup in rollups
        for bucket in rollup.buckets.values()
    }
    for history in histories:
        ours = buckets[history.bucket.id]
        assert (ours.seats, ours.seats - ours.confirmed) == (history.bucket.seats, history.bucket.free)


async def test_an_impossible_event_leaves_nothing_of_its_batch(store: Database) -> None:
    fine = History.of(YALA, 1).nominate("y", YALA).envelopes
    wrong = History.of(CHIANG_MAI, 2).nominate("a", CHIANG_MAI).envelopes[1:]  # its bucket was never opened
    with pytest.raises(BrokenInvariant, match="never opened"):
        await apply(store, [*fine, *wrong])
    assert await rows(store) == []
    await apply(store, fine)
    assert len(await rows(store)) == 1
