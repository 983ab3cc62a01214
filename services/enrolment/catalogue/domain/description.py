"""The description of a programme, and whether it is consistent. Pure."""

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.enrolment.catalogue.domain.approval import SUPERVISOR_ALONE, Route, check_route
from services.enrolment.catalogue.domain.checks import DEFAULTS, Checks, check_prerequisites
from services.enrolment.catalogue.domain.eligibility import TargetGroup
from services.enrolment.catalogue.domain.form_refusals import FormTwice
from services.enrolment.catalogue.domain.refusals import SeatsAboveTotal, TargetTwice, UnknownFunction
from services.enrolment.catalogue.domain.release import ReleaseAt, ReleaseRule
from services.enrolment.catalogue.domain.rules_of_certificates import CertificateRule
from services.enrolment.catalogue.domain.waiting_lists import OWN_UNIT_ALONE, WaitingLists
from services.enrolment.directory import POSTS, UnknownLevel, UnknownPost, UnknownUnit, bundled
from shared.events.catalogue import USUAL_CLOSE_OUT_DAYS, USUAL_REMINDERS, Official
from shared.events.evaluation import FormKind

REPEATED_YEARS: Final = 3


class Kind(StrEnum):
    TRAINING_PROJECT = "TRAINING_PROJECT"
    TRAINING = "TRAINING"
    WORKSHOP = "WORKSHOP"
    WORKSHOP_MEETING = "WORKSHOP_MEETING"


class OnMove(StrEnum):
    """What becomes of a nomination whose person moves to another office. STAY: it stays where it is. ASK: the organiser
    decides; until then it stays. FOLLOW: it goes to the seats of the new office, where it can; else as ASK."""

    STAY = "STAY"
    ASK = "ASK"
    FOLLOW = "FOLLOW"


@dataclass(frozen=True)
class Description:
    """Everything that people write about a programme. `organiser` None: not known, or the whole ministry.

    `plan_years` are the fiscal years of the plans that it serves. `approval_route`: who approves
    nominations in turn; without a step they are decided at once. `four_eyes`: nobody approves the own nomination, one
    that he or she made, or a second step of one. `applications`: people apply themselves, too.
    `course`: what is taught, if it is taught by several programmes; None: by this one alone. Who had a seat in it
    during the last `repeated_years` repeats it.
    `prerequisites`: courses of which people are to have a certificate, all of them.
    `forms`: what those who take part are asked, and their superiors about them.
    `close_out_days`: after the last day of a run, until its close-out is due.
    `certificate`: by which rule; None: there are none.
    `reminders`: how many days before a run whoever has a seat is reminded, as `D-7`.
    `release_at`: when seats that nobody has claimed go back, if ever; `release_rule`: who gets them then.
    """

    code: str
    title: str
    fiscal_year: int
    kind: Kind
    organiser: str | None = None
    chair: Official | None = None
    reporter: Official | None = None
    speakers: tuple[Official, ...] = ()
    methods: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    expected_outcomes: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    framework_tags: tuple[str, ...] = ()
    plan_years: tuple[int, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    total_seats: int | None = None
    approval_route: Route = SUPERVISOR_ALONE
    four_eyes: bool = True
    applications: bool = True
    checks: Checks = DEFAULTS
    course: str | None = None
    repeated_years: int = REPEATED_YEARS
    prerequisites: tuple[str, ...] = ()
    on_move: OnMove = OnMove.STAY
    close_out_days: int = USUAL_CLOSE_OUT_DAYS
    forms: tuple[FormKind, ...] = ()
    certificate: CertificateRule | None = None
    waiting_lists: WaitingLists = OWN_UNIT_ALONE
    release_at: ReleaseAt | None = None
    release_rule: ReleaseRule = ReleaseRule.WAITING_ORDER
    reminders: tuple[str, ...] = USUAL_REMINDERS

    def release_for(self, own: ReleaseAt | None) -> ReleaseAt | None:
        """Of a run that may have a day of its own."""
        return self.release_at if own is None else own

    @property
    def course_key(self) -> str:
        """What tells courses apart. A code has a running number in its year: without the year it would be that of
        another course."""
        return self.course or self.code


def check_description(description: Description) -> None:
    """Raises FormTwice, TargetTwice, SeatsAboveTotal, NobodyToEscalateTo, and the refusals of policies."""
    check_route(description.approval_route)
    check_prerequisites(description.checks, description.prerequisites, description.course_key)
    for form in description.forms:
        if description.forms.count(form) > 1:
            raise FormTwice(form=form.value)
    seen: set[str] = set()
    for target in description.target_groups:
        if target.key in seen:
            raise TargetTwice(target=target.key)
        seen.add(target.key)
    seats = split_seats(description)
    if description.total_seats is not None and seats > description.total_seats:
        raise SeatsAboveTotal(seats=seats, total=description.total_seats)


def split_seats(description: Description) -> int:
    """The seats assigned to target groups; a total that is not split does not count."""
    return sum(target.seats or 0 for target in description.target_groups)


def check_known(description: Description, units: Container[str]) -> None:
    """Units, levels, posts and work groups that a description names must exist: a typing error in a rule would exclude
    everybody. Raises UnknownUnit, UnknownFunction, UnknownLevel and UnknownPost."""
    if description.organiser is not None and description.organiser not in units:
        raise UnknownUnit(unit=description.organiser)
    for target in description.target_groups:
        _check_unit(target, units)
        for level in target.levels:
            if level not in bundled().positions:
                raise UnknownLevel(level=level)
        for post in target.posts:
            if post not in POSTS:
                raise UnknownPost(post=post)


def _check_unit(target: TargetGroup, units: Container[str]) -> None:
    if target.unit is None or target.unit == "PO":
        return
    if not target.unit.startswith("PO."):
        if target.unit not in units:
            raise UnknownUnit(unit=target.unit)
    elif all(unit.function != target.unit.removeprefix("PO.") for unit in bundled().units.values()):
        raise UnknownFunction(function=target.unit)
