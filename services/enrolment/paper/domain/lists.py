"""Lists of a run: where people sign on a day, and who has got a certificate. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

from services.enrolment.catalogue import RunOnPaper
from services.enrolment.certificates import Certificate, State
from services.enrolment.paper.domain.blocks import Block, column, heading, table
from services.enrolment.paper.domain.papers import ERASED, Named, Office, Paper, in_order
from services.enrolment.paper.domain.refusals import NoSessionThatDay
from services.enrolment.paper.domain.wording import TIGHT, activity, day, held, number, place, thai
from shared.clock import BANGKOK, midnight
from shared.thai import local_date

NOON: Final = time(12)
_NOTES: Final = {State.REVOKED: "เพิกถอนแล้ว", State.REPLACED: "ออกฉบับใหม่แทนแล้ว"}


def attendance_sheet(run: RunOnPaper, office: Office, people: Sequence[Named], on: date | None) -> Paper:
    """Of one day, the first one without a word. Raises NoSessionThatDay."""
    if on is None:
        on = local_date(run.starts_at)
    title, halves = "บัญชีลงลายมือชื่อผู้เข้ารับการอบรม", _halves(run, on)
    columns = (
        column("ลำดับ", 11, align="center"),
        column("ชื่อ - นามสกุล", 45, name=True),
        column("ตำแหน่ง", 30),
        column("สังกัด", 30),
        *(column(f"ลงลายมือชื่อ ({half})", 44 // len(halves)) for half in halves),
    )
    blank = [""] * len(halves)
    rows = [
        (number(at), one.name or ERASED, thai(one.position), one.unit, *blank)
        for at, one in enumerate(in_order(people), 1)
    ]
    where = f"วันที่ {day(on)}{place(run.venue)}"
    blocks = (*_headed(title, activity(run), where), table(columns, rows, tall=True))
    return Paper(f"{title} {activity(run)}", office.name, blocks)


def _halves(run: RunOnPaper, on: date) -> list[str]:
    """Mornings and afternoons of that day in which something takes place."""
    begins = midnight(on)
    noon, night = datetime.combine(on, NOON, BANGKOK), datetime.combine(on, time.max, BANGKOK)
    spans = [(session.starts_at, session.ends_at) for session in run.sessions]
    morning = any(first < noon and last > begins for first, last in spans)
    afternoon = any(first < night and last > noon for first, last in spans)
    halves = [*(["เช้า"] if morning else []), *(["บ่าย"] if afternoon else [])]
    if not halves:
        raise NoSessionThatDay()
    return halves


def certificate_list(run: RunOnPaper, office: Office, issued: Sequence[Certificate], units: Sequence[str]) -> Paper:
    """In the order of their numbers; `units`: of whom each is."""
    title = "ทะเบียนผู้ได้รับประกาศนียบัตร"
    columns = (
        column("ลำดับ", 11, align="center"),
        column("เลขที่", 44),
        column("ชื่อ - นามสกุล", 38, name=True),
        column("สังกัด", 30),
        column("วันที่ออก", 26),
        column("หมายเหตุ", 20),
    )
    rows = [
        (
            number(at),
            thai(one.number),
            one.wording.name or ERASED,
            unit,
            day(local_date(one.issued_at)).replace(TIGHT, " "),
            _NOTES.get(one.state, ""),
        )
        for at, (one, unit) in enumerate(zip(issued, units, strict=True), 1)
    ]
    return Paper(
        f"{title} {activity(run)}", office.name, (*_headed(title, held(run), office.name), table(columns, rows))
    )


def _headed(title: str, *below: str) -> list[Block]:
    return [heading(title, size=14), *map(heading, below)]
