"""Settings of the enrolment service, beside those of every process."""

from pydantic import Field, field_validator

from shared.sealing import KeyRing
from shared.settings import Settings

SHORTEST_KEY = 32


class EnrolmentSettings(Settings):
    citizen_key: str = Field(
        min_length=SHORTEST_KEY,
        repr=False,
        description="Secret of the keyed hash of citizen ids (32 characters or more). Never change it: people imported "
        "before would not be found again.",
    )
    contact_keys: str = Field(
        repr=False,
        description="Key ring that seals contacts, as id=base64,id=base64 with 32 bytes each, the newest first; the "
        "notification service needs the same.",
    )
    allow_run_clock: bool = Field(
        False, description="Lets an operator set the business time of a run outside the embedded edition."
    )

    @field_validator("contact_keys")
    @classmethod
    def _readable(cls, value: str) -> str:
        KeyRing.parse(value)
        return value
