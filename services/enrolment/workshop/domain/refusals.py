"""Refusals about groups, each with a stable code, a status and its sentences.

Refused
├── of the run: GroupsOfCancelledRun  NobodyToGroup  TooManyToGroup
├── of groups: NoGroups  UnknownGroup  TooManyGroups  MoreGroupsThanPeople  GroupTooLarge  GroupFull
│   └── GroupsAreLocked  GroupsInUse
└── of people: NotToBeGrouped  NotInGroup  SameGroup
"""

from shared.errors import Refused


class GroupsOfCancelledRun(
    Refused,
    code="groups-of-cancelled-run",
    status=409,
    th="การอบรมรุ่นนี้ถูกยกเลิก จึงแบ่งกลุ่มหรือบันทึกผลงานไม่ได้",
    en="This run does not take place, so it has no groups and no ideas.",
):
    pass


class NobodyToGroup(
    Refused,
    code="nobody-to-group",
    status=409,
    th="การอบรมรุ่นนี้ยังไม่มีผู้ได้รับการยืนยันที่นั่ง จึงยังแบ่งกลุ่มไม่ได้",
    en="Nobody has a confirmed seat in this run yet, so there is nobody to be grouped.",
):
    pass


class TooManyToGroup(
    Refused,
    code="too-many-to-group",
    status=409,
    th="การแบ่งกลุ่มทำได้ครั้งละไม่เกิน {most:,} คน โปรดแบ่งการอบรมเป็นหลายรุ่น",
    en="At most {most:,} people can be grouped. Please divide the run.",
):
    """Details: most."""


class NoGroups(
    Refused,
    code="no-groups",
    status=409,
    th="การอบรมรุ่นนี้ยังไม่ได้แบ่งกลุ่ม",
    en="This run has no groups yet.",
):
    pass


class UnknownGroup(
    Refused,
    code="unknown-group",
    status=404,
    th="การอบรมรุ่นนี้ไม่มีกลุ่มที่ {group}",
    en="This run has no group {group}.",
):
    """Details: group."""


class TooManyGroups(
    Refused,
    code="too-many-groups",
    status=409,
    th="การอบรมรุ่นหนึ่งมีได้ไม่เกิน {most} กลุ่ม โปรดเพิ่มจำนวนคนในกลุ่ม",
    en="A run has at most {most} groups. Please ask for larger ones.",
):
    """Details: most."""


class MoreGroupsThanPeople(
    Refused,
    code="more-groups-than-people",
    status=409,
    th="มีผู้เข้าอบรม {people:,} คน น้อยกว่าจำนวนกลุ่มที่ขอ",
    en="There are {people:,} people, fewer than the groups asked for.",
):
    """Details: people."""


class GroupTooLarge(
    Refused,
    code="group-too-large",
    status=409,
    th="กลุ่มหนึ่งมีได้ไม่เกิน {most} คน โปรดเพิ่มจำนวนกลุ่ม",
    en="A group has at most {most} people. Please ask for more groups.",
):
    """Details: most."""


class GroupFull(
    Refused,
    code="group-full",
    status=409,
    th="กลุ่มที่ {group} มีสมาชิกครบ {most} คนแล้ว",
    en="Group {group} has {most} people already.",
):
    """Details: group, most."""


class GroupsAreLocked(
    Refused,
    code="groups-locked",
    status=409,
    th="การแบ่งกลุ่มถูกล็อกไว้แล้ว หากต้องการเปลี่ยนโปรดปลดล็อกก่อน",
    en="The groups are locked. Please unlock them first.",
):
    pass


class GroupsInUse(
    Refused,
    code="groups-in-use",
    status=409,
    th="กลุ่มมีผลงานแล้ว จึงแบ่งกลุ่มใหม่ไม่ได้ แต่ยังย้ายหรือสลับสมาชิกได้",
    en="There are ideas of these groups, so they cannot be made anew. People can still be moved or exchanged.",
):
    pass


class NotToBeGrouped(
    Refused,
    code="not-to-be-grouped",
    status=404,
    th="ไม่พบผู้มีที่นั่งรายนี้ในการอบรมรุ่นนี้",
    en="Nobody with a seat in this run is meant by this.",
):
    pass


class NotInGroup(
    Refused,
    code="not-in-group",
    status=409,
    th="ผู้นี้ยังไม่อยู่ในกลุ่มใด จึงสลับไม่ได้",
    en="This person is in no group, so there is nothing to exchange.",
):
    pass


class SameGroup(
    Refused,
    code="same-group",
    status=409,
    th="ทั้งสองคนอยู่กลุ่มเดียวกัน จึงไม่มีอะไรให้สลับ",
    en="Both are in the same group, so there is nothing to exchange.",
):
    pass
