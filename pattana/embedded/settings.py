"""What the services process of the embedded edition is told by `pattana up`."""

from pathlib import Path

from pydantic import Field

from shared.settings import Settings


class EmbeddedSettings(Settings):
    mail_folder: Path = Field(
        Path(".pattana/mail"), description="Embedded edition: where the local mail sink keeps mail."
    )
    mail_port: int = Field(1025, ge=1, le=65535, description="Embedded edition: SMTP port of the local mail sink.")
    mail_token: str = Field(
        "",
        repr=False,
        description="Embedded edition: who knows it may read the kept mail; empty: nobody.",
    )
    mail_days: int = Field(30, ge=1, le=3650, description="Embedded edition: days that the local mail sink keeps mail.")
