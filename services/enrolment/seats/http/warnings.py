"""The JSON of what checks have found about a nomination, with its sentences. Pure."""

from collections.abc import Mapping
from typing import Final

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from services.enrolment.seats.domain.checks import names_run
from services.enrolment.seats.domain.model import Nomination
from shared.events.seats import WarningCode
from shared.rights import Scope

SENTENCES: Final[Mapping[WarningCode, tuple[str, str]]] = {
    WarningCode.WRONG_SCOPE: (
        "บุคคลนี้อยู่นอกขอบเขตของกลุ่มเป้าหมาย",
        "This person is outside the scope of the target group.",
    ),
    WarningCode.WRONG_UNIT_FUNCTION: (
        "บุคคลนี้ไม่ได้สังกัดหน่วยงานหรือกลุ่มงานของกลุ่มเป้าหมาย",
        "This person does not belong to the unit or work group of the target group.",
    ),
    WarningCode.WRONG_LEVEL: (
        "บุคคลนี้ไม่ได้อยู่ในระดับตำแหน่งของกลุ่มเป้าหมาย",
        "This person has none of the levels of the target group.",
    ),
    WarningCode.WRONG_POST: (
        "บุคคลนี้ไม่ได้ดำรงตำแหน่งทางการบริหารของกลุ่มเป้าหมาย",
        "This person holds none of the posts of the target group.",
    ),
    WarningCode.WRONG_POSITION: (
        "บุคคลนี้ไม่ได้อยู่ในตำแหน่งของกลุ่มเป้าหมาย",
        "This person has none of the positions of the target group.",
    ),
    WarningCode.CLASH: (
        "บุคคลนี้มีรายการในรุ่นอื่นซึ่งจัดในเวลาเดียวกัน",
        "This person is nominated for another run with sessions at the same time.",
    ),
    WarningCode.CLASH_ENCLOSED: (
        "บุคคลนี้มีรายการในรุ่นอื่น และช่วงเวลาของรุ่นหนึ่งอยู่ภายในอีกรุ่นหนึ่ง",
        "This person is nominated for another run, and one of the two takes place while the other lasts.",
    ),
    WarningCode.REPEATED: (
        "บุคคลนี้ได้รับสิทธิ์เข้าร่วมหลักสูตรเดียวกันในรุ่นอื่นแล้ว",
        "This person has a seat in another run of the same course.",
    ),
    WarningCode.PREREQUISITE_MISSING: (
        "บุคคลนี้ยังไม่มีวุฒิบัตรครบทุกหลักสูตรที่โครงการนี้กำหนดให้มีก่อน",
        "This person does not have a certificate of every course that this programme needs.",
    ),
    WarningCode.HOURS_REACHED: (
        "บุคคลนี้ได้รับการพัฒนาครบตามเป้าหมายของปีงบประมาณแล้ว",
        "This person has reached the training target of the fiscal year already.",
    ),
}


class WarningResponse(TypedDict):
    """`run` is the other run that it is about; null where there is none, or where it is not told."""

    code: str
    th: str
    en: str
    run: str | None


def warnings_response(nomination: Nomination, scope: Scope) -> list[WarningResponse]:
    """In both languages, because the recorded answer serves every repeat of the command. The other run is named to
    those who may see the person's nomination there."""
    return [
        {
            "code": warning.code.value,
            "th": SENTENCES[warning.code][0],
            "en": SENTENCES[warning.code][1],
            "run": warning.run if names_run(warning, nomination.person, scope) else None,
        }
        for warning in nomination.warnings
    ]
