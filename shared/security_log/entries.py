"""What the security log says of one act: who, by which right, on what, and how it ended.

No names and no free text: subjects and units as the issuer of tokens names them, ids, codes and routes. What a caller
typed as an id is kept only if it has the form of one.
"""

import ipaddress
import re
from collections.abc import Hashable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from shared.errors import Refused
from shared.ids import new_id
from shared.rights import Permission, Principal

# Whose successful GET shows people: a page of it is one entry.
READS: Final = frozenset(
    {
        *(Permission.PERSON_READ, Permission.NOMINATION_READ, Permission.PAPER_READ, Permission.PAPER_ISSUE),
        *(Permission.MESSAGE_READ, Permission.SECURITY_READ),
    }
)
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Z]{2,8}(-[0-9]{2})?(\.[A-Z]{1,8})?")
_KINDS: Final = {"key": "unit"}  # what a path calls otherwise


class Outcome(StrEnum):
    """How it ended; of a refusal its code."""

    DONE = "done"  # stored in the transaction of what was done
    READ = "read"
    ORDERED = "ordered"  # stored before it was begun: whether it came about is said elsewhere
    LOST = "lost"  # entries that could not be kept, as many as `count`


@dataclass(slots=True)
class Access:
    """One request to a guarded route: the right it needs, who asks as soon as that is known, why it was refused."""

    permission: Permission
    client: str | None = None
    principal: Principal | None = None
    refused: Refused | None = None

    @property
    def of_others(self) -> bool:
        """Whether more is within reach than what concerns the caller alone."""
        scope = None if self.principal is None else self.principal.scope(self.permission)
        return scope is not None and (scope.all or scope.unit is not None)


# The request that runs here; None in loops.
acting: ContextVar[Access | None] = ContextVar("acting", default=None)


@dataclass(frozen=True, slots=True)
class Entry:
    """`action` is a command, or method and route of a request. `subject` None: nobody who could prove it, or the
    service itself. `count`: so many alike, of which this was the first; or rows of an import."""

    id: str
    at: datetime
    action: str
    kind: str
    object: str | None
    outcome: str
    subject: str | None = None
    roles: tuple[str, ...] = ()
    unit: str | None = None
    permission: str | None = None
    client: str | None = None
    correlation: str | None = None
    count: int = 1

    @property
    def alike(self) -> tuple[Hashable, ...]:
        """Equal for entries that differ only in when and in which request."""
        return (
            *(self.action, self.kind, self.object, self.outcome, self.subject),
            *(self.roles, self.unit, self.permission, self.client),
        )


def entry_of(
    access: Access | None,
    at: datetime,
    action: str,
    on: tuple[str, str | None],
    outcome: str,
    *,
    correlation: str | None = None,
    count: int = 1,
) -> Entry:
    """`on` is the kind and the id of what it is about."""
    principal = None if access is None else access.principal
    return Entry(
        new_id(),
        at,
        action,
        *on,
        outcome,
        subject=None if principal is None else principal.subject,
        roles=() if principal is None else tuple(sorted(principal.roles)),
        unit=None if principal is None else principal.unit,
        permission=None if access is None else access.permission.value,
        client=None if access is None else access.client,
        correlation=correlation,
        count=count,
    )


def object_of(permission: Permission, path: Mapping[str, Any]) -> tuple[str, str | None]:
    """Kind and id of what a path names last; without a name the kind is that of the permission."""
    noun = permission.value.partition(".")[0]
    if not path:
        return noun, None
    name, value = list(path.items())[-1]
    kind = noun if name == "id" else _KINDS.get(name, name)
    return kind, known_form(str(value))


def known_form(id: str) -> str | None:
    """The id, unless it has not the form of one."""
    return id if _ID.fullmatch(id) is not None else None


def client_of(header: bytes | None) -> str | None:
    """The address that the gateway has put into X-Forwarded-For; nothing else is taken."""
    if header is None:
        return None
    try:
        return str(ipaddress.ip_address(header.decode("latin-1").strip()))
    except ValueError:
        return None
