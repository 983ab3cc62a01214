"""Waiting for events, for so long at most."""

import asyncio


async def first_of(seconds: float | None, *events: asyncio.Event) -> None:
    """Returns when any of these events is set, or when the time is over (None: never)."""
    if len(events) == 1:  # by far the most frequent, and it needs no task
        try:
            async with asyncio.timeout(seconds):
                await events[0].wait()
        except TimeoutError:
            pass
        return
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
