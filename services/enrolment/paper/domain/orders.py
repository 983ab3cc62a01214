"""The order that names who takes part in a run. Pure.

In the form of the rules on correspondence: whose order it is, its number of the year, what it is about, why, by which
power if one is given, what is ordered, and the day.
"""

from collections.abc import Sequence

from services.enrolment.catalogue import RunOnPaper
from services.enrolment.paper.domain.blocks import NEW_PAGE, RULE, heading, line, paragraph, signed, space
from services.enrolment.paper.domain.letters import GARUDA, titles_of
from services.enrolment.paper.domain.papers import Asked, Named, Office, Paper, in_order, names
from services.enrolment.paper.domain.wording import (
    DOTS,
    activity,
    day_of_order,
    day_or_blank,
    held,
    lasts,
    people_of,
    thai,
)
from shared.thai import buddhist_year


def appointment_order(
    run: RunOnPaper, office: Office, organiser: Office, people: Sequence[Named], asked: Asked
) -> Paper:
    """Of the organiser about everybody, or of an office about its own people."""
    whose = thai(office.letterhead.order_of or office.name)
    subject, power = f"ให้บุคลากรเข้ารับการอบรมตาม{activity(run)}", office.letterhead.authority
    by_power = f"{thai(power)} " if power else ""
    blocks = (
        space(GARUDA),
        heading(f"คำสั่ง{whose}"),
        line(f"ที่ {_number(asked)}", "center"),
        line(f"เรื่อง {subject}", "center"),
        RULE,
        paragraph(f"ด้วย{organiser.name} กำหนดจัด{held(run)}"),
        paragraph(
            f"เพื่อให้การอบรมดังกล่าวเป็นไปด้วยความเรียบร้อย {by_power}จึงให้บุคลากรตามบัญชีรายชื่อแนบท้ายคำสั่งนี้ "
            f"{people_of(len(people))} เข้ารับการอบรม{lasts(run)} โดยพร้อมเพรียงกันตามเวลาและสถานที่ที่กำหนด"
        ),
        line(f"สั่ง ณ วันที่ {day_of_order(asked.on)}", "center"),
        signed(office.signer, titles_of(office)),
        NEW_PAGE,
        heading("บัญชีรายชื่อผู้เข้ารับการอบรม", size=14),
        heading(f"แนบท้ายคำสั่ง{whose} ที่ {_number(asked)} ลงวันที่ {day_or_blank(asked.on)}"),
        heading(activity(run)),
        names(in_order(people)),
    )
    return Paper(f"คำสั่ง{whose} เรื่อง {subject}", office.name, blocks)


def _number(asked: Asked) -> str:
    """Of the calendar year, as orders are numbered."""
    year = DOTS[:10] if asked.on is None else str(buddhist_year(asked.on))
    return thai(f"{asked.number or DOTS}/{year}")
