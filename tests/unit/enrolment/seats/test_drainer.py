"""The queue of commands: one batch of a run at a time, runs in parallel, twins once, an answer for every command."""

import asyncio
import gc
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrolment.seats.domain.refusals import NoSeatsForUnit
from services.enrolment.seats.service.queue import Drainers, QueueLimits, Ticket, Undecided
from shared.errors import Refused
from shared.idempotency import CommandKey, KeyReused, Recorded
from tests.support.waiting import until
from tests.unit.enrolment.seats.drainers import Counterpart, answers, of, refused, still_there


async def test_one_batch_of_a_run_at_a_time_in_order() -> None:
    world = Counterpart(shut=["r"], count=4)
    async with world.at_work():
        first = await world.ask(of("r", "a"))
        await until(lambda: world.batches)
        rest = await world.ask(*(of("r", name) for name in "bcd"))
        assert world.batches == [("r", ["a"])], "what comes meanwhile waits"
        world.gates["r"].set()
        assert await answers([*first, *rest]) == ["a", "b", "c", "d"]
    assert world.batches == [("r", ["a"]), ("r", ["b", "c", "d"])]
    assert world.most_at_once["r"] == 1


async def test_runs_are_carried_out_in_parallel() -> None:
    world = Counterpart(shut=["slow"], count=2)
    async with world.at_work():
        slow = await world.ask(of("slow", "a"))
        await until(lambda: world.batches)
        assert await answers(await world.ask(of("quick", "b"))) == ["b"]
        assert not slow[0].done()
    assert await answers(slow) == ["a"]


async def test_no_more_batches_at_once_than_drainers() -> None:
    runs = ["r1", "r2", "r3"]
    world = Counterpart(shut=runs, count=2)
    async with world.at_work():
        tasks = await world.ask(*(of(run, run) for run in runs))
        await until(lambda: len(world.batches) == 2)
        assert world.of_run("r3") == []
        world.gates["r1"].set()
        await until(lambda: world.of_run("r3"))
    assert await answers(tasks) == runs
    assert world.most_at_once["all"] == 2


async def test_a_batch_has_a_limit_and_keeps_the_order() -> None:
    world = Counterpart(shut=["r"], batch=3)
    async with world.at_work():
        tasks = await world.ask(of("r", "0"))
        await until(lambda: world.batches)
        tasks += await world.ask(*(of("r", str(n)) for n in range(1, 8)))
        world.gates["r"].set()
        assert await answers(tasks) == [str(n) for n in range(8)]
    assert world.of_run("r") == [["0"], ["1", "2", "3"], ["4", "5", "6"], ["7"]]


async def test_a_hot_run_does_not_starve_another() -> None:
    world = Counterpart(shut=["hot"], count=1, batch=2)
    async with world.at_work():
        tasks = await world.ask(*(of("hot", f"h{n}") for n in range(7)))
        await until(lambda: world.batches)
        tasks += await world.ask(of("cold", "c1"), of("cold", "c2"), of("mild", "m"))
    assert len(await answers(tasks)) == 10
    assert [run for run, _ in world.batches] == ["hot", "cold", "mild", "hot", "hot", "hot"]


async def test_a_twin_gets_the_same_answer_and_the_command_runs_once() -> None:
    world, key = Counterpart(shut=["r"]), CommandKey("key", b"body")
    async with world.at_work():
        under_way = await world.ask(of("r", "a", key))
        await until(lambda: world.batches)
        twins = await world.ask(of("r", "twin", key), of("r", "b", CommandKey("other", b"body")))
        twins += await world.ask(of("r", "twin", CommandKey("other", b"body")))
        world.gates["r"].set()
        assert await answers([*under_way, *twins]) == ["a", "a", "b", "b"]
    assert world.batches == [("r", ["a"]), ("r", ["b"])]


async def test_twins_share_a_refusal() -> None:
    world, key = Counterpart(shut=["r"]), CommandKey("key", b"body")
    world.outcomes["a"] = NoSeatsForUnit(unit="PO-50")
    async with world.at_work():
        tasks = await world.ask(of("r", "a", key), of("r", "twin", key))
    for task in tasks:
        with pytest.raises(NoSeatsForUnit):
            await task
    assert world.of_run("r") == [["a"]]


async def test_a_twin_with_another_body_is_refused() -> None:
    world = Counterpart(shut=["r"])
    async with world.at_work():
        first = await world.ask(of("r", "a", CommandKey("key", b"body")))
        for fingerprint in (b"another", None):
            assert type(await refused(world, of("r", "b", CommandKey("key", fingerprint)))) is KeyReused
    assert await answers(first) == ["a"]
    assert world.of_run("r") == [["a"]]


async def test_an_answered_key_has_no_twin() -> None:
    """The command's record answers a later repetition, and remembers the body."""
    world = Counterpart()
    async with world.at_work():
        for body in (b"body", b"body", b"another"):
            assert await answers(await world.ask(of("r", "a", CommandKey("key", body)))) == ["a"]
    assert world.of_run("r") == [["a"], ["a"], ["a"]]


@pytest.mark.parametrize("outcome", [Recorded(201, "b", ()), NoSeatsForUnit(unit="PO-50")])
@pytest.mark.parametrize("waiting", [True, False])
@pytest.mark.parametrize("gone", [0, 1])
async def test_a_twin_that_hangs_up_does_not_cancel_the_command(
    outcome: Recorded | Refused, waiting: bool, gone: int
) -> None:
    """The first of two twins or the second, before its batch begins or in the middle of it."""
    world, key = Counterpart(shut=["r"]), CommandKey("key", b"body")
    world.outcomes["b"] = outcome
    async with world.at_work():
        tasks = await world.ask(of("r", "first")) if waiting else []
        await until(lambda: len(world.batches) == len(tasks))
        twins = await world.ask(of("r", "b", key), of("r", "twin", key))
        others = await world.ask(of("r", "a"), of("r", "c"))
        await until(lambda: world.batches)
        twins[gone].cancel()
        with pytest.raises(asyncio.CancelledError):
            await twins[gone]
        world.gates["r"].set()
        assert await answers(others) == ["a", "c"]
        assert list(await asyncio.gather(twins[1 - gone], return_exceptions=True)) == [outcome]
    assert sorted(name for names in world.of_run("r") for name in names) == sorted(
        ["first"] * waiting + ["a", "b", "c"]
    )


async def test_a_refusal_without_a_waiting_caller_is_not_logged() -> None:
    async def hang_up() -> None:
        world = Counterpart(shut=["r"])
        world.outcomes["a"] = NoSeatsForUnit(unit="PO-50")
        async with world.at_work():
            tasks = await world.ask(of("r", "a"))
            await until(lambda: world.batches)
            tasks.pop().cancel()

    heard: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: heard.append(context))
    await hang_up()
    gc.collect()
    loop.set_exception_handler(None)
    assert heard == []


async def test_a_command_that_was_not_settled_is_undecided() -> None:
    world, key = Counterpart(shut=["r"]), CommandKey("key", b"body")
    world.outcomes["lost"] = None
    async with world.at_work():
        lost, twin, kept = await world.ask(of("r", "lost", key), of("r", "twin", key), of("r", "kept"))
        world.gates["r"].set()
        for task in (lost, twin):
            with pytest.raises(Undecided):
                await asyncio.wait_for(task, 10)
        assert await answers([kept]) == ["kept"]
        assert await answers(await world.ask(of("r", "again", key))) == ["again"], "the key is free again"


async def test_a_failing_batch_ends_the_loop_and_leaves_its_callers_undecided() -> None:
    async def execute(run: str, tickets: Sequence[Ticket]) -> None:
        raise ZeroDivisionError(run)

    drainers = Drainers(execute, QueueLimits(), count=2)
    caller = asyncio.create_task(drainers.submit(of("r", "a"), still_there))
    with pytest.raises(ExceptionGroup) as group:
        await drainers.run(asyncio.Event())
    assert group.value.subgroup(ZeroDivisionError) is not None
    with pytest.raises(Undecided):
        await caller


async def test_queued_commands_are_drained_at_stop() -> None:
    world = Counterpart(shut=["r"], count=3, batch=2)
    async with world.at_work() as stopping:
        tasks = await world.ask(of("r", "a"))
        await until(lambda: world.batches)
        tasks += await world.ask(*(of("r", name) for name in "bcde"), of("other", "o"))
        stopping.set()
    assert all(task.done() for task in tasks)
    assert await answers(tasks) == ["a", "b", "c", "d", "e", "o"]


async def test_it_stops_when_the_queue_is_empty() -> None:
    world = Counterpart()
    async with world.at_work():
        assert world.batches == []


async def test_a_ticket_is_settled_once() -> None:
    one = of("r", "a")
    early = one.wait(still_there)
    one.settle(Recorded(201, "first", ()))
    one.settle(Recorded(201, "second", ()))
    one.settle(Undecided())
    late = one.wait(still_there)
    assert [(await answer).body for answer in (early, late)] == ["first", "first"]


async def test_a_twin_that_comes_when_its_answer_is_there_gets_it() -> None:
    """Others of the batch may still be decided: until then the command is known as in flight."""
    world, key = Counterpart(shut=["r"]), CommandKey("key", b"body")
    async with world.at_work():
        entry = of("r", "a", key)
        tasks = await world.ask(entry)
        await until(lambda: world.batches)
        entry.settle(Recorded(201, "early", ()))
        tasks += await world.ask(of("r", "twin", key))
        assert [answer.body for answer in await asyncio.gather(*tasks)] == ["early", "early"]
        world.gates["r"].set()
    assert world.of_run("r") == [["a"]]


@settings(max_examples=60, deadline=None)
@given(
    plan=st.lists(st.sampled_from("aaabc"), max_size=40),
    count=st.integers(1, 4),
    batch=st.integers(1, 5),
)
async def test_every_command_is_answered_in_the_order_of_its_run(plan: list[str], count: int, batch: int) -> None:
    world = Counterpart(count=count, batch=batch)
    names = [f"{run}{place}" for place, run in enumerate(plan)]
    async with world.at_work():
        assert await answers(await world.ask(*(of(name[0], name) for name in names))) == names
    for run in set(plan):
        carried_out = [name for names_of_batch in world.of_run(run) for name in names_of_batch]
        assert carried_out == [name for name in names if name[0] == run]
        assert world.most_at_once[run] == 1
    assert all(len(batch_names) <= batch for _, batch_names in world.batches)
