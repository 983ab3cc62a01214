"""Settings of the enrolment service, beside those of every process."""

from pydantic import Field, field_validator

from shared.citizens import CitizenKeys
from shared.sealing import KeyRing
from shared.settings import Settings


class EnrolmentSettings(Settings):
    citizen_key: str = Field(
        repr=False,
        description="Secret of the keyed hash of citizen ids (32 characters or more), or several as id=secret, "
        "separated by commas, the newest first; one alone is 1=secret. Keep the old ones: whoever was imported under "
        "one is found by it alone.",
    )
    contact_keys: str = Field(
        repr=False,
        description="Key ring that seals contacts, as id=base64,id=base64 with 32 bytes each, the newest first; the "
        "notification service needs the same.",
    )
    allow_run_clock: bool = Field(
        False, description="Lets an operator set the business time of a run outside the embedded edition."
    )
    nomination_text_days: int = Field(
        730,
        ge=30,
        le=3650,
        description="Days after the end of a run that notes and reasons of its nominations are kept.",
    )
    queue_limit: int = Field(
        8_000, ge=1, description="Most commands about seats that wait in one process; beyond it 503."
    )
    queue_run_limit: int = Field(
        2_000, ge=1, description="Most of them for one run; beyond it 503 for this run, while others go on."
    )
    queue_seconds: float = Field(
        20.0,
        gt=0,
        le=40,
        description="Longest time that a command waits for its turn; then it is answered with 503 and not carried out. "
        "The gateway must wait at least 15 s longer.",
    )

    import_limit: int = Field(
        2, ge=1, description="Most imports of people at once in one process, one of each caller; beyond it 503."
    )
    import_upload_seconds: float = Field(
        60.0, gt=0, description="Time in which a file to import must arrive; beyond it 408."
    )
    import_parse_seconds: float = Field(
        120.0, gt=0, le=240, description="Time for parsing a file, of waiting as well as of a processor; beyond it 413."
    )
    import_memory_bytes: int = Field(
        192 * 1024 * 1024,
        ge=64 * 1024 * 1024,
        description="Address space of the process that parses a file (on Linux); beyond it 413.",
    )

    @field_validator("contact_keys")
    @classmethod
    def _readable(cls, value: str) -> str:
        KeyRing.parse(value)
        return value

    @field_validator("citizen_key")
    @classmethod
    def _citizens(cls, value: str) -> str:
        CitizenKeys.parse(value)
        return value
