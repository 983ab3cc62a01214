"""Settings of the enrolment service, beside those of every process."""

from typing import Final

from pydantic import Field, field_validator

from shared.citizens import CitizenKeys
from shared.fresh_keys import parse_key_ring
from shared.sealing import KeyRing
from shared.settings import Settings

QUIET: Final = 3600.0
QUIET_IN_REHEARSALS: Final = 5.0


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
    walk_in_days: int = Field(
        90,
        ge=7,
        le=3650,
        description="Days that names of people at the door are kept whom nobody has matched to a nomination: no "
        "erasure finds them. Those of the others are kept as long as notes and reasons.",
    )
    follow_up_days: int = Field(
        1825,
        ge=30,
        le=3650,
        description="Days that evidence of what was done after a run is kept, from its report; that it was done stays.",
    )
    plan_text_days: int = Field(
        730,
        ge=30,
        le=3650,
        description="Days after the end of a fiscal year that notes, results and reasons of its development plans are "
        "kept.",
    )
    training_days: int = Field(
        10,
        ge=0,
        le=366,
        description="Days of training that are expected of everybody in a fiscal year.",
    )
    training_days_by_year: str = Field(
        "",
        pattern=r"^(2[0-9]{3}=[0-9]{1,3}(,2[0-9]{3}=[0-9]{1,3})*)?$",
        description="Fiscal years (Buddhist) of which other days are expected, as 2567=8,2568=12.",
    )
    training_day_hours: float = Field(6.0, gt=0, le=24, description="Hours that are a day of training.")
    evaluation_answer_days: int = Field(
        730,
        ge=30,
        le=3650,
        description="Days after a form was closed that tests and assessments of single people, and what was written, "
        "are kept; sums stay.",
    )
    evaluation_quiet_seconds: float | None = Field(
        None,
        gt=0,
        le=604_800,
        description="Time without another answer to a form after which all that are held are released, if they are "
        "five or more. Before, five are held back, so that the last ones are not too few to be told. Without a value "
        "an hour; in the embedded edition five seconds, for rehearsals.",
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

    public_url: str = Field(
        "https://localhost:8443",
        description="Address at which everybody reaches the gateway: what the QR codes of certificates lead to. It is "
        "printed on them, so choose one that stays.",
    )
    badge_keys: str = Field(
        "",
        repr=False,
        description="Key ring that signs certificates as Open Badges, as id=base64,id=base64 with 32 bytes each, the "
        "newest first. Keep the old ones: badges of then are verified with them. Without it there are no badges.",
    )
    document_processes: int = Field(2, ge=1, le=64, description="Most processes that make PDFs at once.")
    check_per_second: float = Field(
        2.0,
        gt=0,
        description="What an address may ask for without a token for long, of certificates and of links of offers "
        "each; then 429.",
    )
    check_burst: int = Field(60, ge=1, description="Most of them at once.")

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

    @property
    def quiet_seconds(self) -> float:
        if self.evaluation_quiet_seconds is not None:
            return self.evaluation_quiet_seconds
        return QUIET_IN_REHEARSALS if self.edition == "embedded" else QUIET

    @field_validator("badge_keys")
    @classmethod
    def _signing(cls, value: str) -> str:
        parse_key_ring(value)
        return value

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
