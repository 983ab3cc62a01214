"""The messages that an event must lead to. Pure."""

from collections.abc import Iterator

from services.notification.domain import OF_CERTIFICATES, OF_ONE_PERSON, asked_reason, message_id, missed_reason
from services.notification.domain import Kind as MessageKind
from shared.events.attendance import AttendanceRecorded, PersonMark, Presence, Via
from shared.events.catalogue import RunOpened, RunReopened
from shared.events.certificates import CertificateFact, CertificateIssued, CertificateRevoked
from shared.events.envelope import Event
from shared.events.evaluation import AnswersAsked
from shared.events.offers import OfferExpired, SeatOffered
from shared.events.seats import (
    ConfirmedBy,
    NominationExpired,
    NominationFact,
    NominationMoved,
    NominationRejected,
    NominationState,
    NominationWaitlisted,
    NominationWithdrawn,
    SeatConfirmed,
    WithdrawnBecause,
)
from shared.events.workshops import GroupMember, GroupMembersPlaced, IdeaAwarded

# An unknown reason counts as an ordinary confirmation.
_CONFIRMED: dict[str, MessageKind] = {
    ConfirmedBy.NOMINATION: MessageKind.CONFIRMED,
    ConfirmedBy.APPROVAL: MessageKind.CONFIRMED,
    ConfirmedBy.PROMOTION: MessageKind.PROMOTED,
    ConfirmedBy.SUBSTITUTION: MessageKind.SUBSTITUTED,
    ConfirmedBy.RELEASE: MessageKind.PROMOTED,
}
_KINDS: dict[type[Event], MessageKind] = {
    NominationWaitlisted: MessageKind.WAITLISTED,
    NominationRejected: MessageKind.REJECTED,
    NominationExpired: MessageKind.EXPIRED,
    NominationWithdrawn: MessageKind.WITHDRAWN,
    SeatOffered: MessageKind.SEAT_OFFERED,
    OfferExpired: MessageKind.OFFER_EXPIRED,
}
_UNTOLD = (WithdrawnBecause.ERASED, WithdrawnBecause.SWAPPED, WithdrawnBecause.OFFER_EXPIRED)

_TO_UNITS_OF: dict[type[Event], tuple[MessageKind, str]] = {
    RunOpened: (MessageKind.NOMINATION_REQUEST, "request"),
    RunReopened: (MessageKind.NOMINATIONS_REOPENED, "renewed request"),
}
_TO_UNITS = frozenset(kind for kind, _ in _TO_UNITS_OF.values())
# Of these kinds messages_for knows every message that there may be.
_SINGLE = (MessageKind.SEAT_LEFT, MessageKind.NO_SHOW, MessageKind.GROUP_PLACED, MessageKind.IDEA_AWARDED)
FOLLOWED = frozenset({*_CONFIRMED.values(), *_KINDS.values(), *_TO_UNITS, *_SINGLE, *OF_CERTIFICATES, *OF_ONE_PERSON})


def messages_for(aggregate: str, seq: int, event: Event) -> Iterator[tuple[str, str]]:
    """The id and a description of every message that one event must lead to."""
    reason = f"{aggregate}:{seq}"
    return _questions(reason, event) if isinstance(event, AnswersAsked) else _news(reason, event)


def _news(reason: str, event: Event) -> Iterator[tuple[str, str]]:
    if isinstance(event, RunOpened | RunReopened):
        kind_of, what = _TO_UNITS_OF[type(event)]
        for unit in event.units:
            yield message_id(reason, unit, kind_of), f"the {what} to {unit}"
    elif isinstance(event, AttendanceRecorded | GroupMembersPlaced | IdeaAwarded):
        for because, person, kind_of in _people_told(reason, event):
            yield message_id(because, person.person, kind_of), f"{kind_of} of {person.nomination}"
    elif isinstance(event, CertificateFact):
        for told in _certificate_kinds(event):
            yield message_id(event.certificate, event.person, told), f"{told} of certificate {event.certificate}"
    elif isinstance(event, NominationFact) and (kind := _message_kind(event)) is not None:
        yield message_id(reason, event.person, kind), f"{kind} of nomination {event.nomination}"


def _people_told(
    reason: str, event: AttendanceRecorded | GroupMembersPlaced | IdeaAwarded
) -> Iterator[tuple[str, PersonMark | GroupMember, MessageKind]]:
    """Whoever was missing for the first time when a session was closed, of whom there is one message in a run; whoever
    was in another group before, or in none; the group that has won."""
    if isinstance(event, AttendanceRecorded):
        for mark in event.marks if event.via == Via.CLOSE else ():
            if mark.presence == Presence.ABSENT and mark.missed == 1:
                yield missed_reason(event.run, mark.nomination), mark, MessageKind.NO_SHOW
        return
    kind = MessageKind.IDEA_AWARDED if isinstance(event, IdeaAwarded) else MessageKind.GROUP_PLACED
    for member in event.members:
        if kind is MessageKind.IDEA_AWARDED or member.before != member.group:
            yield reason, member, kind


def _questions(reason: str, event: AnswersAsked) -> Iterator[tuple[str, str]]:
    kind = MessageKind.ANSWERS_REMINDED if event.again else MessageKind.ANSWERS_ASKED
    for person in event.people:
        yield message_id(reason, person.person, kind), f"{kind} of {person.nomination}"
    for office in event.offices:
        of_office = asked_reason(event.run, event.forms, office, again=event.again)
        yield message_id(of_office, office, kind), f"{kind} to {office}"


def _certificate_kinds(event: CertificateFact) -> Iterator[MessageKind]:
    """None for one in whose place another one was issued: its person is told of that."""
    if isinstance(event, CertificateIssued):
        yield MessageKind.CERTIFICATE_REISSUED if event.replaces is not None else MessageKind.CERTIFICATE_ISSUED
    elif isinstance(event, CertificateRevoked) and event.replaced_by is None:
        yield MessageKind.CERTIFICATE_REVOKED


_ELSEWHERE = (WithdrawnBecause.FOLLOWED, WithdrawnBecause.MERGED)


def _message_kind(event: NominationFact) -> MessageKind | None:
    """None for an event without a message: who was erased is told nothing, who has a seat instead is told of that."""
    if isinstance(event, NominationWithdrawn) and event.because in _UNTOLD:
        return None
    if isinstance(event, NominationWithdrawn) and event.because in _ELSEWHERE:
        return MessageKind.SEAT_LEFT if event.before == NominationState.CONFIRMED else None
    if event.from_run is not None:
        return None if isinstance(event, NominationMoved) else MessageKind.RUN_CHANGED
    if isinstance(event, NominationWaitlisted) and event.before == NominationState.OFFERED:
        return None
    if isinstance(event, SeatConfirmed):
        return _CONFIRMED.get(event.by, MessageKind.CONFIRMED)
    return _KINDS.get(type(event))
