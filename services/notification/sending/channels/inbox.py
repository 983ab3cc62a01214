"""The inbox of the portal. A message stands in it as soon as it is inserted: there is nothing left to hand over."""

from services.notification.composing import OutgoingMessage


class InboxChannel:
    outside = False

    async def send(self, outgoing: OutgoingMessage) -> None:
        return

    async def close_idle(self) -> None:
        return
