"""What a process may be told from outside: environment variables PATTANA_*, secrets also from files.

Knows no service; services subclass `Settings` for variables of their own. Nothing is read on import.
"""

import os
import socket
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from shared.broker import Broker, Mechanism, Security
from shared.fresh_keys import parse_key_ring
from shared.issuer import EMBEDDED_ISSUER

PREFIX = "PATTANA_"


def default_instance() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


class FileSettings(PydanticBaseSettingsSource):
    """For every variable X, X_FILE may name a file that holds the value (one trailing line end is cut)."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        variable = f"{PREFIX}{field_name.upper()}"
        path = os.environ.get(f"{variable}_FILE")
        if path is None:
            return None, field_name, False
        if variable in os.environ:
            raise ValueError(f"{variable} and {variable}_FILE are both set; keep one")
        return Path(path).read_text(encoding="utf-8").removesuffix("\n"), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    edition: Literal["", "embedded", "compose", "cluster"] = Field(
        "", description="Which edition this process is part of: it decides what is allowed. Required to serve HTTP."
    )
    instance: str = Field(
        default_factory=default_instance, description="Name of this replica; host and process id when not given."
    )
    host: str = Field("127.0.0.1", description="Address that the HTTP server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the HTTP server listens on; 0 takes a free one.")

    mongo_url: str = Field(
        "mongodb://127.0.0.1:27017/?directConnection=true",
        repr=False,
        description="MongoDB connection string (a replica set; may hold a password, so better from a file).",
    )
    mongo_prefix: str = Field("pattana", description="Databases are named <prefix>_<service>.")
    kafka_bootstrap: str = Field("127.0.0.1:9092", description="Kafka bootstrap servers, separated by commas.")
    kafka_security: Security = Field("PLAINTEXT", description="How the broker is spoken to.")
    kafka_mechanism: Mechanism = Field("SCRAM-SHA-512", description="With SASL: how the password is proved.")
    kafka_user: str = Field("", description="With SASL: user at the broker.")
    kafka_password: str = Field(
        "",
        repr=False,
        description="With SASL: password at the broker (better from a file: PATTANA_KAFKA_PASSWORD_FILE).",
    )
    kafka_authorities: str = Field(
        "", description="With TLS: file of certificate authorities to trust for the broker; empty: the system's."
    )
    topic_replication: int = Field(1, ge=1, description="Replication factor of topics that are created at start.")
    topic_prefix: str = Field("", description="Put before every topic name. For tests that share a broker.")
    group_prefix: str = Field("", description="Put before every consumer group. For tests that share a broker.")

    token_issuer: str = Field("", description="Issuer (iss) that tokens must name. Required to serve HTTP.")
    token_audience: str = Field("pattana", description="Audience (aud) that tokens must name.")
    token_jwks: str = Field(
        "", description="Where the issuer's public keys are: a URL or the path of a JWKS file. Required to serve HTTP."
    )
    token_skew_seconds: int = Field(30, ge=0, le=300, description="Tolerated difference of clocks with the issuer.")
    token_algorithms: Annotated[tuple[str, ...], NoDecode] = Field(
        ("ES256", "EdDSA", "RS256"),
        description="Accepted signature algorithms, separated by commas (asymmetric ones only).",
    )

    trust_forwarded: bool = Field(
        False,
        description="Whether X-Forwarded-For says who calls: only where nobody but the gateway reaches this process.",
    )
    security_log_days: int = Field(
        365, ge=90, le=3650, description="Days that an entry of the security log is kept, from when it was written."
    )

    answer_hours: int = Field(
        48,
        ge=24,
        le=720,
        description="Hours that the answer to a command is kept, for whoever repeats it with its Idempotency-Key.",
    )

    position_keys: str = Field(
        "",
        repr=False,
        description="Key ring that signs positions, as id=base64,id=base64 with 32 bytes each, the newest first; the "
        "same in all services. Required to serve HTTP.",
    )
    waiting_limit: int = Field(
        500, ge=1, description="Most requests with after= that wait in one process; beyond it 503."
    )
    waiting_caller_limit: int = Field(20, ge=1, description="Most of them of one caller; beyond it 503.")

    body_limit_bytes: int = Field(1024 * 1024, ge=1, description="Largest request body; beyond it 413.")
    upload_limit_bytes: int = Field(
        16 * 1024 * 1024, ge=1, description="Largest uploaded file (an import); beyond it 413."
    )
    body_depth_limit: int = Field(32, ge=1, description="Deepest nesting of a JSON body; beyond it 400.")
    drain_seconds: float = Field(20.0, ge=0, description="Time for requests and loops to finish after SIGTERM.")

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["json", "console"] = Field("json", description="One JSON object per line, or text for people.")
    otlp_endpoint: str | None = Field(
        None, description="OTLP/HTTP address for traces, as http://collector:4318/v1/traces; none: not exported."
    )
    trace_ratio: float = Field(0.01, ge=0, le=1, description="Share of commands that are traced.")
    faults: bool = Field(
        False, description="Arms the crash points of fault tests; refused unless the issuer is the embedded one."
    )
    fault_at: str = Field("", description="With faults: the crash point, as after-commit or after-commit:3.")
    fault_file: str = Field(
        "", description="With faults: a file that names a crash point (one line) to a process that already runs."
    )

    relay_lanes: int = Field(
        16,
        ge=1,
        description="Outbox lanes, the same in all replicas; a database that has another number is refused.",
    )
    relay_lease_seconds: float = Field(10.0, gt=0, description="Time after which another replica takes a lane over.")
    relay_poll_seconds: float = Field(0.3, gt=0, description="Pause of the relay when nothing wakes it.")
    relay_round: int = Field(200, ge=1, description="Most events of one aggregate that a relay sends in one round.")
    consumer_session_seconds: float = Field(
        10.0, ge=1, description="Time after which the broker gives the partitions of a silent replica to another."
    )
    consumer_batch: int = Field(500, ge=1, description="Most records that a consumer applies in one transaction.")
    consumer_buffer_bytes: int = Field(
        64 * 1024 * 1024, ge=1, description="Most bytes of fetched records that a consumer keeps in memory, about."
    )
    park_limit: int = Field(
        5,
        ge=1,
        description="A consumer pauses when a type of event was parked for so many subjects before as many applied.",
    )

    @field_validator("token_algorithms", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("token_algorithms")
    @classmethod
    def _asymmetric(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [name for name in value if name == "none" or name.startswith("HS")]
        if wrong or not value:
            raise ValueError(f"not a list of asymmetric signature algorithms: {', '.join(wrong) or 'empty'}")
        return value

    @field_validator("position_keys")
    @classmethod
    def _ring(cls, value: str) -> str:
        parse_key_ring(value)
        return value

    @model_validator(mode="after")
    def _known_to_the_broker(self) -> Self:
        if self.kafka_security.startswith("SASL") and not (self.kafka_user and self.kafka_password):
            raise ValueError(f"PATTANA_KAFKA_SECURITY={self.kafka_security} needs PATTANA_KAFKA_USER and _PASSWORD")
        return self

    @property
    def broker(self) -> Broker:
        return Broker(
            self.kafka_bootstrap,
            self.kafka_security,
            self.kafka_mechanism,
            self.kafka_user,
            self.kafka_password,
            self.kafka_authorities,
        )

    @model_validator(mode="after")
    def _faults_only_embedded(self) -> Self:
        if self.faults and self.token_issuer != EMBEDDED_ISSUER:
            raise ValueError(f"PATTANA_FAULTS is for tests: the issuer must be {EMBEDDED_ISSUER}")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, FileSettings(settings_cls)


class GenerationSettings(Settings):
    """Of a service with a read model that is built again from the log (shared/messaging/generations.py)."""

    rebuild_batch: int = Field(
        1000, ge=1, description="Reporting, notification: most records that a rebuild applies in one transaction."
    )
    generation_grace_seconds: float = Field(
        15.0, ge=0, description="Reporting, notification: time that a replaced generation is kept for work under way."
    )
    generation_poll_seconds: float = Field(
        0.5, gt=0, description="Reporting, notification: seconds between two looks at the state of a rebuild."
    )
