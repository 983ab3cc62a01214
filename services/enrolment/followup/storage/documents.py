"""Follow-ups, tasks and what is written about them as documents. Days are stored as they are written."""

from datetime import date, datetime
from typing import Any

from services.enrolment.directory import root_unit
from services.enrolment.followup.domain.deliverables import Asked, Deliverable, FollowUps
from services.enrolment.followup.domain.evidence import Evidence, Written
from services.enrolment.followup.domain.tasks import State, Task
from shared.events.followups import Per, ReopenedBecause
from shared.events.seats import Place
from shared.mongo import Document
from shared.rights import CENTRAL_POOL, pool_of


def office_of(unit: str) -> str:
    """The provincial office above a unit, or OPS for all others."""
    return CENTRAL_POOL if pool_of(unit) == CENTRAL_POOL else root_unit(unit)


def board_document(board: FollowUps) -> Document:
    """All but its id."""
    return {
        "programme": board.programme,
        "seq": board.seq,
        "version": board.version,
        "assigning": board.assigning is not None,
        "deliverables": [_deliverable_document(one) for one in board.deliverables],
    }


def board_of(row: Document) -> FollowUps:
    deliverables = tuple(_deliverable_of(one) for one in row["deliverables"])
    return FollowUps(row["_id"], row["programme"], row["seq"], row["version"], deliverables)


def _deliverable_document(one: Deliverable) -> Document:
    asked = one.asked
    return {
        "key": asked.key,
        "per": asked.per.value,
        "due": asked.due.isoformat(),
        "fiscal_year": asked.fiscal_year,
        "title": asked.title,
        "only": list(asked.only),
        "after": one.after,
        "tasks": one.tasks,
        "done": one.done,
    }


def _deliverable_of(row: Document) -> Deliverable:
    due, only = date.fromisoformat(row["due"]), tuple(row["only"])
    asked = Asked(row["key"], Per(row["per"]), due, row["fiscal_year"], row["title"], only)
    return Deliverable(asked, row["after"], row["tasks"], row["done"])


def task_document(task: Task) -> Document:
    place = task.place
    document: Document = {
        "_id": task.id,
        "run": task.run,
        "deliverable": task.deliverable,
        "per": task.per.value,
        "whom": task.whom,
        "office": office_of(place.unit),
        "place": {"unit": place.unit, "province": place.province, "group": place.group, "region": place.region},
        "due": task.due.isoformat(),
        "fiscal_year": task.fiscal_year,
        **task_update(task),
    }
    return document if task.person is None else {**document, "person": task.person}


def task_update(task: Task) -> Document:
    """What changes with its life."""
    return {
        "state": task.state.value,
        "done_by": task.done_by,
        "done_at": task.done_at,
        "reopened": None if task.reopened is None else task.reopened.value,
        "reopened_by": task.reopened_by,
        "reopened_at": task.reopened_at,
        "version": task.version,
    }


def task_of(row: Document) -> Task:
    return Task(
        row["_id"],
        row["run"],
        row["deliverable"],
        Per(row["per"]),
        row["whom"],
        Place.model_construct(**row["place"]),
        row.get("person"),
        date.fromisoformat(row["due"]),
        row["fiscal_year"],
        State(row["state"]),
        row["done_by"],
        row["done_at"],
        None if row["reopened"] is None else ReopenedBecause(row["reopened"]),
        row["reopened_by"],
        row["reopened_at"],
        row["version"],
    )


def text_update(task: Task, *, evidence: Evidence | None, reason: str | None, at: datetime) -> Document:
    """A report takes the place of the one before, and of why that was given back. `at` is system time."""
    values: dict[str, Any] = {"run": task.run}
    if task.person is not None:
        values["person"] = task.person
    gone: list[str] = []
    if evidence is not None:
        told = {"link": evidence.link, "text": evidence.text}
        values |= {name: value for name, value in told.items() if value is not None} | {"evidence_at": at}
        gone += [name for name, value in told.items() if value is None]
    if reason is None:
        gone += ["reason", "reason_at"]
    else:
        values |= {"reason": reason, "reason_at": at}
    return {"$set": values, "$unset": dict.fromkeys(gone, "")} if gone else {"$set": values}


def written_of(row: Document) -> Written:
    return Written(Evidence(row.get("link"), row.get("text")), row.get("reason"))
