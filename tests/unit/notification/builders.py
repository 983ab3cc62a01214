"""Runs, nominations, messages and events as the tests of notification need them: scenario A unless told otherwise."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.notification.domain import Addressee, Kind, Message, message_id
from services.notification.read_model import Nomination, Run, RunState
from shared.clock import BANGKOK
from shared.events.enrolment import NominationState, Official, Place, RunScheduled, Session, Venue
from shared.events.envelope import Envelope, Event

START = datetime(2020, 8, 31, 13, 0, tzinfo=BANGKOK)
NOW = datetime(2020, 8, 1, 3, 0, tzinfo=UTC)
TITLE = "โครงการเพิ่มประสิทธิภาพการบริหารทรัพยากรบุคคล"
VENUE = Venue(name="โรงแรมเอสดี อเวนิว", district="เขตบางพลัด", province_code="10")
CHAIR = Official(name="นายณัฐภัทร สุวรรณประทีป", position="หัวหน้าผู้ตรวจราชการกระทรวงมหาดไทย")
CHIANG_MAI = Place(unit="PO-50", province="50", group="NU1", region="N")


def run(**changes: Any) -> Run:
    made = Run(
        id="run-1",
        programme="programme-1",
        code="PERS-2563-001",
        title=TITLE,
        cohort=1,
        starts_at=START,
        ends_at=START + timedelta(hours=3),
        venue=VENUE,
        sessions=(),
        chair=CHAIR,
        state=RunState.OPEN,
    )
    return replace(made, **changes)


def nomination(**changes: Any) -> Nomination:
    made = Nomination(
        id="nomination-1",
        run="run-1",
        person="person-1",
        unit="PO-50",
        bucket_unit="PO-50",
        state=NominationState.CONFIRMED,
        confirmed_at=NOW,
    )
    return replace(made, **changes)


def message(**changes: Any) -> Message:
    made = Message(
        id=message_id("run-1:t:PO-50:2", "person-1", Kind.CONFIRMED),
        kind=Kind.CONFIRMED,
        recipient="person-1",
        addressee=Addressee.PERSON,
        unit="PO-50",
        run="run-1",
        reason="run-1:t:PO-50:2",
        created_at=NOW,
        due_at=NOW,
        nomination="nomination-1",
        seated=True,
    )
    return replace(made, **changes)


def run_facts(**changes: Any) -> dict[str, Any]:
    """What every event of a run carries."""
    return {
        "programme": "programme-1",
        "run": "run-1",
        "code": "PERS-2563-001",
        "title": TITLE,
        "fiscal_year": 2563,
        "cohort": 1,
        "capacity": 100,
        "starts_at": START,
        "ends_at": START + timedelta(hours=3),
        "venue": VENUE,
        "sessions": (),
    } | changes


def scheduled(**changes: Any) -> RunScheduled:
    return RunScheduled(**run_facts(**changes))


def seat_facts(**changes: Any) -> dict[str, Any]:
    """What every event of a nomination carries."""
    return {
        "programme": "programme-1",
        "run": "run-1",
        "target": "t",
        "unit": "PO-50",
        "fiscal_year": 2563,
        "run_starts_at": START,
        "nomination": "nomination-1",
        "person": "person-1",
        "rank": "PRIMARY",
        "place": CHIANG_MAI,
    } | changes


def enveloped(event: Event, subject: str = "run-1", seq: int = 1, occurred_at: datetime = NOW) -> Envelope:
    return Envelope(
        id=f"{subject}:{seq}",
        source="/pattana/enrolment",
        type=event.type,
        subject=subject,
        sequence=seq,
        time=NOW,
        occurred_at=occurred_at,
        key="run-1",
        correlation="request-1",
        causation=None,
        traceparent=None,
        event=event,
    )


def sitting(day: int, hour: int = 9, hours: int = 3, title: str | None = None) -> Session:
    starts = datetime(2020, 8, 31, hour, tzinfo=BANGKOK) + timedelta(days=day)
    return Session(starts_at=starts, ends_at=starts + timedelta(hours=hours), title=title)
