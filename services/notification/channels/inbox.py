"""The inbox of the portal. A message stands in it from its insertion on: there is nothing left to hand over."""

from services.notification.channels import OutgoingMessage


class InboxChannel:
    outside = False

    def resting(self) -> bool:
        return False

    async def send(self, letter: OutgoingMessage) -> None:
        return

    async def rest(self) -> None:
        return
