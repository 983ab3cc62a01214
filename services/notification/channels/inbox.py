"""The inbox of the portal. A message stands in it from its insertion on: there is nothing left to hand over."""

from services.notification.channels import Letter


class InboxChannel:
    outside = False

    def resting(self) -> bool:
        return False

    async def send(self, letter: Letter) -> None:
        return

    async def rest(self) -> None:
        return
