"""The contract of channels. A channel hands one message to one provider and reports exactly what the provider answered.

Exception
├── Unreachable   the provider was not reached, or accepts nothing from us: nothing to do with the message
├── Postponed     not accepted this time; `uncertain`: it may have been taken without an answer
└── Rejected      will never be accepted
"""

from typing import Protocol

from services.notification.composing import OutgoingMessage


class Unreachable(Exception):
    """The first argument is the code."""


class Rejected(Exception):
    """The first argument is the code."""


class Postponed(Exception):
    """The first argument is the code."""

    def __init__(self, code: str, *, uncertain: bool = False) -> None:
        super().__init__(code)
        self.uncertain = uncertain


class Channel(Protocol):
    """`outside`: a provider outside this process is called, so an attempt can be cut off without an answer."""

    @property
    def outside(self) -> bool: ...

    async def send(self, outgoing: OutgoingMessage) -> None:
        """Returns when the provider has taken the message. Raises Unreachable, Postponed or Rejected."""

    async def close_idle(self) -> None:
        """There is nothing to send for now: connections kept open may be closed."""
