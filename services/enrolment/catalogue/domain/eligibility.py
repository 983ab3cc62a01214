"""For whom a programme is meant: target groups, and whether a person is of one. Pure: no clock, ids or I/O.

What a target group does not say binds nobody. A unit function such as `PO.HR` asks for a person of the HR group of a
provincial office; somebody who is only known to be of the office itself (PO-50) is let in, because many offices keep
no groups in their personnel data, but somebody of another group (PO-50.ADM) is not. In a group for both scopes it binds
the provincial people alone. Any other unit names a unit and all below it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.enrolment.directory import Assignment
from shared.errors import Refused
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
    """The kinds below say which rule the person does not meet."""


class WrongScope(
    NotEligible,
    code="wrong-scope",
    status=422,
    th="กลุ่มเป้าหมาย {target} รับเฉพาะบุคลากรในขอบเขต {scope} บุคคลนี้อยู่นอกขอบเขตดังกล่าว",
    en="The target group {target} is for people of scope {scope} only.",
):
    pass


class WrongUnitFunction(
    NotEligible,
    code="wrong-unit-function",
    status=422,
    th="กลุ่มเป้าหมาย {target} รับเฉพาะบุคลากรของ {function} แต่บุคคลนี้สังกัด {unit}",
    en="The target group {target} is for people of {function}, but this person is of {unit}.",
):
    pass


class WrongLevel(
    NotEligible,
    code="wrong-level",
    status=422,
    th="กลุ่มเป้าหมาย {target} รับเฉพาะระดับ {levels} บุคคลนี้ไม่ได้อยู่ในระดับดังกล่าว",
    en="The target group {target} is for the levels {levels}, and this person is of another.",
):
    pass


class WrongPost(
    NotEligible,
    code="wrong-post",
    status=422,
    th="กลุ่มเป้าหมาย {target} รับเฉพาะผู้ดำรงตำแหน่งทางการบริหาร {posts}",
    en="The target group {target} is for holders of the posts {posts} only.",
):
    pass


class WrongPosition(
    NotEligible,
    code="wrong-position",
    status=422,
    th="กลุ่มเป้าหมาย {target} รับเฉพาะตำแหน่ง {positions}",
    en="The target group {target} is for the positions {positions} only.",
):
    pass


class Reach(StrEnum):
    """Whose people: of central units, of provincial offices, or of both."""

    CENTRAL = "CENTRAL"
    PROVINCIAL = "PROVINCIAL"
    BOTH = "BOTH"


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """`seats` None: the total of the programme is not split. `per_unit` is a proposal for the buckets."""

    key: str
    scope: Reach
    unit: str | None = None
    levels: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    seats: int | None = None
    per_unit: int | None = None
    name: str | None = None


def check(target: TargetGroup, person: Assignment) -> None:
    """Raises the kind of NotEligible that says which rule the person does not meet, the widest rule first. What is not
    known of a person fits no rule that asks for it."""
    provincial = person.unit.startswith(_OFFICES)
    if target.scope is not Reach.BOTH and (target.scope is Reach.PROVINCIAL) != provincial:
        raise WrongScope(target=target.key, scope=target.scope.value)
    if target.unit is not None and not _of_unit(target, person.unit, provincial):
        raise WrongUnitFunction(target=target.key, function=target.unit, unit=person.unit)
    if target.levels and person.level not in target.levels:
        raise WrongLevel(target=target.key, levels=", ".join(target.levels), level=person.level)
    if target.posts and person.post not in target.posts:
        raise WrongPost(target=target.key, posts=", ".join(target.posts), post=person.post)
    if target.positions and person.position not in target.positions:
        raise WrongPosition(target=target.key, positions=", ".join(target.positions), position=person.position)


def _of_unit(target: TargetGroup, unit: str, provincial: bool) -> bool:
    wanted = target.unit or ""
    if wanted == _OFFICE or wanted.startswith(f"{_OFFICE}."):
        if not provincial:
            return target.scope is Reach.BOTH
        function = wanted.partition(".")[2]
        group = unit.partition(".")[2]
        return not function or not group or group == function
    if wanted == CENTRAL_POOL:
        return not provincial
    return unit == wanted or unit.startswith(f"{wanted}.")
