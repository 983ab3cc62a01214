"""The vocabulary of the service: messages and their kinds, and what is remembered of events. Pure: no clock, no ids, no
I/O."""

from services.notification.domain.fan_outs import FanOut, fan_out_of_wave
from services.notification.domain.kinds import KINDS, Addressee, CalendarAction, Kind, KindOfMessage, Lane
from services.notification.domain.message import (
    FINAL,
    Attempt,
    ChannelName,
    Message,
    MessageSnapshot,
    OpenChannel,
    Outcome,
    State,
    inbox_shelf,
    message_id,
    overtaken,
    scope_shelf,
    shelves_of,
    snapshot_at,
)
from services.notification.domain.read_model import LIVE, Nomination, Run, RunState, SealedContact, Unit
from services.notification.domain.waves import WAVES, due_at, wave_reason

__all__ = [
    "FINAL",
    "KINDS",
    "LIVE",
    "WAVES",
    "Addressee",
    "Attempt",
    "CalendarAction",
    "ChannelName",
    "FanOut",
    "Kind",
    "KindOfMessage",
    "Lane",
    "Message",
    "MessageSnapshot",
    "Nomination",
    "OpenChannel",
    "Outcome",
    "Run",
    "RunState",
    "SealedContact",
    "State",
    "Unit",
    "due_at",
    "fan_out_of_wave",
    "inbox_shelf",
    "message_id",
    "overtaken",
    "scope_shelf",
    "shelves_of",
    "snapshot_at",
    "wave_reason",
]
