"""The table of reactions: every event is handled or left alone on purpose."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.reporting.projecting.domain.descriptions import Programme, Run, fold_programme, fold_run
from services.reporting.projecting.domain.nominations import Impossible
from services.reporting.projecting.handlers import HANDLERS
from shared.events.attendance import SessionClosed
from shared.events.catalogue import (
    ProgrammeApproved,
    ProgrammeCancelled,
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
    Venue,
)
from shared.events.delegations import DelegationGiven, DelegationRevoked
from shared.events.directory import (
    ContactChanged,
    ContactErased,
    PersonMoved,
    PersonRegistered,
    PostFilled,
    PostFillingRevoked,
)
from shared.events.envelope import Event
from shared.events.evaluation import AnswersAsked
from shared.events.notification import MessageFailed, MessageSent
from shared.events.offers import BucketLoansSettled
from shared.events.registry import EVENTS
from shared.events.topics import CONTACTS
from shared.messaging.consumer import topics_of
from tests.unit.reporting.histories import RUN_STARTS, envelope

# Places are snapshots of the nomination, absence is told person by person, names are nobody's business here, mail is
# counted where it is sent, whom it asks for answers included, and no number changes with whose a seat is that the pool
# had lent, or with who decides for somebody who is away.
LEFT_ALONE: set[type[Event]] = {
    PersonRegistered,
    PersonMoved,
    PostFilled,
    PostFillingRevoked,
    ContactChanged,
    ContactErased,
    SessionClosed,
    AnswersAsked,
    BucketLoansSettled,
    DelegationGiven,
    DelegationRevoked,
    MessageSent,
    MessageFailed,
}


def test_every_event_is_handled_or_left_alone() -> None:
    assert set(EVENTS.values()) - set(HANDLERS) == LEFT_ALONE
    assert CONTACTS.name not in topics_of(HANDLERS)


def run_fact(kind: type[RunFact], **changes: Any) -> RunFact:
    facts: dict[str, Any] = {
        "programme": "p1",
        "run": "r1",
        "code": "C",
        "title": "ชื่อ",
        "fiscal_year": 2563,
        "cohort": 1,
        "capacity": 100,
        "starts_at": RUN_STARTS,
        "ends_at": RUN_STARTS,
        "venue": Venue(),
        "sessions": (),
        "offset_seconds": 0,
    }
    return kind.model_construct(**facts | changes)


def test_a_run_keeps_its_state_when_it_is_planned_anew() -> None:
    run: Run | None = None
    states = []
    kinds: list[type[RunFact]] = [RunScheduled, RunOpened, RunScheduled, RunClosed, RunCancelled]
    for seq, kind in enumerate(kinds, start=1):
        event = run_fact(kind, capacity=100 + seq)
        run = fold_run(run, event, envelope(event, "r1", seq))
        states.append(run.state)
    assert states == ["PLANNED", "OPEN", "OPEN", "CLOSED", "CANCELLED"]
    assert run is not None
    assert run.capacity == 105


def test_the_clock_of_a_run_needs_the_run() -> None:
    event = RunClockSet(programme="p1", run="r1", offset_seconds=-60)
    with pytest.raises(Impossible):
        fold_run(None, event, envelope(event, "r1", 1))
    planned = run_fact(RunScheduled)
    run = fold_run(None, planned, envelope(planned, "r1", 1))
    assert fold_run(run, event, envelope(event, "r1", 2)).offset_seconds == -60


def test_a_programme_keeps_its_tags_through_its_life() -> None:
    facts: dict[str, Any] = {"programme": "p1", "code": "C", "title": "ชื่อ", "fiscal_year": 2563, "organiser": None}
    described = {"kind": "TRAINING", "framework_tags": ("ISSUE_2",)}
    steps: list[tuple[type[ProgrammeFact], dict[str, Any]]] = [
        (ProgrammeCreated, described),
        (ProgrammeRevised, described | {"framework_tags": ("ISSUE_1",)}),
        (ProgrammeSubmitted, {}),
        (ProgrammeApproved, {}),
        (ProgrammePublished, {}),
        (ProgrammeCancelled, {}),
    ]
    known: Programme | None = None
    states = []
    for seq, (kind, more) in enumerate(steps, start=1):
        event = kind.model_construct(**facts | more)
        known = fold_programme(known, event, envelope(event, "p1", seq, datetime(2020, 1, seq, tzinfo=UTC)))
        states.append(known.state)
    assert states == ["DRAFT", "DRAFT", "SUBMITTED", "APPROVED", "PUBLISHED", "CANCELLED"]
    assert known is not None
    assert (known.framework_tags, known.kind, known.last.day) == (("ISSUE_1",), "TRAINING", 6)
