"""Marks that could not be written are written again, although nothing more is published."""

from collections.abc import Callable

import pytest

from shared.mongo import Client
from tests.support.events import history, moved
from tests.support.station import Station, running
from tests.support.waiting import until


async def test_a_lost_mark_is_written_again_without_a_further_event(
    station: Station, client: Client, aggregate: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.messaging.marks.DEADLINE_SECONDS", 0.2)
    person, outbox = aggregate(), station.database["outbox"]
    await station.publish(history([moved(person)]), wake=False)
    holder = await client.start_session()
    holder.start_transaction()
    await outbox.update_one({"_id": f"{person}:1"}, {"$set": {"held": True}}, session=holder)

    async with running(station.publisher.relay.run):
        errors = station.metrics.relay_errors._value
        await until(lambda: errors.get() > 0, what="the relay learns that a mark was not written")
        await holder.abort_transaction()
        await until(lambda: outbox.find_one({"_id": f"{person}:1", "pending": {"$exists": False}}))
    await holder.end_session()
