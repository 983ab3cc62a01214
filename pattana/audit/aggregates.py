"""Folds programmes, runs, units, people and messages from their events, each into the stored fields that its events
determine. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pattana.audit.differences import differences
from shared.events.catalogue import (
    ProgrammeApproved,
    ProgrammeCancelled,
    ProgrammeClosed,
    ProgrammeCreated,
    ProgrammeFact,
    ProgrammePublished,
    ProgrammeRevised,
    ProgrammeSubmitted,
    RunCancelled,
    RunClockSet,
    RunClosed,
    RunFact,
    RunOpened,
    RunScheduled,
)
from shared.events.directory import PersonMoved, PersonRegistered, UnitRegistered
from shared.events.envelope import Event
from shared.events.notification import MessageFact, MessageFailed, MessageSent

State = dict[str, Any]

_PROGRAMME_STATE: dict[type[Event], str] = {
    ProgrammeCreated: "DRAFT",
    ProgrammeRevised: "DRAFT",
    ProgrammeSubmitted: "SUBMITTED",
    ProgrammeApproved: "APPROVED",
    ProgrammePublished: "PUBLISHED",
    ProgrammeClosed: "CLOSED",
    ProgrammeCancelled: "CANCELLED",
}
_RUN_STATE: dict[type[Event], str] = {RunOpened: "OPEN", RunClosed: "CLOSED", RunCancelled: "CANCELLED"}
_MESSAGE_STATE: dict[type[Event], str] = {MessageSent: "SENT", MessageFailed: "FAILED"}


def fold_aggregate(state: Mapping[str, Any], event: Event) -> State:
    """The fields of the stored document that this event and those before it determine."""
    for kind, fold in _FOLDS.items():
        if isinstance(event, kind):
            return {**state, **fold(state, event)}
    return dict(state)


def document_differences(what: str, document: Mapping[str, Any], events: Sequence[Event], least: int) -> Iterator[str]:
    """Compares a stored document with its events 1 to `seq`. Its outbox had reached at least `least`."""
    if document["seq"] < least:
        yield f"{what} stands at event {document['seq']}, its outbox reaches to {least}"
    if len(events) != document["seq"]:
        yield f"{what} stands at event {document['seq']}, its outbox has {len(events)} of them"
        return
    state: State = {}
    for event in events:
        state = fold_aggregate(state, event)
    yield from differences(what, state, document)


def _programme(state: Mapping[str, Any], event: Any) -> State:
    return {
        "state": _PROGRAMME_STATE[type(event)],
        "code": event.code,
        "title": event.title,
        "fiscal_year": event.fiscal_year,
        "organiser": event.organiser,
    }


def _run(state: Mapping[str, Any], event: Any) -> State:
    changed = {
        "state": _RUN_STATE.get(type(event), state.get("state", "PLANNED")),
        "programme": event.programme,
        "cohort": event.cohort,
        "capacity": event.capacity,
        "offset_seconds": event.offset_seconds,
    }
    return changed | ({"revision": event.revision} if isinstance(event, RunScheduled) else {})


def _clock(state: Mapping[str, Any], event: Any) -> State:
    return {"offset_seconds": event.offset_seconds}


def _person(state: Mapping[str, Any], event: Any) -> State:
    return {"unit": event.unit, "level": event.level, "post": event.post}


def _unit(state: Mapping[str, Any], event: Any) -> State:
    return {"kind": event.kind, "parent": event.parent, "name_th": event.name_th, "province": event.province}


def _message(state: Mapping[str, Any], event: Any) -> State:
    return {"state": _MESSAGE_STATE.get(type(event), state.get("state")), "recipient": event.recipient}


_FOLDS: dict[type[Event], Callable[[Mapping[str, Any], Any], State]] = {
    ProgrammeFact: _programme,
    RunFact: _run,
    RunClockSet: _clock,
    PersonRegistered: _person,
    PersonMoved: _person,
    UnitRegistered: _unit,
    MessageFact: _message,
}
