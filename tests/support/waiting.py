"""Waiting for a condition with a deadline: tests never sleep for a time they guessed."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar, overload

T = TypeVar("T")
# For a hang alone: nothing takes so long on the slowest engines with workers beside each other, not even after a
# machine that stood still for half a minute.
DEADLINE = 100.0
IMPORT_SECONDS = 180.0  # for the one call that does work for thousands
# A look costs what is waited for its processors: whoever has waited for some time looks less often.
SELDOM = 0.25
GROWTH = 1.3


@overload
async def until(
    check: Callable[[], Awaitable[T]], seconds: float = ..., *, every: float = ..., what: str = ...
) -> T: ...
@overload
async def until(check: Callable[[], T], seconds: float = ..., *, every: float = ..., what: str = ...) -> T: ...
async def until(check: Callable[[], Any], seconds: float = DEADLINE, *, every: float = 0.02, what: str = "") -> Any:
    """The first true answer of `check` (plain or async), or an AssertionError that names it and its last answer.
    `every`: the first pause."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds
    pauses = _pauses(every)
    while True:
        found = check()
        answer = await found if inspect.isawaitable(found) else found
        if answer:
            return answer
        if loop.time() > ends:
            named = what or getattr(check, "__qualname__", repr(check))
            raise AssertionError(f"not within {seconds} s: {named}; the last answer was {answer!r}")
        await asyncio.sleep(next(pauses))


async def until_done(left: Callable[[], Any], stalled: float = DEADLINE, *, every: float = 0.05, what: str) -> None:
    """Waits until `left` (plain or async) tells of nothing any more. However slow that is: it fails only when what is
    left has not changed for `stalled` seconds."""
    clock = asyncio.get_running_loop().time
    last, changed, pauses = None, clock(), _pauses(every)
    while True:
        found = left()
        answer = await found if inspect.isawaitable(found) else found
        if not answer:
            return
        if answer != last:
            last, changed = answer, clock()
        if clock() - changed > stalled:
            raise AssertionError(f"{what}: nothing has moved for {stalled} s; what is left: {answer!r}")
        await asyncio.sleep(next(pauses))


def _pauses(first: float) -> Iterator[float]:
    pause = first
    while True:
        yield pause
        pause = max(first, min(pause * GROWTH, SELDOM))
