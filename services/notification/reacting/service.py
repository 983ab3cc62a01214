"""What the consumer does with a batch of events of one partition, inside that batch's transaction."""

from collections.abc import Sequence

from services.notification.reacting.domain.handlers import HANDLERS
from services.notification.reacting.storage import ReactionStorage
from shared.clock import Clock
from shared.events.envelope import Envelope
from shared.mongo import Session


async def react(storage: ReactionStorage, clock: Clock, envelopes: Sequence[Envelope], session: Session) -> None:
    batch = await storage.load(envelopes, clock(), session)
    for envelope in envelopes:
        if envelope.event is not None:
            HANDLERS[type(envelope.event)](batch, envelope, envelope.event)
    await storage.save(batch, session)
