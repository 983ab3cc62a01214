"""One realistic instance of every event: what a reader of the contract sees first. Made-up ids, public facts.

A new event whose fields are known by name needs nothing here.
"""

from datetime import UTC, date, datetime
from typing import Any, Final

from shared.events.attendance import AttendanceCorrected, PersonMark, Presence, SessionClosed, Via
from shared.events.catalogue import Official, RunClockSet, RunScheduled, Session, Venue
from shared.events.certificates import CertificateIssueEnded, Lack
from shared.events.delegations import DelegationGiven
from shared.events.directory import InPost, Membership, PersonMoved, PostFilled, PostFillingRevoked, UnitRegistered
from shared.events.envelope import Event
from shared.events.evaluation import AnswersAsked, AskedPerson, FormKind, QuestionSum
from shared.events.followups import FollowUpReopened, FollowUpTask, Per, ReopenedBecause
from shared.events.notification import MessageFailed
from shared.events.plans import (
    PlanAgreed,
    PlanDrafted,
    PlanReopened,
    PlanReopenedBecause,
    PlanRowCompleted,
    PlanRowNominated,
    PlanRowReopened,
    PlanSubmitted,
)
from shared.events.registry import EVENTS
from shared.events.seats import (
    Approver,
    BucketOpened,
    BucketRescheduled,
    BucketSeatsChanged,
    ConfirmedBy,
    NominationMoved,
    NominationState,
    NominationWaitlisted,
    NominationWithdrawn,
    Place,
    Rank,
    Regrouping,
    SeatsChangedBecause,
)
from shared.events.workshops import (
    GroupMember,
    GroupMembersLeft,
    GroupMembersPlaced,
    GroupsMade,
    IdeaAdopted,
    IdeaMeasured,
    IdeaResult,
    LeftBecause,
    PlacedBy,
    Spread,
)

PROGRAMME = "01992f6e-8c00-7000-8000-000000000001"
RUN = "01992f6e-8c00-7000-8000-000000000002"
PERSON = "01992f6e-8c00-7000-8000-000000000003"
NOMINATION = "01992f6e-8c00-7000-8000-000000000004"
RESERVE = "01992f6e-8c00-7000-8000-000000000005"
OTHER_RUN = "01992f6e-8c00-7000-8000-000000000008"
MESSAGE = "01992f6e-8c00-7000-8000-000000000006"
CERTIFICATE = "01992f6e-8c00-7000-8000-000000000008"
IDEA = "01992f6e-8c00-7000-8000-000000000009"
TASK = "01992f6e-8c00-7000-8000-000000000009"
PLAN = "01992f6e-8c00-7000-8000-000000000010"
OFFICER = "01992f6e-8c00-7000-8000-000000000012"
SUPERVISOR = "01992f6e-8c00-7000-8000-000000000011"
DELEGATION = "01992f6e-8c00-7000-8000-000000000013"
HOLDING = "01992f6e-8c00-7000-8000-000000000007"
STARTS = datetime(2020, 8, 31, 6, 0, tzinfo=UTC)
ENDS = datetime(2020, 8, 31, 9, 30, tzinfo=UTC)
AWAY_FROM, AWAY_UNTIL = datetime(2020, 7, 31, 17, 0, tzinfo=UTC), datetime(2020, 8, 7, 17, 0, tzinfo=UTC)
DUE = datetime(2020, 8, 7, 17, 0, tzinfo=UTC)  # the end of the 7th in Bangkok
FILED = datetime(2020, 10, 28, 4, 0, tzinfo=UTC)

_MARK: Final = PersonMark(
    nomination=NOMINATION,
    person=PERSON,
    target="PROV_HR",
    bucket_unit="PO-50",
    place=Place(unit="PO-50.HR", province="50", group="NU1", region="N"),
    presence=Presence.PRESENT,
    minutes=210,
    held=210,
    times=1,
    missed=0,
)
_MEMBER: Final = GroupMember(
    nomination=NOMINATION,
    person=PERSON,
    target="PROV_HR",
    bucket_unit="PO-50",
    place=Place(unit="PO-50.HR", province="50", group="NU1", region="N"),
    group=1,
)
_TASK: Final = FollowUpTask(task=TASK, place=Place(unit="PO-50", province="50", group="NU1", region="N"))
# By the name of the field; a field with a default that is not here keeps it.
_FIELDS: Final[dict[str, Any]] = {
    "programme": PROGRAMME,
    "run": RUN,
    "code": "PERS-2563-001",
    "title": "โครงการเพิ่มประสิทธิภาพการบริหารทรัพยากรบุคคล ประจำปีงบประมาณ พ.ศ. 2563",
    "fiscal_year": 2563,
    "organiser": "PERS",
    "framework_tags": ("ISSUE_2",),
    "cohort": 1,
    "capacity": 100,
    "starts_at": STARTS,
    "ends_at": ENDS,
    "filed_at": FILED,
    "venue": Venue(name="โรงแรมเอสดี อเวนิว", district="เขตบางพลัด", province_code="10"),
    "sessions": (Session(starts_at=STARTS, ends_at=ENDS),),
    "chair": Official(name="นายณัฐภัทร สุวรรณประทีป", position="หัวหน้าผู้ตรวจราชการกระทรวงมหาดไทย"),
    "units": ("PO-50", "PO-95", "OPS"),
    "target": "PROV_HR",
    "bucket_unit": "PO-50",
    "run_starts_at": STARTS,
    "seats": 1,
    "settled": 1,
    "nomination": NOMINATION,
    "person": PERSON,
    "rank": Rank.PRIMARY,
    "place": Place(unit="PO-50.HR", province="50", group="NU1", region="N"),
    "before": NominationState.SUBMITTED,
    "by": ConfirmedBy.APPROVAL,
    "to_run": OTHER_RUN,
    "step": Approver.SUPERVISOR,
    "next_step": Approver.ORGANISER,
    "due_at": DUE,
    "expires_at": DUE,
    "pool": "PO",
    "unit": "PO-50.HR",
    "level": "K2",
    "post": None,
    "holding": HOLDING,
    "in_post": InPost.HOLDER,
    "key_id": "k1",
    "sealed": "bm9uY2UgYW5kIGNpcGhlcnRleHQ=",
    "message": MESSAGE,
    "series": "PERS:2563",
    "serial": 1,
    "certificate": CERTIFICATE,
    "recipient": PERSON,
    "channel": "EMAIL",
    "attempts": 1,
    "form": FormKind.REACTION,
    "forms": (FormKind.POST, FormKind.REACTION),
    "form_key": "REACTION",
    "form_version": 1,
    "measure": "overall",
    "answers": 5,
    "questions": (QuestionSum(question="overall", answers=5, counts={"4": 2, "5": 3}, total=23),),
    "session": 1,
    "reminders": ("D-7", "D-1"),
    "via": Via.LIST,
    "marks": (_MARK,),
    "sizes": (10, 10, 10, 10, 10),
    "spread": (Spread.UNIT, Spread.LEVEL),
    "members": (_MEMBER,),
    "idea": IDEA,
    "group": 1,
    "indicators": 1,
    "results": (IdeaResult(idea=IDEA, group=1, rank=1, points=17.5, judges=4),),
    "award": 1,
    "since": date(2021, 1, 4),
    "indicator": 1,
    "on": date(2021, 6, 30),
    "reached": True,
    "deliverable": "PLAN_REVIEW_FY2566",
    "per": Per.PROVINCE,
    "due": date(2021, 1, 29),
    "task": _TASK,
    "tasks": (_TASK,),
    "plan": PLAN,
    "actor": SUPERVISOR,
    "delegation": DELEGATION,
    "absent": SUPERVISOR,
    "delegate": PERSON,
    "steps": (Approver.SUPERVISOR,),
    "rows": 3,
    "rows_done": 1,
    "row": 1,
}
# Where the same name means another thing, or the story wants another value.
_ELSEWHERE: Final[dict[type[Event], dict[str, Any]]] = {
    UnitRegistered: {
        "unit": "PO-50",
        "kind": "PROVINCIAL_OFFICE",
        "parent": "OPS",
        "name_th": "สำนักงานจังหวัดเชียงใหม่",
        "name_en": "Chiang Mai Provincial Office",
        "province": "50",
        "province_th": "เชียงใหม่",
        "province_en": "Chiang Mai",
        "memberships": (Membership(group="NU1", region="N", valid_from=date(2009, 10, 1)),),
    },
    DelegationGiven: {"starts_at": AWAY_FROM, "ends_at": AWAY_UNTIL},
    PersonMoved: {"unit": "PO-51.HR"},
    PostFilled: {"unit": "PO-50", "post": "PROV_HEAD", "valid_from": date(2019, 10, 1)},
    PostFillingRevoked: {"unit": "PO-50", "post": "PROV_HEAD"},
    RunScheduled: {"revision": 0},
    RunClockSet: {"offset_seconds": -196_000_000},
    BucketOpened: {"place": Place(unit="PO-50", province="50", group="NU1", region="N")},
    BucketSeatsChanged: {"seats": 2, "before": 1, "because": SeatsChangedBecause.RELEASED, "received": 1},
    BucketRescheduled: {
        "place": Place(unit="PO-50", province="50", group="NU1", region="N"),
        "regrouped": (Regrouping(province="50", group="NU1", region="N"),),
    },
    NominationMoved: {"from_unit": "PO-50.HR", "to_unit": "PO-51.HR", "asked": True, "organiser": "PERS"},
    NominationWaitlisted: {"nomination": RESERVE, "rank": Rank.RESERVE},
    NominationWithdrawn: {"before": NominationState.CONFIRMED},
    AnswersAsked: {
        "closes_at": datetime(2020, 9, 30, 17, 0, tzinfo=UTC),
        "people": (AskedPerson(nomination=NOMINATION, person=PERSON, unit="PO-50.HR"),),
    },
    AttendanceCorrected: {
        "via": Via.CORRECTION,
        "marks": (
            _MARK.model_copy(
                update={
                    "presence": Presence.LATE,
                    "minutes": 150,
                    "before": Presence.PRESENT,
                    "before_minutes": 210,
                    "times_before": 1,
                }
            ),
        ),
    },
    SessionClosed: {"minutes": 210},
    GroupMembersLeft: {"because": LeftBecause.SEAT_LOST},
    GroupMembersPlaced: {"by": PlacedBy.RULE, "last": True},
    GroupsMade: {"sizes": (0, 0, 0, 0, 0)},
    IdeaAdopted: {"unit": "PO-50"},
    IdeaMeasured: {"unit": "PO-50"},
    CertificateIssueEnded: {"seats": 100, "issued": 90, "held": 0, "lacking": (Lack(what="REACTION", people=7),)},
    FollowUpReopened: {"because": ReopenedBecause.RETURNED},
    PlanDrafted: {"actor": PERSON, "rows": 0, "rows_done": 0},
    PlanSubmitted: {"actor": PERSON, "rows_done": 0},
    PlanAgreed: {"rows_done": 0},
    PlanReopened: {"because": PlanReopenedBecause.RETURNED, "rows_done": 0},
    PlanRowCompleted: {"actor": PERSON},
    PlanRowReopened: {"actor": PERSON, "rows_done": 0},
    PlanRowNominated: {"actor": OFFICER, "rows_done": 0},
    MessageFailed: {"attempts": 3, "code": "address-refused"},
}
# What `kind` says differs from event to event.
_KINDS: Final = {"enrolment.programme": "TRAINING_PROJECT", "notification.message": "CONFIRMED"}


def example(event: type[Event]) -> Event:
    """Raises LookupError for a field without a value here."""
    chosen = {**_FIELDS, **_ELSEWHERE.get(event, {})}
    if kind := _KINDS.get(event.type.partition("-")[0]):
        chosen.setdefault("kind", kind)
    missing = [name for name, field in event.model_fields.items() if name not in chosen and field.is_required()]
    if missing:
        fields = f"{', '.join(missing)} of {event.__name__}"
        raise LookupError(f"no example for {fields}: give a value by field name in shared/events/examples.py, _FIELDS")
    return event(**{name: chosen[name] for name in event.model_fields if name in chosen})


EXAMPLES: Final[dict[str, Event]] = {name: example(event) for name, event in EVENTS.items()}
