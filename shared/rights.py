"""The one table of rights: permission x role, and how far each role levels. Pure: no HTTP, no tokens, no clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from typing import Any, Final


class Role(StrEnum):
    HR_OFFICER = "HR_OFFICER"
    EXECUTIVE = "EXECUTIVE"
    PROVINCIAL_HR = "PROVINCIAL_HR"
    SUPERVISOR = "SUPERVISOR"
    LEARNER = "LEARNER"
    OCSC_OBSERVER = "OCSC_OBSERVER"
    OPERATOR = "OPERATOR"
    INTEGRATION = "INTEGRATION"
    DEVICE = "DEVICE"


class Permission(StrEnum):
    PROGRAMME_WRITE = "programme.write"
    PROGRAMME_APPROVE = "programme.approve"
    PROGRAMME_PUBLISH = "programme.publish"
    PROGRAMME_READ = "programme.read"
    UNIT_READ = "unit.read"
    UNIT_IMPORT = "unit.import"
    PERSON_READ = "person.read"
    PERSON_IMPORT = "person.import"
    PERSON_ERASE = "person.erase"
    PERSON_EXPORT = "person.export"
    POST_WRITE = "post.write"
    NOMINATION_WRITE = "nomination.write"
    NOMINATION_APPLY = "nomination.apply"
    NOMINATION_WITHDRAW = "nomination.withdraw"
    NOMINATION_ANSWER = "nomination.answer"
    NOMINATION_APPROVE = "nomination.approve"
    NOMINATION_STAND_IN = "nomination.stand-in"
    NOMINATION_READ = "nomination.read"
    NOMINATION_MOVE = "nomination.move"
    LATE_ENTRY = "nomination.late-entry"
    FORM_WRITE = "form.write"
    EVALUATION_ANSWER = "evaluation.answer"
    EVALUATION_ASSESS = "evaluation.assess"
    EVALUATION_READ = "evaluation.read"
    EVALUATION_MARKS = "evaluation.marks"
    CERTIFICATE_ISSUE = "certificate.issue"
    CERTIFICATE_READ = "certificate.read"
    PAPER_ISSUE = "paper.issue"
    PAPER_READ = "paper.read"
    LETTERHEAD_WRITE = "letterhead.write"
    ATTENDANCE_READ = "attendance.read"
    ATTENDANCE_RECORD = "attendance.record"
    ATTENDANCE_MANAGE = "attendance.manage"
    GROUP_READ = "group.read"
    GROUP_MANAGE = "group.manage"
    IDEA_READ = "idea.read"
    IDEA_WRITE = "idea.write"
    IDEA_JUDGE = "idea.judge"
    ATTENDANCE_SELF = "attendance.self"
    FOLLOWUP_MANAGE = "followup.manage"
    FOLLOWUP_COMPLETE = "followup.complete"
    FOLLOWUP_READ = "followup.read"
    PLAN_WRITE = "plan.write"
    PLAN_AGREE = "plan.agree"
    PLAN_READ = "plan.read"
    ATTENDANCE_DEVICE = "attendance.device"
    REPORT_READ = "report.read"
    REPORT_NAMES = "report.names"
    MESSAGE_READ = "message.read"
    INBOX_READ = "inbox.read"
    REMINDER_RUN = "reminder.run"
    CLOCK_SET = "clock.set"
    SYSTEM_OPERATE = "system.operate"
    SECURITY_READ = "security.read"


P = Permission
_EVERYBODY: Final = frozenset({P.PROGRAMME_READ, P.UNIT_READ})  # programmes and units are no secret of any person
_SELF: Final = {P.EVALUATION_ANSWER, P.ATTENDANCE_SELF, P.INBOX_READ, P.PERSON_EXPORT}
_PEOPLE: Final = _EVERYBODY | _SELF  # whatever else they do
_JURY: Final = frozenset({P.IDEA_READ, P.IDEA_JUDGE})
_GROUPS: Final = _JURY | {P.GROUP_READ, P.GROUP_MANAGE, P.IDEA_WRITE}

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.HR_OFFICER: _PEOPLE
    | _GROUPS
    | {
        P.PROGRAMME_WRITE,
        P.PROGRAMME_PUBLISH,
        P.UNIT_IMPORT,
        *(P.PERSON_READ, P.PERSON_IMPORT, P.PERSON_ERASE),
        P.POST_WRITE,
        *(P.NOMINATION_WRITE, P.NOMINATION_WITHDRAW, P.NOMINATION_ANSWER, P.NOMINATION_APPROVE),
        *(P.NOMINATION_STAND_IN, P.NOMINATION_READ, P.NOMINATION_MOVE, P.LATE_ENTRY),
        *(P.FORM_WRITE, P.EVALUATION_READ, P.EVALUATION_MARKS),
        *(P.CERTIFICATE_ISSUE, P.CERTIFICATE_READ),
        *(P.PAPER_ISSUE, P.PAPER_READ, P.LETTERHEAD_WRITE),
        *(P.FOLLOWUP_MANAGE, P.FOLLOWUP_COMPLETE, P.FOLLOWUP_READ, P.PLAN_READ),
        *(P.ATTENDANCE_READ, P.ATTENDANCE_RECORD, P.ATTENDANCE_MANAGE),
        P.REPORT_READ,
        P.REPORT_NAMES,
        P.MESSAGE_READ,
        P.REMINDER_RUN,
    },
    Role.EXECUTIVE: _PEOPLE | _JURY | {P.PROGRAMME_APPROVE, P.EVALUATION_READ, P.REPORT_READ},
    Role.PROVINCIAL_HR: _PEOPLE
    | {
        P.PERSON_READ,
        P.POST_WRITE,
        P.NOMINATION_WRITE,
        P.NOMINATION_WITHDRAW,
        P.NOMINATION_ANSWER,
        P.NOMINATION_APPROVE,
        P.NOMINATION_STAND_IN,
        P.NOMINATION_READ,
        *(P.CERTIFICATE_READ, P.PAPER_READ, P.LETTERHEAD_WRITE),
        *(P.FOLLOWUP_COMPLETE, P.FOLLOWUP_READ, P.PLAN_READ),
        P.ATTENDANCE_READ,
        P.GROUP_READ,
        P.REPORT_READ,
        P.REPORT_NAMES,
        P.MESSAGE_READ,
    },
    Role.SUPERVISOR: _PEOPLE
    | {
        P.PERSON_READ,
        P.NOMINATION_APPROVE,
        P.NOMINATION_STAND_IN,
        P.NOMINATION_READ,
        P.EVALUATION_ASSESS,
        P.CERTIFICATE_READ,
        *(P.FOLLOWUP_READ, P.PLAN_AGREE, P.PLAN_READ),
        P.ATTENDANCE_READ,
        P.GROUP_READ,
        P.REPORT_READ,
        P.REPORT_NAMES,
    },
    Role.LEARNER: _PEOPLE
    | {P.GROUP_READ, P.IDEA_READ, P.IDEA_WRITE}
    | {
        P.PERSON_READ,
        P.NOMINATION_APPLY,
        P.NOMINATION_WITHDRAW,
        P.NOMINATION_ANSWER,
        P.NOMINATION_STAND_IN,
        P.NOMINATION_READ,
        P.EVALUATION_MARKS,
        P.CERTIFICATE_READ,
        *(P.FOLLOWUP_COMPLETE, P.FOLLOWUP_READ, P.PLAN_WRITE, P.PLAN_READ),
        P.ATTENDANCE_READ,
    },
    Role.OCSC_OBSERVER: _EVERYBODY | {P.REPORT_READ},
    Role.OPERATOR: _EVERYBODY | {P.UNIT_IMPORT, P.REMINDER_RUN, P.CLOCK_SET, P.SYSTEM_OPERATE, P.SECURITY_READ},
    Role.INTEGRATION: _EVERYBODY | {P.UNIT_IMPORT, P.PERSON_IMPORT},
    # A telephone at a door is nobody: it reads the list of its run and uploads what it has scanned, and no more.
    Role.DEVICE: frozenset({P.ATTENDANCE_DEVICE}),
}


class ScopeLevel(IntEnum):
    PERSON = 1
    UNIT = 2
    ALL = 3


SCOPE_LEVELS: Final[Mapping[Role, ScopeLevel]] = {
    Role.HR_OFFICER: ScopeLevel.ALL,
    Role.EXECUTIVE: ScopeLevel.ALL,
    Role.PROVINCIAL_HR: ScopeLevel.UNIT,
    Role.SUPERVISOR: ScopeLevel.UNIT,
    Role.LEARNER: ScopeLevel.PERSON,
    Role.OCSC_OBSERVER: ScopeLevel.ALL,
    Role.OPERATOR: ScopeLevel.ALL,
    Role.INTEGRATION: ScopeLevel.ALL,
    Role.DEVICE: ScopeLevel.PERSON,
}
# Who is told counts only as far as nobody can be singled out.
SUPPRESSED: Final = frozenset({Role.OCSC_OBSERVER})
# Who sees what is not published yet.
_INSIDERS: Final = frozenset({P.PROGRAMME_WRITE, P.PROGRAMME_APPROVE, P.SYSTEM_OPERATE})
NAMES: Final = frozenset({Role.HR_OFFICER, Role.PROVINCIAL_HR, Role.SUPERVISOR, Role.LEARNER})

CENTRAL_POOL: Final = "OPS"
PROVINCIAL_POOL: Final = "PO"  # of all provincial offices: a bucket unit, and no unit of anybody
POOLS: Final = frozenset({CENTRAL_POOL, PROVINCIAL_POOL})
_PROVINCIAL: Final = "PO-"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a permission levels: everything, or a unit and what is below it, or one person; the last two may join.

    `names` says whether people may be told apart; without it only aggregates may be answered.
    """

    all: bool = False
    unit: str | None = None
    person: str | None = None
    names: bool = False

    def covers_unit(self, unit: str) -> bool:
        return self.all or (self.unit is not None and _below(unit, self.unit))

    def covers_person(self, person: str) -> bool:
        return self.all or self.person == person

    @property
    def own_only(self) -> bool:
        """Whether it reaches nobody but one person."""
        return not self.all and self.unit is None

    def unit_pattern(self) -> str | None:
        """The same as `covers_unit` as a regular expression for queries; None when the scope has no bound unit."""
        if self.all or self.unit is None:
            return None
        if self.unit == CENTRAL_POOL:
            return f"^(?!{PROVINCIAL_POOL}(-|$))"
        return rf"^{re.escape(self.unit)}(\.|$)"

    def condition(self, *, unit: str, person: str, **of_person: Any) -> dict[str, Any]:
        """The scope as a condition of a query, on the fields that hold the unit and the person; `of_person` is what
        else a document of the person has.

        Always under `$or`, also when it matches nothing, so that no other condition of the query can take its place.
        """
        if self.all:
            return {}
        reach: list[dict[str, Any]] = []
        if (pattern := self.unit_pattern()) is not None:
            reach.append({unit: {"$regex": pattern}})
        if self.person is not None:
            reach.append({person: self.person, **of_person})
        return {"$or": reach or [{"_id": {"$in": []}}]}


def pool_of(unit: str) -> str:
    """The pool that people of this unit take their seats from when no unit above them has its own."""
    return PROVINCIAL_POOL if unit == PROVINCIAL_POOL or unit.startswith(_PROVINCIAL) else CENTRAL_POOL


def _below(unit: str, above: str) -> bool:
    if above == CENTRAL_POOL:
        return pool_of(unit) == CENTRAL_POOL
    return unit == above or unit.startswith(above + ".")


@cache
def _permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Every request asks; there are few sets of roles."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


@dataclass(frozen=True, slots=True)
class Principal:
    """`subject` is the person id for people. `unit` None with a unit-bound role levels nothing."""

    subject: str
    roles: frozenset[Role]
    unit: str | None = None

    def can(self, permission: Permission) -> bool:
        return permission in _permissions_of(self.roles)

    @property
    def sees_drafts(self) -> bool:
        """Whether what was never published is there for this caller."""
        return not _INSIDERS.isdisjoint(_permissions_of(self.roles))

    def counts(self) -> Scope:
        """Where counts may be told one by one: the scope of reports, without the roles for which those suppress small
        ones. What a report leaves out could be worked out from anything that is finer than the report."""
        return Principal(self.subject, self.roles - SUPPRESSED, self.unit).scope(Permission.REPORT_READ)

    @property
    def suppressed(self) -> bool:
        """Whether only a role for which small counts are suppressed lets this caller see all reports."""
        wide = {role for role in self.roles if SCOPE_LEVELS[role] is ScopeLevel.ALL}
        return {role for role in wide if Permission.REPORT_READ in PERMISSIONS[role]} == SUPPRESSED

    def scope(self, permission: Permission) -> Scope:
        """Empty without the permission. Names come with the widest role alone: an observer of all who also nominates
        for one province sees all aggregates without names (names of the own province: scope(report.names))."""
        roles = [role for role in self.roles if permission in PERMISSIONS[role]]
        if not roles:
            return Scope()
        if permission in _EVERYBODY:
            return Scope(all=True)
        widest = max(SCOPE_LEVELS[role] for role in roles)
        names = any(role in NAMES for role in roles if SCOPE_LEVELS[role] is widest)
        if widest is ScopeLevel.ALL:
            return Scope(all=True, names=names)
        levels = {SCOPE_LEVELS[role] for role in roles}
        return Scope(
            unit=self.unit if ScopeLevel.UNIT in levels else None,
            person=self.subject if ScopeLevel.PERSON in levels else None,
            names=names,
        )
