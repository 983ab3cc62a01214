"""What is to be done after runs: by difference against the tasks there are, late by the clock of the run, and who is
told of what. And the class of a run, of which half and half is B."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.followup.domain.recipients import Recipient
from services.enrolment.followup.domain.tasks import Action, State, Task, assign, complete, take_back
from services.reporting.answering import ByTask, FollowingUp, Sum, Visibility
from services.reporting.answering.domain.following import progress_of
from services.reporting.http.following import training_class
from services.reporting.projecting import CLASS_A, CLASS_B, FollowUp, FollowUpChange, Place, Run
from services.reporting.projecting.domain.followups import fold_follow_up
from services.reporting.storage.documents import follow_up_of, follow_up_update
from shared.clock import BANGKOK
from shared.errors import Refused
from shared.events.followups import FollowUpFact, Per
from shared.mongo import Document
from shared.rights import Scope
from tests.unit.enrolment.followup.boards import AT, CHIANG_MAI, LAMPHUN, asked, board
from tests.unit.reporting.histories import envelope

NOW = datetime(2025, 1, 15, 2, tzinfo=UTC)
EVERYTHING = Visibility(Scope(all=True, names=True))
OBSERVER = Visibility(Scope(all=True), coarse=True)
N, S = Place("PO-50", "50", "NU1", "N"), Place("PO-95", "95", "SB", "SB")


def follow_up(key: str, due: date, cells: dict[Place, tuple[int, int]], per: Per = Per.PROVINCE) -> FollowUp:
    return FollowUp("r1", key, per, due, 2568, NOW, cells)


def run(offset_seconds: int = 0, state: str = "CLOSED") -> Run:
    fields: dict[str, object] = dict.fromkeys(Run._fields)
    return Run(**fields | {"id": "r1", "offset_seconds": offset_seconds, "state": state})  # type: ignore[arg-type]


STEPS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(Action)), max_size=20)


@given(STEPS, st.integers(1, 4))
def test_differences_come_to_the_tasks_there_are(steps: list[tuple[int, Action]], at_once: int) -> None:
    before = board(asked("A"), asked("B"))
    tasks: list[Task] = []
    events: list[FollowUpFact] = []
    for deliverable in before.deliverables:
        both = [(f"{deliverable.key}{n}", Recipient(p.unit, p)) for n, p in enumerate((CHIANG_MAI, LAMPHUN))]
        before, made, facts = assign(before, deliverable, both, None)
        tasks, events = [*tasks, *made], [*events, *facts]
    for number, action in steps:
        try:
            act = complete if action is Action.COMPLETE else lambda b, t, by, at: take_back(b, t, action, by, at)  # noqa: B023
            outcome = act(before, tasks[number], "clerk", AT)
        except Refused:
            continue
        before, tasks[number] = outcome.board, outcome.task
        events += outcome.events
    stored: dict[str, Counter[str]] = {}
    for start in range(0, len(events), at_once):
        changes: dict[str, FollowUpChange] = {}
        for seq, event in enumerate(events[start : start + at_once], start=start + 1):
            fold_follow_up(changes, event, envelope(event, event.aggregate, seq))
        for change in changes.values():
            stored.setdefault(change.id, Counter()).update(follow_up_update(change).get("$inc", {}))
    for key, counts in stored.items():
        mine = [task for task in tasks if key == f"r1:{task.deliverable}"]
        assert counts.total() == len(mine) + sum(task.state is State.DONE for task in mine)
        assert all(count >= 0 for count in counts.values())


def test_a_stored_deliverable_is_read_as_it_was() -> None:
    changes: dict[str, FollowUpChange] = {}
    before = board(asked("A", fiscal_year=2569))
    _, _, facts = assign(before, before.deliverables[0], [("t", Recipient("PO-50", CHIANG_MAI))], None)
    fold_follow_up(changes, facts[0], envelope(facts[0], facts[0].aggregate, 1))
    [change] = changes.values()
    update = follow_up_update(change)
    cells: Document = {}
    for path, count in update["$inc"].items():
        _, place, name = path.split(".")
        cells.setdefault(place, {})[name] = count
    found = follow_up_of({"_id": change.id, **update["$set"], "cells": cells})
    assert (found.per, found.due, found.fiscal_year) == (Per.PROVINCE, date(2024, 11, 29), 2569)
    assert dict(found.cells) == {N: (1, 0)}


# Due on a Friday; what the clock of the run says is what counts.
@pytest.mark.parametrize(
    ("day", "offset_days", "overdue"),
    [
        (date(2024, 11, 29), 0, 0),
        (date(2024, 11, 30), 0, 5),
        (date(2024, 11, 29), 1, 5),
        (date(2024, 11, 30), -1, 0),
    ],
)
def test_overdue_at_the_moment_of_asking(day: date, offset_days: int, overdue: int) -> None:
    now = datetime(day.year, day.month, day.day, 12, tzinfo=BANGKOK)
    one = follow_up("A", date(2024, 11, 29), {N: (6, 1)})
    found = progress_of([one], run(offset_days * 86_400), EVERYTHING, now)
    assert (found.tasks, found.done, found.overdue, found.pending) == (6, 1, overdue, 5 - overdue)


def test_the_numbers_of_seed_004() -> None:
    offices = {Place(f"PO-{n}", str(n), "G", "N"): (1, 0) for n in range(76)}

    def some(key: str, due: date, of: int, done: int, per: Per = Per.PROVINCE) -> FollowUp:
        cells = {place: (1, int(n < done)) for n, place in enumerate(list(offices)[:of])}
        return follow_up(key, due, cells, per)

    follow_ups = [
        some("PLAN_REVIEW_FY2569", date(2024, 11, 29), 76, 60),
        some("BUDGET_DEFENCE_FY2568", date(2024, 12, 27), 76, 56),
        some("ACTION_PLAN_FY2569", date(2025, 3, 31), 76, 60),
        some("GROUP_PLAN_REVIEW_FY2569", date(2024, 12, 27), 18, 14, Per.GROUP),
        some("GROUP_ACTION_PLAN_FY2569", date(2025, 3, 31), 18, 10, Per.GROUP),
    ]
    found = progress_of(follow_ups, run(), OBSERVER, NOW)
    assert (found.tasks, found.done, found.overdue, found.pending) == (264, 200, 40, 24)


def test_who_is_told_of_what() -> None:
    people = follow_up("P", date(2024, 11, 29), {N: (3, 1), S: (2, 0)}, Per.PERSON)
    offices = follow_up("O", date(2030, 1, 1), {N: (1, 0), S: (1, 1)})

    def told(visibility: Visibility, by: ByTask = ByTask.PROVINCE) -> tuple[int, dict[str, tuple[int, int, int, int]]]:
        following = FollowingUp(by, visibility)
        following.add([people, offices], {"r1": run()}, NOW)
        rows = {key: (one.tasks, one.done, one.overdue, one.pending) for key, one in following.rows.items()}
        return following.whole.tasks, rows

    assert told(EVERYTHING) == (7, {"50": (4, 1, 2, 1), "95": (3, 1, 2, 0)})
    assert told(EVERYTHING, ByTask.DELIVERABLE) == (7, {"P": (5, 1, 4, 0), "O": (2, 1, 0, 1)})
    assert told(EVERYTHING, ByTask.RUN) == (7, {"r1": (7, 2, 4, 1)})
    assert told(OBSERVER) == (2, {"50": (1, 0, 0, 1), "95": (1, 1, 0, 0)})
    assert told(Visibility(Scope(unit="PO-95")), ByTask.REGION) == (3, {"SB": (3, 1, 2, 0)})
    assert told(Visibility(Scope())) == (0, {})


def test_of_a_run_that_does_not_take_place_nothing() -> None:
    one = follow_up("A", date(2024, 11, 29), {N: (6, 1)})
    assert progress_of([one], run(state="CANCELLED"), EVERYTHING, NOW).tasks == 0
    assert progress_of([replace_due(one)], None, EVERYTHING, NOW).overdue == 0  # not described yet: by system time


def replace_due(one: FollowUp) -> FollowUp:
    return one._replace(due=(NOW + timedelta(days=30)).date())


@pytest.mark.parametrize(
    ("class_a", "class_b", "confirmed", "expected"),
    [
        (76, 74, 150, "A"),
        (75, 75, 150, "B"),
        (76, 0, 150, "A"),
        (75, 0, 150, "B"),
        (0, 50, 50, "B"),
        (74, 0, 150, "EXTERNAL"),
        (0, 0, 1, "EXTERNAL"),
        (1, 0, 1, "A"),
        (0, 0, 0, None),
    ],
)
def test_the_class_of_a_run(class_a: int, class_b: int, confirmed: int, expected: str | None) -> None:
    total = Sum(counts={CLASS_A: class_a, CLASS_B: class_b, "c1": confirmed})
    assert training_class(total) == expected
