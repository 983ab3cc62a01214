"""What the audit makes of the follow-up of a run: its events against each other, what is stored, and the report."""

from collections.abc import Callable
from typing import Any

import pytest

from pattana.audit.followups import FollowUpsFold, follow_up_differences, stored_differences
from services.enrolment.followup.domain.deliverables import FollowUps
from services.enrolment.followup.domain.tasks import Action, Outcome, Task, assign, complete, take_back
from services.enrolment.followup.storage.documents import board_document, task_document
from services.reporting.projecting.domain.followups import FollowUpChange, fold_follow_up
from services.reporting.storage.documents import follow_up_update
from shared.events.followups import FollowUpFact
from tests.unit.enrolment.followup.boards import AT, TWO, asked, board
from tests.unit.reporting.histories import envelope

Rows = list[dict[str, Any]]


class History:
    """Made by the rules of enrolment: two offices have two things to do, one of which is done, and one came back."""

    def __init__(self) -> None:
        self.board: FollowUps = board(asked("A"), asked("B"))
        self.tasks: dict[str, Task] = {}
        self.events: list[FollowUpFact] = []
        for deliverable in self.board.deliverables:
            given = [(f"{deliverable.key}{number}", one) for number, one in enumerate(TWO)]
            self.board, made, events = assign(self.board, deliverable, given, None)
            self.tasks |= {task.id: task for task in made}
            self.events += events
        self.take(complete(self.board, self.tasks["A0"], "clerk", AT))
        self.take(complete(self.board, self.tasks["B1"], "clerk", AT))
        self.take(take_back(self.board, self.tasks["B1"], Action.RETURN, "officer", AT))

    def take(self, outcome: Outcome) -> None:
        self.board, self.tasks = outcome.board, self.tasks | {outcome.task.id: outcome.task}
        self.events += outcome.events

    def folded(self) -> FollowUpsFold:
        fold = FollowUpsFold()
        for seq, event in enumerate(self.events, start=1):
            fold.apply(seq, event)
        return fold

    def stored(self) -> tuple[dict[str, Any], Rows]:
        return {"_id": "r1", **board_document(self.board)}, [task_document(one) for one in self.tasks.values()]

    def reported(self) -> Rows:
        changes: dict[str, FollowUpChange] = {}
        for seq, event in enumerate(self.events, start=1):
            fold_follow_up(changes, event, envelope(event, event.aggregate, seq))
        return [document(change) for change in changes.values()]


def document(change: FollowUpChange) -> dict[str, Any]:
    update, cells = follow_up_update(change), dict[str, dict[str, int]]()
    for path, count in update["$inc"].items():
        _, place, name = path.split(".", 2)
        cells.setdefault(place, {})[name] = count
    return {"_id": change.id, **update["$set"], "cells": cells}


def differences(history: History, stored: tuple[dict[str, Any], Rows]) -> list[str]:
    return list(stored_differences(history.folded(), *stored, len(history.events)))


def test_what_the_rules_make_is_whole() -> None:
    history = History()
    assert history.folded().problems == []
    assert differences(history, history.stored()) == []
    assert list(follow_up_differences("r1", history.folded(), history.reported())) == []


def late(board: dict[str, Any], _: Rows) -> None:
    board["seq"] -= 1


def counted_wrongly(board: dict[str, Any], _: Rows) -> None:
    board["deliverables"][0]["done"] = 2


def done_by_nobody(_: dict[str, Any], tasks: Rows) -> None:
    tasks[1]["state"] = "DONE"


def missing(_: dict[str, Any], tasks: Rows) -> None:
    del tasks[0]


def too_many(_: dict[str, Any], tasks: Rows) -> None:
    tasks.append({**tasks[0], "_id": "X"})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (late, "stands at event 4, its outbox reaches to 5"),
        (counted_wrongly, "A counts (2, 2), its events (2, 1)"),
        (done_by_nobody, "task A1 is stored as"),
        (missing, "task A0 has events and no document"),
        (too_many, "task X has a document and no events"),
    ],
)
def test_what_is_stored_otherwise_is_found(change: Callable[[dict[str, Any], Rows], None], says: str) -> None:
    history = History()
    stored = history.stored()
    change(*stored)
    [found] = differences(history, stored)
    assert says in found


@pytest.mark.parametrize("number", range(5))
def test_an_event_that_comes_twice_is_found(number: int) -> None:
    history = History()
    history.events.insert(number + 1, history.events[number])
    assert history.folded().problems


def test_a_report_that_counts_otherwise_is_found() -> None:
    history = History()
    documents = history.reported()
    documents[0]["cells"]["PO-50|50|NU1|N"]["done"] = 3
    [found] = follow_up_differences("r1", history.folded(), documents)
    assert "A PO-50|50|NU1|N counts 3 done, not 1" in found
