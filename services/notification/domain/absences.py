"""Who was missing, as far as an office has been told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, NamedTuple

from services.notification.domain.kinds import Kind
from services.notification.domain.message import State
from shared.events.envelope import open_enum


class Known(StrEnum):
    """What an office knows of somebody who was missing. SOON: it is about to be told, and may still not be."""

    NOTHING = "NOTHING"
    SOON = "SOON"
    MISSED = "MISSED"
    RIGHTED = "RIGHTED"


class Turn(StrEnum):
    """MISSED: in a session that was closed, for the first time, or again after all was put right. RIGHTED: not missing
    in any session any more."""

    MISSED = "MISSED"
    RIGHTED = "RIGHTED"


class Step(NamedTuple):
    """What the office knows then, and the kind of message that tells it so, if one does."""

    known: Known
    kind: Kind | None = None


# What is not in the table changes nothing: nobody is told of twice.
STEPS: Final[Mapping[tuple[str, Turn], Step]] = {
    (Known.NOTHING, Turn.MISSED): Step(Known.MISSED, Kind.NO_SHOWS_OF_OFFICE),
    (Known.SOON, Turn.RIGHTED): Step(Known.NOTHING),  # is taken out of the message
    (Known.MISSED, Turn.RIGHTED): Step(Known.RIGHTED, Kind.NO_SHOWS_CORRECTED),
}


@dataclass(frozen=True, slots=True)
class Absence:
    """Of one person in one run; the id is `missed_reason`. `missing`: in some session, still. `known` is what the
    office has learnt when `message` has been sent; None: an earlier generation of the read model has told it."""

    id: str
    run: str
    office: str
    missing: bool
    known: Annotated[Known | str, open_enum(Known)] = Known.NOTHING
    message: str | None = None

    def known_by(self, states: Mapping[str, str]) -> str:
        """`states` are those of messages. What one says is looked up at every attempt to send it, and one that was
        dropped has told nothing."""
        state = states.get(self.message or "")
        if state == State.CANCELLED:
            return Known.MISSED if self.known == Known.RIGHTED else Known.NOTHING
        soon = self.known == Known.MISSED and state in (State.PENDING, State.WAITING)
        return Known.SOON if soon else self.known
