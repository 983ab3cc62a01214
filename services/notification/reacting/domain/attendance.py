"""What is told of those who did not come, and of those who did after all. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from services.notification.domain import STEPS, Absence, Kind, Nomination, Turn, missed_reason, office_of
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.reacting.domain.folds import attendee_of
from shared.events.attendance import MarksFact, PersonMark, Presence, Via
from shared.events.envelope import Envelope, Event


def on_marks(batch: ReactionBatch, envelope: Envelope, event: MarksFact) -> None:
    """Whoever was missing when a session was closed is told, and the office: for the first session that was missed, so
    that they can say what is wrong with it, and not for each. What was missed may be put right, by a correction or by
    an upload that came late, and another session be the first one then: the person is told once in a run all the same,
    and the office what is new to it (STEPS)."""
    for mark in event.marks:
        key, first = missed_reason(event.run, mark.nomination), _is_first(event, mark)
        before = batch.absences.known.get(key)
        if before is None and not first:
            continue
        attendee = attendee_of(event, mark)
        if before is None:
            before = Absence(key, event.run, office_of(attendee.unit), missing=False)
            if not batch.silent:
                batch.notify(attendee, Kind.NO_SHOW, envelope, seated=False, reason=key)
        after = replace(before, missing=mark.missed > 0)
        turn = Turn.MISSED if first else Turn.RIGHTED if before.missing and not after.missing else None
        batch.absences.put(_told(batch, after, turn, attendee, envelope))


def _told(
    batch: ReactionBatch, absence: Absence, turn: Turn | None, attendee: Nomination, envelope: Envelope
) -> Absence:
    """What it is after the office was told what is new to it, if anything is."""
    step = STEPS.get((batch.absences.known_of(absence), turn)) if turn is not None else None
    if step is None:
        return absence
    if step.kind is None:
        batch.absences.take_out(absence, envelope)
    else:
        absence = batch.absences.tell(absence, batch.tell_office(attendee, step.kind, envelope))
    return replace(absence, known=step.known)


def absences_of(event: Event | None) -> Iterator[str]:
    """Those that an event may change, by id."""
    if isinstance(event, MarksFact):
        for mark in event.marks:
            if mark.missed or mark.missed_before:
                yield missed_reason(event.run, mark.nomination)


def _is_first(event: MarksFact, mark: PersonMark) -> bool:
    return event.via == Via.CLOSE and mark.presence == Presence.ABSENT and mark.missed == 1
