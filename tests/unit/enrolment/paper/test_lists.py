"""Orders and lists of a run: in their forms, about whom they are, with nothing invented, as PDF and as DOCX."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from services.enrolment.certificates import Certificate, State
from services.enrolment.certificates.domain.certificates import Wording
from services.enrolment.paper.domain.letterheads import Letterhead
from services.enrolment.paper.domain.letters import EVERY_PROVINCE, nomination_letter, nomination_request
from services.enrolment.paper.domain.lists import attendance_sheet, certificate_list
from services.enrolment.paper.domain.orders import appointment_order
from services.enrolment.paper.domain.papers import ERASED, Asked, Office, Paper
from services.enrolment.paper.domain.refusals import NoSessionThatDay
from services.enrolment.paper.domain.wording import DOTS
from shared.clock import BANGKOK
from shared.events.catalogue import Session, Venue
from shared.events.seats import Place
from tests.unit.enrolment.paper.samples import (
    ASKED,
    CHIANG_MAI,
    MADE_AT,
    OFFICE,
    ORGANISER,
    PEOPLE,
    RUN,
    as_docx,
    as_pdf,
    at,
    bare,
    crowd,
    pages,
    texts_of,
    written,
)
from tests.unit.enrolment.paper.test_letters import said

CERTIFICATE = Certificate(
    id="c1",
    code="code",
    register="PERS:2570",
    serial=1,
    run="r1",
    programme="p",
    nomination="n",
    person="p1",
    target="PROV",
    bucket_unit="PO-50",
    place=Place.model_construct(unit="PO-50", province="50", group=None, region="N"),
    wording=Wording("นายก้ำกึ่ง ปั๊มน้ำ", "t", "i", date(2026, 12, 7), date(2026, 12, 9)),
    issued_at=MADE_AT,
)
ISSUED = [
    CERTIFICATE,
    replace(CERTIFICATE, serial=2, state=State.REVOKED),
    replace(CERTIFICATE, serial=3, state=State.REPLACED),
    replace(CERTIFICATE, serial=4, wording=replace(CERTIFICATE.wording, name=None)),
]


def head_of(paper: Paper) -> list[str]:
    return [column["title"] for column in paper.blocks[-1]["columns"]]


def test_an_order_says_whose_it_is_why_who_and_by_which_power() -> None:
    text = said(appointment_order(RUN, ORGANISER, ORGANISER, PEOPLE, ASKED))
    for part in (
        "คำสั่งสำนักงานปลัดกระทรวงมหาดไทย",
        "ที่ ๑๒๓๔/๒๕๖๙",
        "เรื่อง ให้บุคลากรเข้ารับการอบรมตามโครงการ",
        "ด้วยกองการเจ้าหน้าที่ กำหนดจัด",
        "อาศัยอำนาจตามความในมาตรา ๒๑",
        "จำนวน ๔ คน",
        "สั่ง ณ วันที่ ๒ พฤศจิกายน พ.ศ. ๒๕๖๙",
        "ปฏิบัติราชการแทน ปลัดกระทรวงมหาดไทย",
        "แนบท้ายคำสั่งสำนักงานปลัดกระทรวงมหาดไทย ที่ ๑๒๓๔/๒๕๖๙ ลงวันที่ ๒ พฤศจิกายน ๒๕๖๙",
        ERASED,
    ):
        assert part in text


def test_an_order_without_a_letterhead_names_no_power_no_number_and_no_day() -> None:
    text = said(appointment_order(RUN, Office(CHIANG_MAI, Letterhead("PO-50")), ORGANISER, PEOPLE[:1], Asked()))
    assert "คำสั่งจังหวัดเชียงใหม่" in text
    assert "ด้วยกองการเจ้าหน้าที่" in text
    assert "อาศัยอำนาจ" not in text
    assert f"ที่ {DOTS}/{DOTS[:10]}" in text
    assert f"สั่ง ณ วันที่ {DOTS} พ.ศ. " in text


@pytest.mark.parametrize(
    ("sessions", "halves"),
    [
        ([(9, 12), (13, 16)], ["เช้า", "บ่าย"]),
        ([(9, 16)], ["เช้า", "บ่าย"]),
        ([(9, 12)], ["เช้า"]),
        ([(12, 16)], ["บ่าย"]),
        ([(13, 14), (15, 16), (18, 20)], ["บ่าย"]),
    ],
)
def test_people_sign_in_the_halves_of_a_day_in_which_something_takes_place(
    sessions: list[tuple[int, int]], halves: list[str]
) -> None:
    planned = tuple(Session(starts_at=at(8, first), ends_at=at(8, last)) for first, last in sessions)
    paper = attendance_sheet(replace(RUN, sessions=planned), ORGANISER, PEOPLE, date(2026, 12, 8))
    assert head_of(paper)[4:] == [f"ลงลายมือชื่อ ({half})" for half in halves]
    assert "วันที่ ๘ ธันวาคม ๒๕๖๙ ณ ห้องประชุมราชสีห์" in said(paper)
    assert all(row[4:] == [""] * len(halves) for row in paper.blocks[-1]["rows"])


def test_a_day_without_a_session_has_no_sheet_and_the_first_day_is_meant_without_a_word() -> None:
    for day in (date(2026, 12, 6), date(2026, 12, 10)):
        with pytest.raises(NoSessionThatDay):
            attendance_sheet(RUN, ORGANISER, PEOPLE, day)
    assert "วันที่ ๗ ธันวาคม" in said(attendance_sheet(RUN, ORGANISER, PEOPLE, None))
    night = (Session(starts_at=at(7, 18), ends_at=datetime(2026, 12, 8, tzinfo=BANGKOK)),)
    with pytest.raises(NoSessionThatDay):  # what ends at midnight does not touch the next day
        attendance_sheet(replace(RUN, sessions=night), ORGANISER, PEOPLE, date(2026, 12, 8))


def test_certificates_stand_by_number_with_what_became_of_them() -> None:
    rows = certificate_list(RUN, ORGANISER, ISSUED, ["สำนักงานจังหวัดเชียงใหม่"] * 4).blocks[-1]["rows"]
    assert [row[1] for row in rows] == [f"PERS-๒๕๗๐-๐๐๐๐๐{n}" for n in "๑๒๓๔"]
    assert [row[2] for row in rows] == [*["นายก้ำกึ่ง ปั๊มน้ำ"] * 3, ERASED]
    assert [row[4] for row in rows] == ["๒๕ พฤศจิกายน ๒๕๖๙"] * 4
    assert [row[5] for row in rows] == ["", "เพิกถอนแล้ว", "ออกฉบับใหม่แทนแล้ว", ""]


def test_whoever_comes_from_elsewhere_finds_the_place_by_its_province() -> None:
    venue = Venue(name="โรงแรมดิเอมเพรส", district="อำเภอเมืองเชียงใหม่", province_code="50")
    run, where = replace(RUN, venue=venue), bare("ณ โรงแรมดิเอมเพรส อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่")
    for paper in (
        nomination_request(run, ORGANISER, [EVERY_PROVINCE], [("สำนักงานจังหวัดยะลา", "", 1)], ASKED, circular=True),
        nomination_letter(run, ORGANISER, ORGANISER, PEOPLE, ASKED),
        appointment_order(run, ORGANISER, ORGANISER, PEOPLE, ASKED),
        attendance_sheet(run, ORGANISER, PEOPLE, None),
        certificate_list(run, ORGANISER, ISSUED, [""] * 4),
    ):
        assert where in bare("".join(written(as_docx(paper))))
        assert where in "".join(pages(as_pdf(paper)))


@pytest.mark.parametrize(
    "paper",
    [
        appointment_order(RUN, ORGANISER, ORGANISER, crowd(40), ASKED),
        appointment_order(RUN, OFFICE, ORGANISER, PEOPLE, Asked()),
        attendance_sheet(RUN, ORGANISER, [*PEOPLE, *crowd(40)], None),
        certificate_list(RUN, ORGANISER, ISSUED, [PEOPLE[2].unit] * 4),
    ],
)
def test_pdf_and_docx_say_all_of_it(paper: Paper) -> None:
    printed, text = pages(as_pdf(paper)), bare("".join(written(as_docx(paper))))
    whole = "".join(printed)
    for part in map(bare, texts_of(paper)):
        assert part in text
        assert part in whole
    listed = [page for page in printed if "ลำดับ" in page]
    assert len(listed) >= len(printed) - 1, "head rows stand on every page of a list"
