"""Finds out which places that were left alone take rows again: one row of each, by a producer of its own, beside the
relay's rounds. What is acknowledged is a row like any other, so nothing is sent that would not be sent anyway.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence

from shared.messaging.producer import Outcome, Producer
from shared.messaging.resting import Resting
from shared.messaging.unpublished import Unpublished, take
from shared.mongo import Document

PROBED_ROWS = 50  # read of a place, to find one that may be sent
Choose = Callable[[Sequence[Document]], list[Document]]


class Probes:
    """At most one is under way."""

    def __init__(self, producer: Producer, unpublished: Unpublished, resting: Resting) -> None:
        self._producer = producer
        self._unpublished = unpublished
        self._resting = resting
        self._rows: list[Document] = []
        self._sending: asyncio.Task[Outcome] | None = None

    def lanes(self) -> frozenset[int]:
        """Those with a row under way: they may not be given back."""
        return frozenset(row["lane"] for row in self._rows)

    async def begin_when_due(self, lanes: Collection[int] | None, choose: Choose) -> None:
        """Sends a row of each place that has been left alone for long enough."""
        due = self._resting.due(asyncio.get_running_loop().time())
        if self._sending is not None or not due:
            return
        for place in due:
            rows = await self._unpublished.continuous(choose(await self._unpublished.first(lanes, place, PROBED_ROWS)))
            if rows:
                self._rows += take(rows, 1)[:1]
            else:
                self._resting.recovered([place])  # nothing to find out
        if self._rows:
            self._sending = asyncio.create_task(self._producer.send(self._rows))

    async def outcome(self) -> Outcome | None:
        """What became of the last one, once; None while it is under way. Places without an answer failed again."""
        if self._sending is None or not self._sending.done():
            return None
        outcome, rows = self._sending.result(), self._rows
        self._sending, self._rows = None, []
        known = {row["_id"] for row, _ in outcome.acknowledged} | {refusal.row["_id"] for refusal in outcome.refused}
        for row in rows:
            if row["_id"] not in known:
                outcome.failed.setdefault(row["place"], outcome.failure or TimeoutError("no acknowledgement in time"))
        return outcome

    async def end(self) -> None:
        """Gives up what is under way."""
        sending, self._sending, self._rows = self._sending, None, []
        if sending is not None:
            sending.cancel()
            await asyncio.wait([sending])
        await self._producer.discard()
