"""Who may act, and how far, while one generation takes over from another: on the real engine."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.messaging.consumer import Consumer
from shared.messaging.cutover import OPEN_AGAIN, Cutover, Replaced, Standing
from shared.messaging.generations import POINTERS, Fold, Generations
from shared.messaging.held import HELD, held_id
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.messaging.positions import advance
from shared.messaging.sequence import Subject
from shared.mongo import Database, Document, Session, prepare, transaction

AT = datetime(2026, 1, 1, tzinfo=UTC)
SOURCE = "/pattana/enrolment"
A, B = (SOURCE, "a"), (SOURCE, "b")


@pytest.fixture
async def generations(store: Database) -> Generations:
    """The first one has handled a:5, and the second one is being filled."""
    await prepare(store, [POINTERS, *Consumer.collections])
    generations = Generations(store, "model", lambda _: (), Fold(1))
    await generations.begin(AT)
    await handled(store, 1, A, 5)
    return generations


async def handled(store: Database, generation: int, subject: Subject, seq: int) -> None:
    await store[POSITIONS.name].bulk_write(advance(f"model.g{generation}", [(subject, seq, False)]))


def cutover(store: Database, number: int, *, at: datetime = AT) -> Cutover:
    return Cutover(store, "model", number, lambda: at, at_once=2)


async def standing(store: Database, number: int, *, at: datetime = AT) -> Standing:
    async def work(session: Session) -> Standing:
        return await cutover(store, number, at=at).standing([A, B], session)

    return await transaction(store.client, work)


async def limits(store: Database, number: int) -> dict[Subject, int] | None:
    async def work(session: Session) -> dict[Subject, int] | None:
        found = await cutover(store, number).limits([A, B], session)
        return None if found is None else dict(found)

    return await transaction(store.client, work)


async def put_aside(store: Database, subject: Subject, *seqs: int, wait: str = "AHEAD") -> None:
    for seq in seqs:
        row: Document = {"_id": held_id("model.g2", subject, seq), "consumer": "model.g2", "source": subject[0]}
        row |= {"topic": "t", "partition": 0, "wait": wait, "retry": False}
        await store[HELD.name].insert_one(row | {"subject": subject[1], "seq": seq})


async def looked_at(store: Database) -> list[str]:
    """What another look was ordered at."""
    return [f"{row['subject']}:{row['seq']}" async for row in store[HELD.name].find({"retry": True}).sort("_id", 1)]


async def test_the_one_that_is_filled_follows_the_other_and_acts_on_nothing(
    store: Database, generations: Generations
) -> None:
    assert await limits(store, 2) == {A: 5, B: 0}
    assert await limits(store, 1) is None
    assert not (await standing(store, 2)).acts_on(A, 5)
    assert not (await standing(store, 2)).acts_on(B, 1)
    assert (await standing(store, 1)).acts_on(A, 6)


async def test_after_the_move_it_acts_on_what_the_other_has_not_handled(
    store: Database, generations: Generations
) -> None:
    assert await generations.move(await generations.read(AT), AT)
    assert await limits(store, 2) is None
    now = await standing(store, 2)
    assert [now.acts_on(A, 5), now.acts_on(A, 6), now.acts_on(B, 1)] == [False, True, True]
    with pytest.raises(Replaced):
        await standing(store, 1)
    await generations.drop(1)
    assert (await standing(store, 2)).acts_on(A, 5)


async def test_one_that_is_closed_acts_no_more_until_its_successor_is_given_up_or_gone(
    store: Database, generations: Generations
) -> None:
    assert await generations.close(await generations.read(AT), AT)
    with pytest.raises(Replaced):
        await standing(store, 1)
    assert (await standing(store, 2)).silent
    assert (await standing(store, 1, at=AT + OPEN_AGAIN)).acts_on(A, 6)
    assert await generations.abandon(await generations.read(AT), AT)
    assert (await standing(store, 1)).acts_on(A, 6)
    with pytest.raises(Replaced):
        await standing(store, 2)


async def test_a_release_that_does_not_fill_the_next_one_closes_nothing(
    store: Database, generations: Generations
) -> None:
    other = Generations(store, "model", lambda _: (), Fold(0))
    assert not await other.close(await other.read(AT), AT)
    assert (await generations.read(AT)).closed_at is None


async def test_what_was_put_aside_is_looked_at_when_the_other_one_has_come_so_far(
    store: Database, generations: Generations
) -> None:
    """Page by page, though the first ones may never have their turn."""
    two = cutover(store, 2)
    await put_aside(store, A, 6, 7)
    await put_aside(store, B, 1)
    await put_aside(store, B, 2, wait="GAP")
    assert not await two.is_behind()
    assert await two.let_go_on() == 0
    await handled(store, 1, B, 1)
    assert await two.is_behind()
    assert await two.let_go_on() + await two.let_go_on() == 1
    assert await looked_at(store) == ["b:1"]
    assert await two.is_behind()  # until it was looked at
    await store[HELD.name].delete_one({"seq": 1})
    assert not await two.is_behind()


async def test_after_the_move_everything_that_was_put_aside_is_looked_at(
    store: Database, generations: Generations
) -> None:
    await put_aside(store, A, 6, 7, 8)
    await put_aside(store, B, 1, 2)
    assert await generations.worse(await generations.read(AT)) == []
    assert await generations.move(await generations.read(AT), AT + timedelta(seconds=1))
    assert await cutover(store, 2).let_go_on() == 5
    assert await looked_at(store) == ["a:6", "a:7", "a:8", "b:1", "b:2"]
    assert await cutover(store, 1).let_go_on() == 0
