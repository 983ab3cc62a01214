"""Tokens of devices, beside those of the issuer."""

from typing import Final

from services.enrolment.attendance.domain.devices import OF_DEVICES
from services.enrolment.attendance.service.devices import device_with
from services.enrolment.attendance.storage.devices import Devices
from shared.mongo import Database
from shared.rights import Principal, Role
from shared.security import Verifier
from shared.settings import Settings

_BEGINNING: Final = f"{OF_DEVICES}."


class DeviceVerifier(Verifier):
    """A device is looked up at every request, so that one that is revoked is refused at once."""

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__(settings)
        self._devices = Devices(database)

    async def principal(self, token: str) -> Principal:
        """Raises a kind of Unauthenticated, DeviceRevoked, or KeysUnavailable."""
        if not token.startswith(_BEGINNING):
            return await super().principal(token)
        device = await device_with(self._devices, token)
        return Principal(device.id, frozenset({Role.DEVICE}))
