"""The settings of the notification service, besides those that every service has."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from shared.sealing import KeyRing
from shared.settings import GenerationSettings

STEPS_OF_AN_ATTEMPT = 3


class NotificationSettings(GenerationSettings):
    contact_keys: str = Field(
        repr=False,
        description="Key ring that opens contacts, as id=base64,id=base64 with 32 bytes each; the enrolment service "
        "seals with the same.",
    )

    smtp_host: str = Field("", description="Mail server; none: no e-mail is sent, messages are in the inbox alone.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_tls: Literal["none", "starttls", "tls"] = Field(
        "starttls", description="Encryption to the mail server: none, starttls, or tls from the first byte."
    )
    smtp_user: str | None = Field(None, description="User at the mail server; none: no log-in.")
    smtp_password: str | None = Field(
        None, repr=False, description="Password at the mail server (better from a file: PATTANA_SMTP_PASSWORD_FILE)."
    )
    smtp_authorities: str | None = Field(
        None, description="File of certificate authorities to trust for the mail server."
    )
    smtp_timeout_seconds: float = Field(
        15.0, gt=0, description="Longest time for each of the three steps of a delivery: connect, envelope, content."
    )
    mail_from: str = Field("pattana@localhost.localdomain", description="Sender's address; its domain marks our ids.")
    mail_from_name: str = Field("ระบบพัฒนาบุคลากร สป.มท.", description="Sender's name, and who signs a message.")
    mail_language: Literal["th", "en"] = Field("th", description="Language of e-mails.")
    public_url: str = Field(
        "",
        description="Address of the gateway, for the link of an offer; none: offers are answered in the system alone.",
    )
    portal_url: str = Field("", description="Address of the portal that messages point to; none: not mentioned.")

    delivery_workers: int = Field(
        4, ge=1, le=64, description="Messages that one process delivers by each channel at the same time."
    )
    delivery_lease_seconds: float = Field(
        60.0, gt=0, description="Time after which another worker takes over a message whose worker is silent."
    )
    delivery_attempts: int = Field(
        20, ge=1, description="Attempts after which a message counts as failed (with the pauses, about 38 hours)."
    )
    delivery_pause_seconds: float = Field(
        5.0, gt=0, description="Pause after the first failed attempt; it doubles up to four hours."
    )
    delivery_patience_days: float = Field(
        30.0, gt=0, description="Age at which a message that still waits for a run, a key or a mail server has failed."
    )
    delivery_poll_seconds: float = Field(0.5, gt=0, description="Pause of the delivery when nothing wakes it.")
    contact_patience_seconds: float = Field(
        60.0, ge=0, description="Time that a message waits for an unknown contact before it goes to the inbox alone."
    )
    reminder_poll_seconds: float = Field(30.0, gt=0, description="How often the service looks for due reminders.")

    @model_validator(mode="after")
    def _lease_outlives_attempt(self) -> Self:
        if self.delivery_lease_seconds <= STEPS_OF_AN_ATTEMPT * self.smtp_timeout_seconds:
            raise ValueError(
                "PATTANA_DELIVERY_LEASE_SECONDS must be more than three times PATTANA_SMTP_TIMEOUT_SECONDS"
            )
        return self

    @field_validator("contact_keys")
    @classmethod
    def _readable(cls, value: str) -> str:
        KeyRing.parse(value)
        return value

    @property
    def key_ring(self) -> KeyRing:
        return KeyRing.parse(self.contact_keys)
