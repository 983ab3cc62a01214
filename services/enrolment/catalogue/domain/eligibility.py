"""Who a programme is for: target groups, and whether a person belongs to one. Pure: no clock, ids or I/O.

A rule that a target group leaves out excludes nobody. A unit function such as `PO.HR` requires the HR group of a
provincial office. A person known only by the office itself (PO-50) is accepted, because many offices keep no groups in
their personnel data; a person of another group (PO-50.ADM) is not. In a group of scope BOTH it applies to provincial
people only. Any other unit means that unit and all below it.

Of a target group with posts those who are in one of them on the run's day belong to it. Whoever acts stands for the
holder: the post is invited, so the own level and position do not matter.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.enrolment.directory import Assignment
from shared.errors import Refused
from shared.events.directory import InPost
from shared.rights import CENTRAL_POOL

_OFFICE: Final = "PO"
_OFFICES: Final = "PO-"


# Refused
# └── NotEligible            details: target
#     ├── WrongScope         details: scope
#     ├── WrongUnitFunction  details: function, unit
#     ├── WrongLevel         details: levels, level (None: not known)
#     ├── WrongPost          details: posts, post
#     └── WrongPosition      details: positions, position
class NotEligible(
    Refused,
    code="not-eligible",
    status=422,
    th="บุคคลนี้ไม่อยู่ในกลุ่มเป้าหมาย {target}",
    en="This person does not belong to the target group {target}.",
):
    """The subclasses name the rule that the person does not meet."""


class WrongScope(
    NotEligible,
    code="wrong-scope",
    status=422,
    th="กลุ่มเป้าหมาย {target} รับเฉพาะบุคลากรในขอบเขต {scope} บุคคลนี้อยู่นอกขอบเขตดังกล่าว",
    en="The target group {target} is only for staff in the scope {scope}.",
):
    pass


class WrongUnitFunction(
    NotEligible,
    code="wrong-unit-function",
    status=422,
    th="กลุ่มเป้าหมาย {target} รับเฉพาะบุคลากรของ {function} แต่บุคคลนี้สังกัด {unit}",
    en="The target group {target} is only for staff of {function}, but this person belongs to {unit}.",
):
    pass


class WrongLevel(
    NotEligible,
    code="wrong-level",
    status=422,
    th="กลุ่มเป้าหมาย {target} รับเฉพาะระดับ {levels} บุคคลนี้ไม่ได้อยู่ในระดับดังกล่าว",
    en="The target group {target} is only for the levels {levels}, and this person has none of them.",
):
    pass


class WrongPost(
    NotEligible,
    code="wrong-post",
    status=422,
    th="กลุ่มเป้าหมาย {target} รับเฉพาะผู้ดำรงตำแหน่งทางการบริหาร {posts}",
    en="The target group {target} is only for holders of the posts {posts}.",
):
    pass


class WrongPosition(
    NotEligible,
    code="wrong-position",
    status=422,
    th="กลุ่มเป้าหมาย {target} รับเฉพาะตำแหน่ง {positions}",
    en="The target group {target} is only for the positions {positions}.",
):
    pass


class TargetScope(StrEnum):
    """People of central units, of provincial offices, or of both."""

    CENTRAL = "CENTRAL"
    PROVINCIAL = "PROVINCIAL"
    BOTH = "BOTH"


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """`seats` None: the total of the programme is not split. `per_unit` is a suggestion for the buckets."""

    key: str
    scope: TargetScope
    unit: str | None = None
    levels: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    seats: int | None = None
    per_unit: int | None = None
    name: str | None = None


def misfit(target: TargetGroup, person: Assignment) -> NotEligible | None:
    """The first rule that the person does not meet, the widest rule first; None if all are met. Unknown values meet no
    rule. An answer and not an exception: who looks for the group that fits keeps what spoke against the others."""
    provincial = person.unit.startswith(_OFFICES)
    if target.scope is not TargetScope.BOTH and (target.scope is TargetScope.PROVINCIAL) != provincial:
        return WrongScope(target=target.key, scope=target.scope.value)
    if target.unit is not None and not _of_unit(target, person.unit, provincial):
        return WrongUnitFunction(target=target.key, function=target.unit, unit=person.unit)
    held = [one for one in person.held if one.post in target.posts]
    stands_in = bool(held) and all(one.in_post is InPost.ACTING for one in held)
    if target.levels and person.level not in target.levels and not stands_in:
        return WrongLevel(target=target.key, levels=", ".join(target.levels), level=person.level)
    if target.posts and not held:
        return WrongPost(target=target.key, posts=", ".join(target.posts), post=person.post)
    if target.positions and person.position not in target.positions and not stands_in:
        return WrongPosition(target=target.key, positions=", ".join(target.positions), position=person.position)
    return None


def _of_unit(target: TargetGroup, unit: str, provincial: bool) -> bool:
    required = target.unit or ""
    if required == _OFFICE or required.startswith(f"{_OFFICE}."):
        if not provincial:
            return target.scope is TargetScope.BOTH
        function = required.partition(".")[2]
        group = unit.partition(".")[2]
        return not function or not group or group == function
    if required == CENTRAL_POOL:
        return not provincial
    return unit == required or unit.startswith(f"{required}.")
