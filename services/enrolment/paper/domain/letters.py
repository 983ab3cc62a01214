"""Letters about nominations: one that asks units for names, and one that sends them. Pure.

Between central units a letter is a memo (บันทึกข้อความ); all others are external ones, in the form of the rules on
correspondence: why, what for, and what is to be done. The space of the garuda is left free: offices have paper with it.
"""

from collections.abc import Sequence
from typing import Final

from services.enrolment.catalogue import RunOnPaper
from services.enrolment.paper.domain.blocks import (
    NEW_PAGE,
    Block,
    close_lines,
    column,
    heading,
    labelled,
    line,
    pair,
    paragraph,
    signed,
    space,
    table,
)
from services.enrolment.paper.domain.papers import Asked, Named, Office, Paper, names
from services.enrolment.paper.domain.wording import (
    DOTS,
    activity,
    day_or_blank,
    deadline,
    held,
    number,
    people_of,
    thai,
)
from shared.events.seats import Rank

GARUDA, SMALL_GARUDA = 30, 15  # millimetres
PROVINCES: Final = "จังหวัดทุกจังหวัด"
EVERY_PROVINCE: Final = "ผู้ว่าราชการจังหวัด ทุกจังหวัด"
SOME_PROVINCES: Final = "ผู้ว่าราชการจังหวัด ตามบัญชีแนบท้าย"
CENTRAL_UNITS: Final = "หัวหน้าหน่วยงานส่วนกลาง ตามบัญชีแนบท้าย"
_ONE_SET: Final = "จำนวน ๑ ชุด"
_RESPECT: Final = "ขอแสดงความนับถือ"


def number_of(office: Office, asked: Asked, *, circular: bool = False) -> str:
    prefix = office.letterhead.number_prefix
    own = DOTS if asked.number is None else asked.number
    return thai(f"ที่ {prefix or DOTS}/{'ว ' if circular else ''}{own}")


def opening(
    office: Office, asked: Asked, subject: str, to: Sequence[str], *, memo: bool, circular: bool
) -> list[Block]:
    where = [thai(one) for one in office.letterhead.office] or [office.name]
    numbered, on = number_of(office, asked, circular=circular), day_or_blank(asked.on)
    if memo:
        head = [space(SMALL_GARUDA), heading("บันทึกข้อความ", size=22)]
        head += [labelled("ส่วนราชการ", " ".join(where), bold=True), pair(numbered, [f"วันที่ {on}"])]
    else:
        head = [space(GARUDA), pair(numbered, where), line(on, "middle")]
    head += [labelled("เรื่อง", subject, bold=memo), labelled("เรียน", *to)]
    return head if asked.reference is None else [*head, labelled("อ้างถึง", thai(asked.reference))]


def titles_of(office: Office) -> list[str]:
    return [thai(one) for one in office.letterhead.signer_titles] or [f"ตำแหน่ง {DOTS}"]


def closing(office: Office, *, memo: bool) -> list[Block]:
    before = () if memo else (_RESPECT,)
    contact = [thai(one) for one in office.letterhead.contact]
    return [
        signed(office.signer, titles_of(office), *before),
        *([close_lines(contact)] if contact and not memo else []),
    ]


def nomination_request(
    run: RunOnPaper,
    office: Office,
    to: Sequence[str],
    seats: Sequence[tuple[str, str, int]],
    asked: Asked,
    *,
    circular: bool,
    memo: bool = False,
) -> Paper:
    """Asks for names. `seats`: of which unit and target group how many; of one unit they are said in the letter, of
    more, and in a `circular`, which goes to more than one office, they are in a list that goes with it."""
    subject = f"ขอให้ส่งรายชื่อผู้เข้ารับการอบรมตาม{activity(run)}"
    listed = circular or len({unit for unit, _, _ in seats}) > 1
    whole = sum(count for _, _, count in seats)
    share = "ตามจำนวนที่ได้รับการจัดสรร รายละเอียดปรากฏตามสิ่งที่ส่งมาด้วย" if listed else f"ตามที่ได้รับการจัดสรร {people_of(whole)}"
    blocks = opening(office, asked, subject, to, memo=memo, circular=circular)
    if listed:
        blocks.append(labelled("สิ่งที่ส่งมาด้วย", f"บัญชีจัดสรรจำนวนผู้เข้ารับการอบรม {_ONE_SET}"))
    blocks += [
        paragraph(f"ด้วย{office.name} กำหนดจัด{held(run)} มีผู้เข้ารับการอบรมทั้งสิ้น {people_of(run.capacity)}"),
        paragraph(
            "ในการนี้ จึงขอให้ท่านพิจารณาคัดเลือกบุคลากรในสังกัดที่มีคุณสมบัติตรงตามกลุ่มเป้าหมายเข้ารับการอบรม "
            f"{share} และส่งรายชื่อ{deadline(run)}"
        ),
        paragraph("จึงเรียนมาเพื่อโปรดพิจารณา จะขอบคุณยิ่ง"),
        *closing(office, memo=memo),
    ]
    if listed:
        blocks += _allocation(run, seats, whole)
    return Paper(subject, office.name, tuple(blocks))


def _allocation(run: RunOnPaper, seats: Sequence[tuple[str, str, int]], whole: int) -> list[Block]:
    columns = (
        column("ลำดับ", 11, align="center"),
        column("หน่วยงาน", 70),
        column("กลุ่มเป้าหมาย", 55),
        column("จำนวน (คน)", 24, align="center"),
    )
    rows = [(number(at), unit, thai(target), number(count)) for at, (unit, target, count) in enumerate(seats, 1)]
    return [
        NEW_PAGE,
        heading("บัญชีจัดสรรจำนวนผู้เข้ารับการอบรม", size=14),
        heading(activity(run)),
        table(columns, [*rows, ("", "รวม", "", number(whole))]),
    ]


def nomination_letter(
    run: RunOnPaper, office: Office, to: Office, people: Sequence[Named], asked: Asked, *, memo: bool = False
) -> Paper:
    """Sends the names of one unit."""
    subject = f"ส่งรายชื่อผู้เข้ารับการอบรมตาม{activity(run)}"
    primary = [one for one in people if one.rank is Rank.PRIMARY]
    reserves = [one for one in people if one.rank is not Rank.PRIMARY]
    counted = [f"ผู้เข้ารับการอบรม {people_of(len(primary))}"] if primary else []
    counted += [f"ผู้เข้ารับการอบรมสำรอง {people_of(len(reserves))}"] if reserves else []
    blocks = [
        *opening(office, asked, subject, [to.addressed_as], memo=memo, circular=False),
        labelled("สิ่งที่ส่งมาด้วย", f"บัญชีรายชื่อผู้เข้ารับการอบรม {_ONE_SET}"),
        paragraph(f"ตามที่{to.name} กำหนดจัด{held(run)} และขอให้ส่งรายชื่อผู้เข้ารับการอบรม นั้น"),
        paragraph(f"{office.name}พิจารณาแล้ว ขอส่งรายชื่อ{' และ'.join(counted)} รายละเอียดปรากฏตามสิ่งที่ส่งมาด้วย"),
        paragraph("จึงเรียนมาเพื่อโปรดพิจารณา"),
        *closing(office, memo=memo),
        NEW_PAGE,
        heading("บัญชีรายชื่อผู้เข้ารับการอบรม", size=14),
        heading(activity(run)),
        heading(office.name),
        names([*primary, *reserves]),
    ]
    return Paper(subject, office.name, tuple(blocks))
