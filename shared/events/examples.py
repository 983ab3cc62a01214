"""One realistic instance of every event: what a reader of the contract sees first. Made-up ids, public facts."""

from datetime import UTC, date, datetime
from typing import Any

from shared.events import enrolment as e
from shared.events import notification as n
from shared.events.envelope import Event

PROGRAMME = "01992f6e-8c00-7000-8000-000000000001"
RUN = "01992f6e-8c00-7000-8000-000000000002"
PERSON = "01992f6e-8c00-7000-8000-000000000003"
NOMINATION = "01992f6e-8c00-7000-8000-000000000004"
RESERVE = "01992f6e-8c00-7000-8000-000000000005"
MESSAGE = "01992f6e-8c00-7000-8000-000000000006"
STARTS = datetime(2020, 8, 31, 6, 0, tzinfo=UTC)
ENDS = datetime(2020, 8, 31, 9, 30, tzinfo=UTC)
TITLE = "โครงการเพิ่มประสิทธิภาพการบริหารทรัพยากรบุคคล ประจำปีงบประมาณ พ.ศ. 2563"

_UNIT: dict[str, Any] = {
    "unit": "PO-50",
    "kind": "PROVINCIAL_OFFICE",
    "parent": "OPS",
    "name_th": "สำนักงานจังหวัดเชียงใหม่",
    "name_en": "Chiang Mai Provincial Office",
    "province": "50",
    "province_th": "เชียงใหม่",
    "province_en": "Chiang Mai",
    "memberships": (e.Membership(group="NU1", region="N", valid_from=date(2009, 10, 1)),),
}
_PERSON: dict[str, Any] = {"person": PERSON, "unit": "PO-50.HR", "level": "K2", "post": None}
_PROGRAMME: dict[str, Any] = {
    "programme": PROGRAMME,
    "code": "PERS-2563-001",
    "title": TITLE,
    "fiscal_year": 2563,
    "organiser": "PERS",
}
_DRAFT: dict[str, Any] = {**_PROGRAMME, "kind": "TRAINING_PROJECT", "framework_tags": ("ISSUE_2",)}
_RUN: dict[str, Any] = {
    "programme": PROGRAMME,
    "run": RUN,
    "code": "PERS-2563-001",
    "title": TITLE,
    "fiscal_year": 2563,
    "cohort": 1,
    "capacity": 100,
    "starts_at": STARTS,
    "ends_at": ENDS,
    "venue": e.Venue(name="โรงแรมเอสดี อเวนิว", district="เขตบางพลัด", province_code="10"),
    "sessions": (e.Session(starts_at=STARTS, ends_at=ENDS),),
    "chair": e.Official(name="นายณัฐภัทร สุวรรณประทีป", position="หัวหน้าผู้ตรวจราชการกระทรวงมหาดไทย"),
}
_PLACE = e.Place(unit="PO-50.HR", province="50", group="NU1", region="N")
_BUCKET: dict[str, Any] = {
    "programme": PROGRAMME,
    "run": RUN,
    "target": "PROV_HR",
    "unit": "PO-50",
    "fiscal_year": 2563,
    "run_starts_at": STARTS,
}
_NOMINATION: dict[str, Any] = {
    **_BUCKET,
    "nomination": NOMINATION,
    "person": PERSON,
    "rank": e.Rank.PRIMARY,
    "place": _PLACE,
}
_MESSAGE: dict[str, Any] = {
    "message": MESSAGE,
    "recipient": PERSON,
    "channel": "EMAIL",
    "kind": "CONFIRMED",
    "run": RUN,
}
_SUBMITTED, _CONFIRMED = e.NominationState.SUBMITTED, e.NominationState.CONFIRMED

_DATA: dict[type[Event], dict[str, Any]] = {
    e.UnitRegistered: _UNIT,
    e.PersonRegistered: _PERSON,
    e.PersonMoved: {**_PERSON, "unit": "PO-51.HR"},
    e.ContactChanged: {"person": PERSON, "key_id": "k1", "sealed": "bm9uY2UgYW5kIGNpcGhlcnRleHQ="},
    e.ContactErased: {"person": PERSON},
    e.ProgrammeCreated: _DRAFT,
    e.ProgrammeRevised: _DRAFT,
    e.ProgrammeSubmitted: _PROGRAMME,
    e.ProgrammeApproved: _PROGRAMME,
    e.ProgrammePublished: _PROGRAMME,
    e.ProgrammeClosed: _PROGRAMME,
    e.ProgrammeCancelled: _PROGRAMME,
    e.RunScheduled: {**_RUN, "revision": 0},
    e.RunOpened: {**_RUN, "units": ("PO-50", "PO-95", "OPS")},
    e.RunClosed: _RUN,
    e.RunCancelled: _RUN,
    e.RunClockSet: {"programme": PROGRAMME, "run": RUN, "offset_seconds": -196_000_000},
    e.BucketOpened: {**_BUCKET, "seats": 1, "place": e.Place(unit="PO-50", province="50", group="NU1", region="N")},
    e.BucketSeatsChanged: {**_BUCKET, "seats": 2, "before": 1},
    e.BucketClosed: _BUCKET,
    e.NominationSubmitted: _NOMINATION,
    e.SeatConfirmed: {**_NOMINATION, "before": _SUBMITTED, "by": e.ConfirmedBy.APPROVAL},
    e.NominationWaitlisted: {
        **_NOMINATION,
        "nomination": RESERVE,
        "rank": e.Rank.RESERVE,
        "before": _SUBMITTED,
    },
    e.NominationRejected: _NOMINATION,
    e.NominationWithdrawn: {**_NOMINATION, "before": _CONFIRMED},
    n.MessageSent: {**_MESSAGE, "attempts": 1},
    n.MessageFailed: {**_MESSAGE, "attempts": 3, "code": "address-refused"},
}

EXAMPLES: dict[str, Event] = {kind.type: kind(**data) for kind, data in _DATA.items()}
