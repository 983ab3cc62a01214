"""Certificates as PDF, as the service has them made: by a process of its own, one after the other."""

import resource
from datetime import UTC, date, datetime
from typing import Final

from bench.environment import Environment
from bench.names import made_up
from services.enrolment.certificates.domain.certificates import Certificate, Wording
from services.enrolment.certificates.domain.printed import TEMPLATE, printed
from shared.documents.press import Press
from shared.events.seats import Place

Values = dict[str, float]
FEW, MANY = 5, 105
ISSUED: Final = datetime(2020, 9, 2, 3, tzinfo=UTC)
TITLE: Final = "โครงการเพิ่มประสิทธิภาพการบริหารทรัพยากรบุคคลของสำนักงานปลัดกระทรวงมหาดไทย ประจำปีงบประมาณ พ.ศ. 2563"


async def certificates(environment: Environment) -> Values:
    """Per second of processor time: what a core would make with nothing beside it. The start of the process and its
    first document are taken off, for it stays."""
    few, many = await _spent(FEW), await _spent(MANY)
    return {"certificates_per_core": (MANY - FEW) / (many - few)}


async def _spent(count: int) -> float:
    """Processor seconds of the process that made so many."""
    before, press = _of_children(), Press(1)
    try:
        for number in range(count):
            one = _certificate(number)
            await press.pdf(
                TEMPLATE, printed(one, f"https://pattana.moi.go.th/api/enrolment/certificates/{one.code}"), ISSUED
            )
    finally:
        await press.close()
    return _of_children() - before


def _of_children() -> float:
    """Of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _certificate(number: int) -> Certificate:
    named = made_up(number)
    return Certificate(
        id=f"c{number}",
        code=f"{number:024d}",
        register="PERS:2563",
        serial=number + 1,
        run="r1",
        programme="p1",
        nomination=f"n{number}",
        person=f"p{number}",
        target="PROV_HR",
        bucket_unit="PO-50",
        place=Place(unit="PO-50", province="50", group="NU1", region="N"),
        wording=Wording(f"นาย{named.first} {named.last}", TITLE, "กองการเจ้าหน้าที่", date(2020, 8, 31), date(2020, 8, 31)),
        issued_at=ISSUED,
    )
