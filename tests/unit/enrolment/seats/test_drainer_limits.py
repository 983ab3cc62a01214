"""How long the queue gets and how long a command waits in it: room for every run, nothing for those who are gone."""

import asyncio

import pytest

from services.enrolment.seats.domain.refusals import NotCarriedOut, RunBusy
from services.enrolment.seats.service import queue
from services.enrolment.seats.service.queue import Gone, QueueLimits
from shared.idempotency import CommandKey
from tests.support.waiting import until
from tests.unit.enrolment.seats.drainers import Counterpart, Task, answers, of, refused, still_there


async def test_at_the_limit_a_command_is_not_carried_out() -> None:
    world, key = Counterpart(shut=["r", "s"], limits=QueueLimits(commands=2)), CommandKey("key", b"body")
    async with world.at_work():
        tasks = await world.ask(of("r", "under way"), of("s", "under way too"))
        await until(lambda: len(world.batches) == 2)
        tasks += await world.ask(of("r", "a", key), of("s", "b"))
        for run in ("r", "another"):
            refusal = await refused(world, of(run, "c"))
            assert (type(refusal), refusal.retry_after_seconds) == (NotCarriedOut, 5)  # type: ignore[attr-defined]
        tasks += await world.ask(of("r", "twin", key))
        for gate in world.gates.values():
            gate.set()
        assert await answers(tasks) == ["under way", "under way too", "a", "b", "a"]
        assert await answers(await world.ask(of("r", "c"), of("s", "d"))) == ["c", "d"], "there is room again"
    assert [names for run, names in world.batches if run == "r"] == [["under way"], ["a"], ["c"]]


async def test_a_rush_on_one_run_leaves_room_for_others() -> None:
    world = Counterpart(shut=["hot"], limits=QueueLimits(commands=100, of_run=3))
    async with world.at_work():
        tasks = await world.ask(of("hot", "under way"))
        await until(lambda: world.batches)
        tasks += await world.ask(*(of("hot", f"h{n}") for n in range(3)))
        refusal = await refused(world, of("hot", "too many"))
        assert (type(refusal), refusal.retry_after_seconds) == (RunBusy, 5)  # type: ignore[attr-defined]
        assert await answers(await world.ask(*(of("cold", f"c{n}") for n in range(3)))) == ["c0", "c1", "c2"]
        world.gates["hot"].set()
        assert len(await answers(tasks)) == 4
    assert "too many" not in [name for names in world.of_run("hot") for name in names]


async def test_what_gives_way_goes_on_when_nobody_waits_or_after_its_time() -> None:
    world = Counterpart(shut=["r"])
    async with world.at_work():
        await world.drainers.quiet(60)
        tasks = await world.ask(of("r", "a"), of("s", "b"))
        await world.drainers.quiet(0.001)
        giving_way = asyncio.create_task(world.drainers.quiet(60))
        await until(tasks[1].done)
        assert not giving_way.done()
        world.gates["r"].set()
        await asyncio.wait_for(giving_way, 30)
        assert await answers(tasks) == ["a", "b"]


@pytest.mark.parametrize("rushes", [1, 2, 4, 10])
async def test_however_many_rushes_there_is_room_for_one_more_run(rushes: int) -> None:
    world = Counterpart(limits=QueueLimits(commands=60, of_run=60))
    queued: list[Task] = []
    for n in range(60):  # nothing is drained yet: every run asks until it is refused
        for run in range(rushes):
            queued += await world.ask(of(f"hot{run}", f"h{run}-{n}"))
    queued = [task for task in queued if not task.done()]
    assert len(queued) < 60
    async with world.at_work():
        assert await answers(await world.ask(of("cold", "c"))) == ["c"]
        assert len(await answers(queued)) == len(queued)


async def test_whose_turn_does_not_come_in_time_is_told_so_and_is_never_carried_out() -> None:
    world, key = Counterpart(shut=["r"], count=1, limits=QueueLimits(seconds=0.05)), CommandKey("key", b"body")
    async with world.at_work():
        tasks = await world.ask(of("r", "under way"))
        await until(lambda: world.batches)
        late = await world.ask(of("r", "late", key), of("r", "twin", key), of("another", "late too"))
        for task in late:
            with pytest.raises(NotCarriedOut):
                await asyncio.wait_for(task, 10)
        assert not tasks[0].done(), "what has begun is carried out, however long it takes"
        world.gates["r"].set()
        assert await answers(tasks) == ["under way"]
        again = await world.ask(of("r", "again", key))
        assert await answers(again) == ["again"], "the key is free again, and so is the run"
    assert world.batches == [("r", ["under way"]), ("r", ["again"])]


async def test_after_all_of_a_run_were_late_it_is_still_one_batch_at_a_time() -> None:
    """The run stood in the line of runs when the last of its commands was dropped."""
    world = Counterpart(shut=["busy", "r"], count=1, limits=QueueLimits(seconds=0.4))
    async with world.at_work():
        tasks = await world.ask(of("busy", "b"))
        await until(lambda: world.batches)
        for task in await world.ask(of("r", "late")):
            with pytest.raises(NotCarriedOut):
                await asyncio.wait_for(task, 10)
        tasks += await world.ask(of("r", "a"), of("r", "b"))
        for gate in world.gates.values():
            gate.set()
        assert await answers(tasks) == ["b", "a", "b"]
    assert world.batches == [("busy", ["b"]), ("r", ["a", "b"])]


@pytest.mark.parametrize(("others", "kept"), [((), False), ((still_there,), True)])
async def test_after_a_long_wait_the_callers_are_asked_whether_they_are_still_there(
    monkeypatch: pytest.MonkeyPatch, others: tuple[Gone, ...], kept: bool
) -> None:
    monkeypatch.setattr(queue, "LONG_WAIT_SECONDS", 0.0)
    asked = 0

    async def hung_up() -> bool:
        nonlocal asked
        asked += 1
        return True

    world, key = Counterpart(shut=["r"]), CommandKey("key", b"body")
    async with world.at_work():
        tasks = await world.ask(of("r", "under way"))
        await until(lambda: world.batches)
        gone = await world.ask(of("r", "gone", key), of("r", "row", CommandKey("row", b"body")), gone=hung_up)
        for other in others:
            gone += await world.ask(of("r", "twin", key), gone=other)
        world.gates["r"].set()
        assert await answers(tasks) == ["under way"]
        outcomes = await asyncio.gather(*gone, return_exceptions=True)
    carried_out = [name for names in world.of_run("r") for name in names]
    assert carried_out == ["under way", *["gone"] * kept]
    assert [isinstance(outcome, NotCarriedOut) for outcome in outcomes] == [not kept, True, *[False] * len(others)]
    assert asked == 1, "the rows of a list have one caller"


async def test_who_comes_just_now_is_not_asked() -> None:
    """Asking costs time."""

    async def must_not_be_asked() -> bool:
        raise AssertionError

    world = Counterpart()
    async with world.at_work():
        assert await answers(await world.ask(of("r", "a"), gone=must_not_be_asked)) == ["a"]


@pytest.mark.parametrize("begun", [True, False])
async def test_a_command_is_carried_out_for_nobody_only_if_it_has_begun(begun: bool) -> None:
    world = Counterpart(shut=["r"])
    async with world.at_work():
        tasks = await world.ask(of("r", "first"))
        await until(lambda: world.batches)
        tasks += await world.ask(of("r", "second"))
        tasks.pop(0 if begun else 1).cancel()
        world.gates["r"].set()
        await answers(tasks)
    assert world.of_run("r") == ([["first"], ["second"]] if begun else [["first"]])
