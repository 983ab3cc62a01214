"""Folds programmes, runs, units, people, delegations and messages from their events, each into the stored fields that
its events determine. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pattana.audit.differences import differences
from shared.events.catalogue import (
    ProgrammeApproved,
    ProgrammeCancelled,
    ProgrammeClosed,
    ProgrammeCreated,
    ProgrammeFact,
    ProgrammePublished,
    ProgrammeReopened,
    ProgrammeRevised,
    ProgrammeSubmitted,
    RunCancelled,
    RunClockSet,
    RunClosed,
    RunCloseOutFiled,
    RunFact,
    RunOpened,
    RunReopened,
    RunScheduled,
)
from shared.events.certificates import CertificateIssueEnded
from shared.events.delegations import DelegationFact, DelegationGiven, DelegationRevoked
from shared.events.directory import PersonMoved, PersonRegistered, PostFact, UnitRegistered
from shared.events.envelope import Event
from shared.events.evaluation import AnswersReleased
from shared.events.notification import MessageFact, MessageFailed, MessageSent
from shared.events.plans import (
    PlanAgreed,
    PlanClosed,
    PlanDrafted,
    PlanFact,
    PlanReopened,
    PlanReopenedBecause,
    PlanSubmitted,
)

State = dict[str, Any]

_PROGRAMME_STATE: dict[type[Event], str] = {
    ProgrammeCreated: "DRAFT",
    ProgrammeRevised: "DRAFT",
    ProgrammeSubmitted: "SUBMITTED",
    ProgrammeApproved: "APPROVED",
    ProgrammePublished: "PUBLISHED",
    ProgrammeClosed: "CLOSED",
    ProgrammeReopened: "PUBLISHED",
    ProgrammeCancelled: "CANCELLED",
}
_RUN_STATE: dict[type[Event], str] = {
    RunOpened: "OPEN",
    RunReopened: "OPEN",
    RunClosed: "CLOSED",
    RunCancelled: "CANCELLED",
}
_PLAN_STATE: dict[type[Event], str] = {
    PlanDrafted: "DRAFT",
    PlanSubmitted: "SUBMITTED",
    PlanAgreed: "AGREED",
    PlanReopened: "DRAFT",
    PlanClosed: "CLOSED",
}
_MESSAGE_STATE: dict[type[Event], str] = {MessageSent: "SENT", MessageFailed: "FAILED"}


def fold_aggregate(state: Mapping[str, Any], event: Event) -> State:
    """The fields of the stored document that this event and those before it determine."""
    for kind, fold in _FOLDS.items():
        if isinstance(event, kind):
            return {**state, **fold(state, event)}
    return dict(state)


def folded(events: Iterable[Event]) -> State:
    """All that these events determine, in their order."""
    state: State = {}
    for event in events:
        state = fold_aggregate(state, event)
    return state


# Copies of the programme's description: a run in a draft takes them over without an event of its own.
COPIED = frozenset({"code", "title", "fiscal_year"})
# What an issue has counted so far may be that of another round.
COUNTED = frozenset({"seats", "lacking"})


def document_differences(
    what: str,
    document: Mapping[str, Any],
    events: Sequence[Event],
    least: int,
    ignored: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """Compares a stored document with its events 1 to `seq`. Its outbox had reached at least `least`."""
    if document["seq"] < least:
        yield f"{what} stands at event {document['seq']}, its outbox reaches to {least}"
    if len(events) != document["seq"]:
        yield f"{what} stands at event {document['seq']}, its outbox has {len(events)} of them"
        return
    state = folded(events)
    yield from differences(what, {name: value for name, value in state.items() if name not in ignored}, document)


def _programme(state: Mapping[str, Any], event: Any) -> State:
    planned = isinstance(event, ProgrammeCreated | ProgrammeRevised)
    more = {"kind": event.kind, "framework_tags": list(event.framework_tags)} if planned else {}
    return more | {
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
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "code": event.code,
        "title": event.title,
        "fiscal_year": event.fiscal_year,
    }
    if "close_out_days" in event.model_fields_set:  # not in those of earlier releases, whose runs need not have it
        changed["close_out_days"] = event.close_out_days
    if isinstance(event, RunCloseOutFiled):
        changed["close_out_filed_at"] = event.filed_at
    return changed | ({"revision": event.revision} if isinstance(event, RunScheduled) else {})


def _clock(state: Mapping[str, Any], event: Any) -> State:
    return {"offset_seconds": event.offset_seconds}


def _person(state: Mapping[str, Any], event: Any) -> State:
    return {"unit": event.unit, "level": event.level, "post": event.post}


def _post(state: Mapping[str, Any], event: Any) -> State:
    return {"unit": event.unit, "post": event.post}


def _unit(state: Mapping[str, Any], event: Any) -> State:
    names = ("kind", "parent", "name_th", "name_en", "province", "province_th", "province_en")
    described: State = event.model_dump(mode="json", include={"memberships", "valid_from", "valid_to"})
    return {name: getattr(event, name) for name in names} | described


def _message(state: Mapping[str, Any], event: Any) -> State:
    changed = {"recipient": event.recipient, "kind": event.kind, "run": event.run or "", "channel": event.channel}
    return changed | {"state": _MESSAGE_STATE.get(type(event), state.get("state"))}


def _evaluation(state: Mapping[str, Any], event: Any) -> State:
    """Sums as they are stored."""
    sums = {row["question"]: row for row in state.get("sums", ())}
    for one in event.questions:
        before = sums.get(one.question, {"answers": 0, "counts": [], "total": 0})
        counts = Counter(dict(before["counts"])) + Counter(one.counts)
        sums[one.question] = {
            "question": one.question,
            "answers": before["answers"] + one.answers,
            "counts": [[key, counts[key]] for key in sorted(counts)],
            "total": before["total"] + (one.total or 0),
        }
    return {
        "run": event.run,
        "form": event.form,
        "chosen": {"key": event.form_key, "version": event.form_version},
        "released": state.get("released", 0) + event.answers,
        "sums": [sums[key] for key in sorted(sums)],
        "gains": state.get("gains", 0) + event.gains,
        "gained": state.get("gained", 0) + event.gained,
    }


def _issue(state: Mapping[str, Any], event: Any) -> State:
    """Of the last one."""
    return {"run": event.run, "seats": event.seats, "lacking": [[one.what, one.people] for one in event.lacking]}


def _plan(state: Mapping[str, Any], event: Any) -> State:
    """Where its person belongs is not compared: that changes with the person."""
    returned = isinstance(event, PlanReopened) and event.because == PlanReopenedBecause.RETURNED
    decided = returned or isinstance(event, PlanAgreed | PlanClosed)
    return {
        "person": event.person,
        "fiscal_year": event.fiscal_year,
        "state": _PLAN_STATE.get(type(event), state.get("state")),
        "told_rows": event.rows,
        "told_done": event.rows_done,
        "decided_by": event.actor if decided else state.get("decided_by"),
    }


def _delegation(state: Mapping[str, Any], event: Any) -> State:
    who: State = {name: getattr(event, name) for name in ("unit", "absent", "delegate")} | {"steps": [*event.steps]}
    when = {"starts_at": event.starts_at, "ends_at": event.ends_at} if isinstance(event, DelegationGiven) else {}
    return who | when | {"ended": isinstance(event, DelegationRevoked)}


_FOLDS: dict[type[Event], Callable[[Mapping[str, Any], Any], State]] = {
    ProgrammeFact: _programme,
    RunFact: _run,
    RunClockSet: _clock,
    PersonRegistered: _person,
    PersonMoved: _person,
    PostFact: _post,
    UnitRegistered: _unit,
    AnswersReleased: _evaluation,
    MessageFact: _message,
    PlanFact: _plan,
    DelegationFact: _delegation,
    CertificateIssueEnded: _issue,
}
