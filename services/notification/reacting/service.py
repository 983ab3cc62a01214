"""What the consumer does with a batch of events of one partition, inside that batch's transaction."""

from collections.abc import Sequence

from services.notification.reacting.domain.handlers import HANDLERS
from services.notification.reacting.storage import ReactionStorage
from shared.clock import Clock
from shared.events.envelope import Envelope
from shared.messaging.cutover import Cutover
from shared.mongo import Session


async def react(
    storage: ReactionStorage, cutover: Cutover, clock: Clock, envelopes: Sequence[Envelope], session: Session
) -> None:
    """Remembers all of them, and makes the messages of those that this generation acts on."""
    subjects = {(envelope.source, envelope.subject) for envelope in envelopes}
    standing = await cutover.standing(subjects, session)
    batch = await storage.load(envelopes, clock(), session)
    for envelope in envelopes:
        if envelope.event is not None:
            batch.silent = not standing.acts_on((envelope.source, envelope.subject), envelope.sequence)
            HANDLERS[type(envelope.event)](batch, envelope, envelope.event)
    batch.tell_of_open_seats()
    await storage.save(batch, session)
