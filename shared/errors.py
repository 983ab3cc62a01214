"""The roots of every failure that pattana means. Knows no HTTP, no driver and no broker.

Exception
├── Refused       understood and answered with no; changes nothing; has a stable code
│   ├── NotFound
│   ├── Forbidden
│   └── UnitOutOfScope
└── Unavailable   database, broker or keys do not answer now; the same call may succeed later
"""

from typing import Any, ClassVar


class Refused(Exception):
    """A refusal with a stable `code`. Each reason is a subclass, `details` fill the sentence that people read.

    Details go out to the caller as they are: JSON values, never personal data.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code, details)
        self.details = details

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value}" for name, value in self.details.items())])


class Unavailable(Exception):
    """Answered as 503 with Retry-After. The message is for operators, it is not shown to the caller."""

    retry_after_seconds: ClassVar[int] = 1


class NotFound(Refused):
    """Also for what exists outside the caller's scope: reading must not tell that it is there."""

    code = "not-found"


class Forbidden(Refused):
    """The role has no such permission."""

    code = "forbidden"


class UnitOutOfScope(Refused):
    """A command names a unit that the caller may not act for. Details: unit."""

    code = "unit-out-of-scope"
