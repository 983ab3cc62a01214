"""Where the broker is and how a process is known to it: what every Kafka client here is made with. Opens nothing."""

import logging
import ssl
from dataclasses import dataclass, field
from typing import Any, Literal

Security = Literal["PLAINTEXT", "SASL_PLAINTEXT", "SSL", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True)
class Broker:
    """`authorities`: file of the certificate authorities to trust with TLS; empty: those of the system."""

    bootstrap: str
    security: Security = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    user: str = ""
    password: str = field(default="", repr=False)
    authorities: str = ""

    def options(self) -> dict[str, Any]:
        """For any client of aiokafka. Raises OSError when the file of authorities cannot be read."""
        told: dict[str, Any] = {"bootstrap_servers": self.bootstrap, "security_protocol": self.security}
        if self.security in ("SASL_PLAINTEXT", "SASL_SSL"):
            told |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        if self.security in ("SSL", "SASL_SSL"):
            told["ssl_context"] = ssl.create_default_context(cafile=self.authorities or None)
        if self.security == "SASL_PLAINTEXT" and self._is_of_this_machine:
            logging.getLogger("aiokafka.conn").addFilter(_says_more_than_that_there_is_no_tls)
        return told

    @property
    def _is_of_this_machine(self) -> bool:
        return all(server.strip().startswith("127.0.0.1:") for server in self.bootstrap.split(","))


def _says_more_than_that_there_is_no_tls(record: logging.LogRecord) -> bool:
    """The client warns at every connection of a password on the wire; within one machine there is none."""
    return "in the clear" not in str(record.msg)
