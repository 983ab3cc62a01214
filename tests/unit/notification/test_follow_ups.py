"""Whoever has something to do after a run is told, once for all that is assigned together; and of what comes back."""

from typing import Any

import pytest

from services.notification.domain import Addressee, Kind
from services.notification.reacting import ReactionBatch
from shared.events.followups import (
    FollowUpCompleted,
    FollowUpFact,
    FollowUpReopened,
    FollowUpsAssigned,
    FollowUpTask,
    Per,
    ReopenedBecause,
)
from tests.unit.notification.builders import CHIANG_MAI, NOW, enveloped
from tests.unit.notification.test_handlers import notified, reacted

FIELDS: dict[str, Any] = {
    "programme": "p",
    "run": "run-1",
    "per": Per.PROVINCE,
    "due": "2024-11-29",
    "fiscal_year": 2568,
}
OFFICE = FollowUpTask(task="t1", place=CHIANG_MAI)
MINE = FollowUpTask(task="t2", place=CHIANG_MAI, person="person-1")
SUBJECT = "follow-ups:run-1"


def assigned(deliverable: str, *tasks: FollowUpTask) -> FollowUpFact:
    return FollowUpsAssigned(**FIELDS, deliverable=deliverable, tasks=tasks)


def came_back(because: ReopenedBecause, task: FollowUpTask = OFFICE) -> FollowUpFact:
    return FollowUpReopened(**FIELDS, deliverable="A", task=task, because=because)


def test_what_is_assigned_together_is_told_together() -> None:
    facts = (assigned("A", OFFICE, MINE), assigned("B", OFFICE), assigned("C", MINE))
    batch = reacted(*(enveloped(fact, SUBJECT, seq) for seq, fact in enumerate(facts, start=1)))
    assert sorted(notified(batch)) == [(Kind.FOLLOW_UP_ASSIGNED, "PO-50"), (Kind.FOLLOW_UP_ASSIGNED, "person-1")]
    told = {message.recipient: message for message in batch.messages.values()}
    assert (told["person-1"].addressee, told["person-1"].unit) == (Addressee.PERSON, "PO-50")
    assert told["PO-50"].addressee is Addressee.UNIT


@pytest.mark.parametrize("task", [OFFICE, MINE])
def test_what_is_given_back_is_told_to_whoever_has_it(task: FollowUpTask) -> None:
    batch = reacted(enveloped(came_back(ReopenedBecause.RETURNED, task), SUBJECT))
    assert notified(batch) == [(Kind.FOLLOW_UP_RETURNED, task.person or "PO-50")]


@pytest.mark.parametrize(
    "fact",
    [
        came_back(ReopenedBecause.REOPENED),
        FollowUpCompleted(**FIELDS, deliverable="A", task=OFFICE),
    ],
)
def test_nobody_is_told_of_the_rest(fact: FollowUpFact) -> None:
    assert notified(reacted(enveloped(fact, SUBJECT))) == []


def test_a_generation_that_only_remembers_tells_nobody() -> None:
    batch = ReactionBatch(NOW, silent=True)
    assert notified(reacted(enveloped(assigned("A", OFFICE, MINE), SUBJECT), batch=batch)) == []
