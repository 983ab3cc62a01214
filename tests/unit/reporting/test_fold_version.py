"""The folds are what FOLD_VERSION says they are: a change of what events lead to must raise it."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson

from services.reporting.projecting.domain.descriptions import Description
from services.reporting.projecting.domain.generations import FOLD_VERSION
from services.reporting.projecting.handlers import HANDLERS, ProjectionBatch
from services.reporting.storage.documents import document_of, document_of_row, update_of
from shared.events.catalogue import (
    ProgrammeCancelled,
    ProgrammeCreated,
    ProgrammePublished,
    RunClockSet,
    RunClosed,
    RunOpened,
    RunScheduled,
    Venue,
)
from shared.events.directory import Membership, UnitRegistered
from shared.events.envelope import Envelope, Event
from shared.events.seats import BucketRescheduled, Rank, Regrouping
from tests.unit.reporting.histories import CHIANG_MAI, PERSONNEL, RUN_STARTS, YALA, History, envelope

# One line per version, and never another digest for a version: a database may hold what it folded.
DIGESTS = {1: "1e32ee3c152e920b"}


def seats() -> list[Envelope]:
    """Everything that can happen to buckets and nominations."""
    office = History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI).nominate("b", CHIANG_MAI).withdraw("a")
    office.change_seats(2).nominate("c", CHIANG_MAI, Rank.RESERVE, needs_approval=True).reject("c").close()
    centre = History.of(PERSONNEL, 1, target="ALL").nominate("d", PERSONNEL, needs_approval=True).approve("d")
    centre.nominate("e", YALA).substitute("d", "f")
    return [*office.envelopes, *centre.envelopes, moved(centre)]


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
        ("PO-50", [office()]),
    ]
    for subject, events in facts:
        yield from (envelope(event, subject, seq) for seq, event in enumerate(events, start=1))


def folded() -> dict[str, Any]:
    batch = ProjectionBatch()
    for each in [*seats(), *descriptions()]:
        assert each.event is not None
        HANDLERS[type(each.event)](batch, each, each.event)
    described: list[Description] = [*batch.programmes.values(), *batch.runs.values(), *batch.units.values()]
    return {
        "rows": [document_of_row(row) for row in batch.rows.values()],
        "rollups": [update_of(change, change.now) for change in batch.changes.values() if change.now is not None],
        "described": [document_of(item) for item in described],
    }


def digest() -> str:
    canonical = orjson.dumps(folded(), default=list, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    return hashlib.sha256(canonical).hexdigest()[:16]


def test_what_events_lead_to_has_not_changed_within_a_version() -> None:
    """Red after a change of folds or forms: raise FOLD_VERSION, then add its line above."""
    assert digest() == DIGESTS.get(FOLD_VERSION)
