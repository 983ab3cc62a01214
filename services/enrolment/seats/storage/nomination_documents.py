"""Nominations as documents."""

from typing import Any, Final

from services.enrolment.directory import Held
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.model import Nomination, Verdict
from services.enrolment.seats.domain.records import NominationRecord, StepDecision
from services.enrolment.seats.storage.bucket_documents import place_of
from services.enrolment.seats.storage.offered import (
    BECAUSE,
    LET_GO,
    OF_POOL,
    TIMES,
    reason_document,
    reason_of,
    times_of,
)
from services.enrolment.seats.storage.queries import office_of
from services.enrolment.seats.storage.warnings import warned_fields, warnings_of
from shared.clock import business
from shared.events.directory import InPost, TrainingClass
from shared.events.seats import Approver, NominationState, Rank
from shared.mongo import Document, UpdateOne

_NO_DEADLINE: Final[Document] = {"due_at": ""}
_NO_STEP: Final[Document] = {"waits_for": "", "step": "", "due_at": ""}


def nomination_of(row: Document) -> Nomination:
    """From its document."""
    return Nomination(
        id=row["_id"],
        bucket=row["bucket"],
        person=row["person"],
        rank=Rank(row["rank"]),
        place=place_of(row["place"]),
        state=NominationState(row["state"]),
        queue=row.get("queue"),
        replaces=row.get("replaces"),
        nominated_by=row.get("nominated_by"),
        erased=row.get("erased", False),
        warnings=warnings_of(row),
        ex_officio=_post_of(row["ex_officio"]) if "ex_officio" in row else None,
        present_unit=row.get("present_unit"),
        asked=row.get("asked", False),
        transfers=row.get("transfers", 0),
        training_class=TrainingClass(row["training_class"]) if "training_class" in row else None,
        had_seat="seat_until" in row,
        **_waiting(row),
    )


def _waiting(row: Document) -> dict[str, Any]:
    """Most have no approval to wait for, and none behind them; nor a pool."""
    fields: dict[str, Any] = {name: row.get(name) for name in OF_POOL} if "pool" in row else {}
    if LET_GO in row:
        fields[LET_GO] = row[LET_GO]
    if BECAUSE in row:
        fields[BECAUSE] = reason_of(row[BECAUSE])
    if (approver := row.get("waits_for")) is not None:
        fields |= {"approver": Approver(approver), "step": row["step"], "due_at": row.get("due_at")}
    if decisions := row.get("decisions"):
        approved = [one for one in decisions if one["verdict"] == Verdict.APPROVED]
        fields["decided"] = tuple(who for one in approved for who in (one["by"], one.get("on_behalf_of")) if who)
    return fields


def record_of(row: Document) -> NominationRecord:
    """From its document, with note, reason and times."""
    return NominationRecord(
        nomination_of(row),
        row.get("note"),
        row.get("reason"),
        row["created_at"],
        row["changed_at"],
        tuple(_decision_of(decision) for decision in row.get("decisions", ())),
    )


def _decision_of(row: Document) -> StepDecision:
    return StepDecision(
        Approver(row["step"]),
        Verdict(row["verdict"]),
        row["at"],
        row.get("by"),
        row.get("on_behalf_of"),
        row.get("reason"),
    )


def nomination_document(change: NominationChange) -> Document:
    """The document of a new nomination."""
    nomination, bucket = change.nomination, change.bucket
    document: Document = {
        "_id": nomination.id,
        "run": bucket.run,
        "programme": bucket.programme,
        "target": bucket.target,
        "bucket": bucket.id,
        "bucket_unit": bucket.bucket_unit,
        "person": nomination.person,
        "place": nomination.place.model_dump(),
        "office": office_of(nomination.place.unit),
        "rank": nomination.rank.value,
        "state": nomination.state.value,
        "queue": nomination.queue,
        "replaces": nomination.replaces,
        "nominated_by": nomination.nominated_by,
        "note": change.note,
        "created_at": change.at,
        "changed_at": change.at,
    }
    if change.reason is not None:
        document["reason"] = change.reason
    if nomination.live:
        document["live"] = True
    if nomination.approver is not None:
        document.update(_step(nomination))
    if nomination.pool is not None:
        document.update({"pool": nomination.pool, **times_of(nomination, change.at)})
    return document | _marked(nomination, bucket.run)


def _marked(nomination: Nomination, run: str) -> Document:
    """What most do not have."""
    fields: Document = warned_fields(nomination.warnings) if nomination.warnings else {}
    if nomination.training_class is not None:
        fields["training_class"] = nomination.training_class.value
    if nomination.ex_officio is not None:
        fields["ex_officio"] = _ex_officio(nomination.ex_officio, run, nomination.id)
    return fields


def _ex_officio(held: Held, run: str, nomination: str) -> Document:
    key = ex_officio_key(run, held.unit, nomination)
    return {"unit": held.unit, "post": held.post, "in_post": held.in_post.value, "key": key}


def ex_officio_key(run: str, unit: str, nomination: str = "") -> str:
    """Orders nominations ex officio by run and unit of the post."""
    return f"{run}|{unit}|{nomination}"


def _post_of(row: Document) -> Held:
    return Held(row["unit"], row["post"], InPost(row["in_post"]))


def nomination_update(change: NominationChange) -> UpdateOne:
    """The write for a nomination that is stored already."""
    nomination = change.nomination
    fields: Document = {
        "state": nomination.state.value,
        "queue": nomination.queue,
        "changed_by": change.by,
        "changed_at": change.at,
        **_left(change),
    }
    gone: Document = {} if nomination.live else {"live": ""}
    if nomination.approver is not None:
        step = _step(nomination)
        fields.update(step)
        gone.update(_NO_STEP if not step else {} if "due_at" in step else _NO_DEADLINE)
    if nomination.pool is not None:
        offered = times_of(nomination, change.at)
        if nomination.offered_because is not None:
            offered[BECAUSE] = reason_document(nomination.offered_because)
        fields.update(offered | ({LET_GO: True} if nomination.let_go else {}))
        gone.update(dict.fromkeys({*TIMES, BECAUSE} - offered.keys(), ""))
    update: Document = {"$set": fields}
    if nomination.present_unit is not None and not (nomination.live and nomination.asked):
        gone["asked"] = ""
    if gone:
        update["$unset"] = gone
    if change.verdict is not None:
        update["$push"] = {"decisions": _decision(change, *change.verdict)}
    return UpdateOne({"_id": nomination.id}, update)


def _left(change: NominationChange) -> Document:
    """Why, and until which business time there was a seat that was given back."""
    fields: Document = {} if change.reason is None else {"reason": change.reason}
    if change.nomination.had_seat:
        # In whole seconds, as everything is that is compared with it.
        fields["seat_until"] = business(change.at, change.offset_seconds).replace(microsecond=0)
    return fields


def _step(nomination: Nomination) -> Document:
    """Only what waits for an approval has these, so that the indexes of such hold no other."""
    if nomination.state is not NominationState.SUBMITTED or nomination.approver is None:
        return {}
    due = {} if nomination.due_at is None else {"due_at": nomination.due_at}
    return {"waits_for": nomination.approver.value, "step": nomination.step, **due}


def _decision(change: NominationChange, step: Approver, verdict: Verdict) -> Document:
    by = change.by if verdict in (Verdict.APPROVED, Verdict.REJECTED) else None
    decision: Document = {"step": step.value, "verdict": verdict.value, "at": change.at}
    for name, value in (("by", by), ("on_behalf_of", change.on_behalf_of), ("reason", change.reason)):
        if value is not None:
            decision[name] = value
    return decision


def carried_over(before: Nomination, after: Nomination, by: str, at: Any) -> UpdateOne:
    """Into another bucket of the same target group, in another run; guarded by what was read."""
    run, _, bucket_unit = after.seats_of
    fields: Document = {
        "run": run,
        "bucket": after.bucket,
        "bucket_unit": bucket_unit,
        "place": after.place.model_dump(),
        "queue": after.queue,
        "transfers": after.transfers,
        "changed_by": by,
        "changed_at": at,
    }
    if after.pool is not None:
        fields |= {"pool": after.pool, **times_of(after, at)}
    if after.ex_officio is not None:
        fields["ex_officio.key"] = ex_officio_key(run, after.ex_officio.unit, after.id)
    return UpdateOne({"_id": before.id, "bucket": before.bucket, "state": before.state.value}, {"$set": fields})
