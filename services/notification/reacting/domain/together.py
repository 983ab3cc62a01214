"""What is told together, a few seconds after the first of it, when its message has been sent already. Pure.

A batch of events that takes its time may be stored after the end of its seconds. Its news goes into the message of the
next seconds then: a message that somebody delivers can take no more in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from services.notification.domain import Message, State, message_id, seats_told_at

WINDOWS: Final = 12  # a minute: a batch has less time
JOINABLE: Final = frozenset({State.PENDING, State.WAITING})


def later_ones(message: Message) -> Iterator[Message]:
    """This message, and the same in the seconds after, and so on."""
    about = message.reason.rpartition("|")[0]
    for _ in range(WINDOWS):
        yield message
        at = seats_told_at(message.due_at)
        reason = f"{about}|{at.isoformat()}"
        message = replace(message, id=message_id(reason, message.recipient, message.kind), reason=reason, due_at=at)


def to_join(message: Message, states: Mapping[str, str]) -> Message:
    """The first of them that can take something in, or is not there yet; the last one if there is none. `states` are
    those of the messages that there are."""
    for one in later_ones(message):
        if states.get(one.id, State.PENDING) in JOINABLE:
            return one
    return one
