"""The folds are what FOLD_VERSION says they are: a change of what events lead to must raise it."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson

from services.enrolment.followup.domain.recipients import Recipient
from services.enrolment.followup.domain.tasks import Action, Task, assign, complete, take_back
from services.enrolment.seats.domain.carrying import arrive, depart
from services.enrolment.seats.domain.checks import NominationWarning
from services.reporting.projecting.domain.descriptions import Description
from services.reporting.projecting.domain.generations import FOLD_VERSION
from services.reporting.projecting.handlers import HANDLERS, ProjectionBatch
from services.reporting.storage.documents import (
    absence_document,
    attendance_update,
    document_of,
    document_of_row,
    follow_up_update,
    update_of,
)
from shared.events.attendance import AttendanceRecorded, PersonMark
from shared.events.catalogue import (
    ProgrammeCancelled,
    ProgrammeCreated,
    ProgrammePublished,
    ProgrammeReopened,
    RunClockSet,
    RunClosed,
    RunCloseOutFiled,
    RunOpened,
    RunReopened,
    RunScheduled,
    Venue,
)
from shared.events.certificates import (
    CertificateFact,
    CertificateIssued,
    CertificateIssueEnded,
    CertificateRevoked,
    Lack,
)
from shared.events.directory import InPost, Membership, TrainingClass, UnitRegistered
from shared.events.envelope import Envelope, Event
from shared.events.evaluation import AnswersReleased, QuestionSum
from shared.events.followups import FollowUpFact
from shared.events.seats import BucketRescheduled, Rank, Regrouping, WarningCode
from tests.unit.enrolment.followup.boards import AT, assigned, board
from tests.unit.reporting.histories import CHIANG_MAI, ONCE, PERSONNEL, RUN_STARTS, YALA, History, envelope
from tests.unit.reporting.test_workshops import HISTORY as WORKSHOP

# One line per version, and never another digest for a version: a database may hold what it folded.
DIGESTS = {
    1: "1e32ee3c152e920b",
    2: "9dce84c7b3889104",
    3: "4bb33e77efd43bb7",
    4: "181b6695ec78d528",
    5: "6898efab60397434",
    6: "5313ccd2a4515a16",
    7: "563dc334d77e1ca0",
    8: "9732e0a2e2dbb9c7",
    9: "0263f09f67f37f70",
}


OUTSIDE = (NominationWarning(WarningCode.CLASH, "r0", "PO-95"), NominationWarning(WarningCode.WRONG_SCOPE))


def seats() -> list[Envelope]:
    """Everything that can happen to buckets and nominations."""
    office = History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI).nominate("b", CHIANG_MAI).withdraw("a")
    office.change_seats(2).nominate("c", CHIANG_MAI, Rank.RESERVE, needs_approval=True).reject("c")
    office.close().reopen().close()
    centre = History.of(PERSONNEL, 1, target="ALL").nominate("d", PERSONNEL, needs_approval=True).approve("d")
    centre.nominate("e", YALA, warnings=OUTSIDE).substitute("d", "f")
    heads = History.of(YALA, 3, target="HEADS").nominate("g", YALA, ex_officio=InPost.HOLDER)
    heads.nominate("h", YALA, ex_officio=InPost.ACTING).nominate("i", YALA, ex_officio=InPost.HOLDER).withdraw("i")
    levels = History.of(CHIANG_MAI, 2, target="LEVELS").nominate("v", CHIANG_MAI, training_class=TrainingClass.A)
    levels.nominate("w", CHIANG_MAI, training_class=TrainingClass.B)
    counted = [*office.envelopes, *centre.envelopes, moved(centre), *heads.envelopes, *levels.envelopes]
    return [*counted, *carried(), *offered().envelopes]


def carried() -> list[Envelope]:
    """One with a seat and one who waits go to another run."""
    here = History.of(CHIANG_MAI, 1, target="MOVES").nominate("j", CHIANG_MAI).nominate("k", CHIANG_MAI)
    there = History.of(CHIANG_MAI, 0, run="r9", target="MOVES")
    going = [here.nominations[name] for name in ("j", "k")]
    there.take(arrive(there.bucket, [(one, CHIANG_MAI) for one in going], "r1"))
    here.take(depart(here.bucket, going, "r9"))
    there.withdraw("j")
    return [*here.envelopes, *there.envelopes]


def offered() -> History:
    """One accepts, one is asked, one is asked no more, and one waits again."""
    history = History.of(YALA, 1, target="POOLED")
    for name in "qrstu":
        history.nominate(name, YALA)
    for name in "rstu":
        history.offer(name)
    return history.accept("r").decline("s").lapse("t", ONCE).give_back()


def moved(history: History) -> Envelope:
    bucket = history.bucket
    event = BucketRescheduled.model_construct(
        programme="p1",
        run=bucket.run,
        target=bucket.target,
        bucket_unit=bucket.bucket_unit,
        fiscal_year=2564,
        run_starts_at=RUN_STARTS + timedelta(days=60),
        place=bucket.place,
        regrouped=(Regrouping(province="95", group="SA", region="S"),),
    )
    return envelope(event, bucket.id, len(history.events) + 1)


def office() -> UnitRegistered:
    since = RUN_STARTS.date()
    return UnitRegistered.model_construct(
        unit="PO-50",
        kind="PROVINCIAL_OFFICE",
        parent="OPS",
        name_th="ก",
        name_en="a",
        province="50",
        province_th="เชียงใหม่",
        province_en="Chiang Mai",
        memberships=(Membership(group="NU1", region="N", valid_from=since),),
        email=None,
        valid_from=since,
        valid_to=None,
    )


def released(form: str, **gains: int) -> AnswersReleased:
    measured = QuestionSum(question="overall", answers=6, counts={"5": 4, "2": 2}, total=24)
    other = QuestionSum(question="venue", answers=5, counts={"1": 5}, total=5)
    return AnswersReleased(
        programme="p1",
        run="r5",
        fiscal_year=2563,
        form=form,
        form_key=form,
        form_version=2,
        measure="overall",
        answers=6,
        questions=(measured, other),
        **gains,
    )


def missed() -> AttendanceRecorded:
    return AttendanceRecorded(
        programme="p1", run="r6", fiscal_year=2563, session=1, via="CLOSE", marks=(absent(1), absent(2))
    )


def absent(number: int) -> PersonMark:
    of = {"nomination": f"n{number}", "person": f"p{number}", "target": "PROV", "bucket_unit": "PO-50"}
    return PersonMark(**of, place=CHIANG_MAI, presence="ABSENT", minutes=0, held=60, times=0, missed=1)


def certificate(kind: type[CertificateFact], number: int) -> CertificateFact:
    of: dict[str, Any] = {"run": "r6", "target": "PROV", "bucket_unit": "PO-50", "place": CHIANG_MAI}
    return kind.model_construct(**of, certificate=f"c{number}")


def certified() -> list[tuple[str, list[Event]]]:
    """Two were missing, one of whom has a certificate."""
    ended: dict[str, Any] = {"run": "r6", "seats": 3, "lacking": (Lack(what="POST", people=2),)}
    return [
        ("attendance:r6", [missed()]),
        ("PERS:2563", [certificate(CertificateIssued, 1), certificate(CertificateIssued, 2)]),
        ("PERS:2564", [certificate(CertificateRevoked, 2)]),
        ("certificates:r6", [CertificateIssueEnded.model_construct(**ended)]),
    ]


def follow_ups() -> Iterator[Envelope]:
    """Two have a task, and one has done it, taken it back and done it again."""
    before, tasks = assigned()
    facts: list[FollowUpFact] = list(
        assign(board(), board().deliverables[0], [(t.id, t_of(t)) for t in tasks], None)[2]
    )
    task = tasks[0]
    for act in (Action.COMPLETE, Action.RETURN, Action.COMPLETE):
        done = complete(before, task, "x", AT) if act is Action.COMPLETE else take_back(before, task, act, "x", AT)
        before, task, facts = done.board, done.task, [*facts, *done.events]
    yield from (envelope(event, event.aggregate, seq) for seq, event in enumerate(facts, start=1))


def t_of(task: Task) -> Recipient:
    return Recipient(task.whom, task.place)


def descriptions() -> Iterator[Envelope]:
    programme: dict[str, Any] = {
        "programme": "p1",
        "code": "C",
        "title": "ชื่อ",
        "fiscal_year": 2563,
        "organiser": "PERS",
    }
    run = programme | {"run": "r1", "cohort": 1, "capacity": 9, "starts_at": RUN_STARTS, "ends_at": RUN_STARTS}
    run |= {"venue": Venue(), "sessions": (), "chair": None, "offset_seconds": 0}
    facts: list[tuple[str, list[Event]]] = [
        ("p1", [ProgrammeCreated.model_construct(**programme, kind="TRAINING", framework_tags=("ISSUE_2",))]),
        ("p2", [ProgrammePublished.model_construct(**programme | {"programme": "p2"})]),
        ("p3", [ProgrammeCancelled.model_construct(**programme | {"programme": "p3"})]),
        ("r1", [RunScheduled.model_construct(**run), RunOpened.model_construct(**run, units=())]),
        (
            "r2",
            [RunClosed.model_construct(**run | {"run": "r2"}), RunClockSet(programme="p1", run="r2", offset_seconds=9)],
        ),
        ("p4", [ProgrammeReopened.model_construct(**programme | {"programme": "p4"})]),
        ("r3", [RunReopened.model_construct(**run | {"run": "r3"}, units=())]),
        ("r4", [RunCloseOutFiled.model_construct(**run | {"run": "r4", "close_out_days": 9}, filed_at=RUN_STARTS)]),
        ("r5:REACTION", [released("REACTION"), released("REACTION", gains=5, gained=4)]),
        ("PO-50", [office()]),
        ("workshop:r1", [*WORKSHOP]),
        *certified(),
    ]
    for subject, events in facts:
        yield from (envelope(event, subject, seq) for seq, event in enumerate(events, start=1))


def folded() -> dict[str, Any]:
    batch = ProjectionBatch()
    for each in [*seats(), *descriptions(), *follow_ups()]:
        assert each.event is not None
        HANDLERS[type(each.event)](batch, each, each.event)
    described: list[Description] = [*batch.programmes.values(), *batch.runs.values(), *batch.units.values()]
    described += [*batch.evaluated.values(), *batch.workshops.values(), *batch.issues.values()]
    return {
        "rows": [document_of_row(row) for row in batch.rows.values()],
        "rollups": [update_of(change, change.now) for change in batch.changes.values() if change.now is not None],
        "follow_ups": [follow_up_update(change) for change in batch.follow_ups.values()],
        "described": [document_of(item) for item in described],
        "attendance": [attendance_update(change) for change in batch.attendance.values()],
        "absences": [absence_document(one) for one in batch.absences.values()],
    }


def digest() -> str:
    canonical = orjson.dumps(folded(), default=list, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    return hashlib.sha256(canonical).hexdigest()[:16]


def test_what_events_lead_to_has_not_changed_within_a_version() -> None:
    """Red after a change of folds or forms: raise FOLD_VERSION, then add its line above."""
    assert digest() == DIGESTS.get(FOLD_VERSION)
