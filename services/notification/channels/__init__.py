"""The ways out of the house. A channel hands one letter to one provider and says honestly what it answered.

Exception
├── Unreachable   the provider was not reached, or takes nothing from us: says nothing about the letter
├── Postponed     not this time; `uncertain`: it may have taken the letter without saying so
└── Rejected      never
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.notification.calendars import Invitation, Recipient
from services.notification.wording import Language
from services.notification.writer import Words


class Unreachable(Exception):
    """The first argument is the code."""


class Rejected(Exception):
    """The first argument is the code."""


class Postponed(Exception):
    """The first argument is the code."""

    def __init__(self, code: str, *, uncertain: bool = False) -> None:
        super().__init__(code)
        self.uncertain = uncertain


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """`id` is the message's: what the provider can tell a second copy by."""

    id: str
    to: Recipient
    language: Language
    words: Words
    invitations: tuple[Invitation, ...]
    written_at: datetime


class Channel(Protocol):
    """`outside`: somebody else's machine is asked, so an attempt can be cut off without an answer."""

    @property
    def outside(self) -> bool: ...

    def resting(self) -> bool:
        """Whether it was unreachable just now, so that it need not be asked again yet."""

    async def send(self, letter: OutgoingMessage) -> None:
        """Returns when the provider has taken the letter. Raises Unreachable, Postponed or Rejected."""

    async def rest(self) -> None:
        """There is nothing to send for now: what is kept open may be closed."""
