"""What the checks of a run's attendance, groups and follow-up have in common: its events folded up to two moments, what
is stored as of one event, and the messages that its events ask for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from pattana.audit.asked import messages_for
from pattana.audit.documents import ENROLMENT
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.projection import Mailbox
from pattana.audit.verdict import Verdict
from shared.events.envelope import Event
from shared.mongo import Collection, Document, translated_calls

ATTEMPTS: Final = 5
T = TypeVar("T")
F = TypeVar("F", bound="Fold")


class Fold(Protocol):
    """Of the events of one subject, up to the event `seq`. A copy has no problems of its own."""

    seq: int
    problems: list[str]

    def apply(self, seq: int, event: Any) -> None: ...

    def copy(self: F) -> F: ...


@dataclass(frozen=True, slots=True)
class Moments:
    """Sequences of one subject: the `last` event that is known, and how far what is stored, the report and the messages
    are. `notified` is 0 where nothing asks for messages."""

    last: int
    stored: int
    reported: int
    notified: int = 0


@dataclass(frozen=True, slots=True)
class Folded(Generic[F]):
    """`problems` are those of all events, whichever moment they are behind. `messages` tell of each what asked for
    it."""

    stored: F
    reported: F
    problems: list[str]
    messages: dict[str, str]


async def fold_events(
    new: Callable[[], F], facts: type[Event], subject: str, outboxes: Outboxes, moments: Moments, advance: Advance
) -> Folded[F]:
    """Folds until an event is missing. A moment that is behind the last event that is there is never reached: its fold
    is empty, or, for what is stored, the last one."""
    fold, at_stored, at_report = new(), new(), new()
    messages: dict[str, str] = {}
    async for one in outboxes.events(ENROLMENT, subject, moments.last):
        advance(1)
        if not isinstance(one.event, facts) or one.seq != fold.seq + 1:
            fold.problems.append(f"event {subject}:{fold.seq + 1} is missing in the outbox or damaged")
            break
        fold.apply(one.seq, one.event)
        if one.seq <= moments.notified:
            messages |= messages_for(subject, one.seq, one.event)
        if one.seq == moments.stored != moments.last:
            at_stored = fold.copy()
        if one.seq == moments.reported:
            at_report = fold.copy()
    return Folded(fold if moments.stored == moments.last else at_stored, at_report, fold.problems, messages)


async def check_messages(mailbox: Mailbox, messages: Mapping[str, str], verdict: Verdict) -> None:
    """Of each that an event asks for there is one."""
    verdict["requests"].count("messages", len(messages))
    for key in await mailbox.missing(messages):
        verdict["requests"].broken(f"message {key} was never made: {messages[key]}")


async def unmoved(
    collection: Collection, run: str, turn: str, read: Callable[[], Awaitable[T]]
) -> tuple[Document, T] | None:
    """The document of a run and what `read` finds with it, as of the same event: read again while its field `turn`
    moves. None: there is no such document."""
    found: tuple[Document, T] | None = None
    for _ in range(ATTEMPTS):
        with translated_calls():
            document: Document | None = await collection.find_one({"_id": run})
            if document is None:
                return None
            found = document, await read()
            again = await collection.find_one({"_id": run}, {turn: True})
        if again is None or again[turn] == document[turn]:
            break
    return found
