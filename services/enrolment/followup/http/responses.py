"""The JSON of follow-up. Pure. What says on which day something is due may read the calendar: call it from a thread."""

from datetime import date, datetime
from typing import Any

from services.enrolment.followup.domain.deliverables import Deliverable, FollowUps, due_on
from services.enrolment.followup.domain.evidence import Written
from services.enrolment.followup.domain.tasks import Task, standing_of
from shared.clock import BANGKOK


def follow_ups_response(board: FollowUps, today: date, *, counts: bool = True) -> dict[str, Any]:
    """`today` is the run's. `counts`: how many are done is told."""
    return {"items": [_deliverable(one, today, counts=counts) for one in board.deliverables], "next": None}


def _deliverable(one: Deliverable, today: date, *, counts: bool) -> dict[str, Any]:
    asked, late, left = one.asked, one.overdue(today), one.tasks - one.done
    numbers = {"tasks": one.tasks, "done": one.done, "overdue": left if late else 0, "pending": 0 if late else left}
    return {
        "deliverable": asked.key,
        "title": asked.title,
        "per": asked.per.value,
        "only": list(asked.only),
        "due": asked.due.isoformat(),
        "dueOn": one.due_on.isoformat(),
        "fiscalYear": asked.fiscal_year,
        "assigning": one.assigning,
        **(numbers if counts else dict.fromkeys(numbers)),
    }


def task_response(task: Task, written: Written, today: date, *, names: bool) -> dict[str, Any]:
    """As below, with what was written."""
    evidence = {"link": written.evidence.link, "text": written.evidence.text}
    return {**task_changed_response(task, today, names=names), **evidence, "reason": written.reason}


def task_changed_response(task: Task, today: date, *, names: bool) -> dict[str, Any]:
    """`today` is the run's. `names`: who has reported and given back is told to colleagues."""
    return {
        "id": task.id,
        "run": task.run,
        "deliverable": task.deliverable,
        "per": task.per.value,
        "unit": task.place.unit,
        "province": task.place.province,
        "group": task.place.group,
        "person": task.person,
        "due": task.due.isoformat(),
        "dueOn": due_on(task.due).isoformat(),
        "fiscalYear": task.fiscal_year,
        "state": standing_of(task, today).value,
        "completedAt": _time(task.done_at),
        "completedBy": task.done_by if names else None,
        "reopened": None if task.reopened is None else task.reopened.value,
        "reopenedAt": _time(task.reopened_at),
        "reopenedBy": task.reopened_by if names else None,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(BANGKOK).isoformat()
