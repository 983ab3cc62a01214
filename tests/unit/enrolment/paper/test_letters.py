"""Letters about nominations: in the form of official letters, with nothing invented, as PDF and as DOCX."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.enrolment.catalogue import RunOnPaper
from services.enrolment.directory import root_unit
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.units import bundled_unit
from services.enrolment.paper.domain import letters
from services.enrolment.paper.domain.letterheads import Letterhead
from services.enrolment.paper.domain.letters import nomination_letter, nomination_request
from services.enrolment.paper.domain.papers import (
    ERASED,
    STANDINGS,
    Asked,
    Named,
    Office,
    Paper,
    full_unit,
    in_order,
    names,
)
from services.enrolment.paper.domain.wording import DOTS, activity, day_of_order, deadline, lasts, place, thai
from services.enrolment.paper.service.gathering import LIVE
from services.enrolment.seats.domain.transitions import LIVE as STILL_NOMINATED
from shared.events.catalogue import Venue
from shared.events.seats import NominationState, Rank
from tests.unit.enrolment.paper.samples import (
    ASKED,
    CHIANG_MAI,
    DRI,
    OFFICE,
    ORGANISER,
    PEOPLE,
    PERS,
    RUN,
    as_docx,
    as_pdf,
    at,
    bare,
    pages,
    texts_of,
    written,
)

SHARES = [("สำนักงานจังหวัดเชียงใหม่", "บุคลากรสำนักงานจังหวัด", 2), ("สำนักงานจังหวัดยะลา", "", 1)]
NOTHING = Office(CHIANG_MAI, Letterhead("PO-50"))


def said(paper: Paper) -> str:
    return "\n".join(texts_of(paper)).replace("\u00a0", " ")


def test_a_circular_asks_every_province_with_its_seats_beside() -> None:
    paper = nomination_request(RUN, ORGANISER, [letters.EVERY_PROVINCE], SHARES, ASKED, circular=True)
    text = said(paper)
    for part in (
        "ที่ มท ๐๒๐๒/ว ๑๒๓๔",
        "๒ พฤศจิกายน ๒๕๖๙",
        "ถนนอัษฎางค์ กรุงเทพฯ ๑๐๒๐๐",
        "ผู้ว่าราชการจังหวัด ทุกจังหวัด",
        "บัญชีจัดสรรจำนวนผู้เข้ารับการอบรม จำนวน ๑ ชุด",
        "ด้วยกองการเจ้าหน้าที่ กำหนดจัดโครงการเพิ่มประสิทธิภาพ",
        "รุ่นที่ ๑ ระหว่างวันที่ ๗ - ๙ ธันวาคม ๒๕๖๙ ณ ห้องประชุมราชสีห์ ชั้น ๒ อาคารศาลาว่าการกระทรวงมหาดไทย เขตพระนคร กรุงเทพมหานคร",
        "ทั้งสิ้น จำนวน ๑๐๐ คน",
        "ส่งรายชื่อภายในวันที่ ๓๐ พฤศจิกายน ๒๕๖๙",
        "จึงเรียนมาเพื่อโปรดพิจารณา",
        "ขอแสดงความนับถือ",
        "นายปุณณ์ปวีร์ ญาณิศาภิรมย์ฐานันดร",
        "ปฏิบัติราชการแทน ปลัดกระทรวงมหาดไทย",
        "โทร. ๐ ๒๒๒๒ ๑๒๓๔",
    ):
        assert part in text
    table = paper.blocks[-1]
    assert table["rows"] == [
        ["๑", "สำนักงานจังหวัดเชียงใหม่", "บุคลากรสำนักงานจังหวัด", "๒"],
        ["๒", "สำนักงานจังหวัดยะลา", "", "๑"],
        ["", "รวม", "", "๓"],
    ]


def test_a_letter_to_one_unit_says_its_seats_and_has_no_list() -> None:
    paper = nomination_request(RUN, ORGANISER, [OFFICE.addressed_as], SHARES[:1], ASKED, circular=False)
    text = said(paper)
    assert "ที่ มท ๐๒๐๒/๑๒๓๔" in text
    assert "ผู้ว่าราชการจังหวัดเชียงใหม่" in text
    assert "ตามที่ได้รับการจัดสรร จำนวน ๒ คน" in text
    assert not {"page", "table"} & {block["kind"] for block in paper.blocks}
    assert "สิ่งที่ส่งมาด้วย" not in text


def test_a_letter_to_all_provinces_is_a_circular_also_where_they_share_one_pool() -> None:
    shares = [(letters.PROVINCES, "บุคลากรสำนักงานจังหวัด", 76)]
    paper = nomination_request(RUN, ORGANISER, [letters.EVERY_PROVINCE], shares, ASKED, circular=True)
    text = said(paper)
    assert "ที่ มท ๐๒๐๒/ว ๑๒๓๔" in text
    assert "ตามที่ได้รับการจัดสรร จำนวน ๗๖ คน" not in text, "no province has all of them"
    assert paper.blocks[-1]["rows"][0] == ["๑", "จังหวัดทุกจังหวัด", "บุคลากรสำนักงานจังหวัด", "๗๖"]


def test_several_groups_of_one_office_get_a_letter_with_a_list() -> None:
    paper = nomination_request(RUN, ORGANISER, [OFFICE.addressed_as], SHARES[:2], ASKED, circular=False)
    text = said(paper)
    assert "ที่ มท ๐๒๐๒/๑๒๓๔" in text
    assert "รายละเอียดปรากฏตามสิ่งที่ส่งมาด้วย" in text
    assert len(paper.blocks[-1]["rows"]) == 3


def test_names_are_sent_by_the_province_with_reserves_behind_and_erased_ones_unnamed() -> None:
    paper = nomination_letter(RUN, OFFICE, ORGANISER, PEOPLE, replace(ASKED, reference="หนังสือที่ มท 0202/ว 1"))
    text = said(paper)
    for part in (
        "ที่ ชม ๐๐๑๗.๑/๑๒๓๔",
        "ศาลากลางจังหวัดเชียงใหม่",
        "เรียน\nปลัดกระทรวงมหาดไทย",
        "อ้างถึง\nหนังสือที่ มท ๐๒๐๒/ว ๑",
        "จังหวัดเชียงใหม่พิจารณาแล้ว",
        "ผู้เข้ารับการอบรม จำนวน ๓ คน และผู้เข้ารับการอบรมสำรอง จำนวน ๑ คน",
    ):
        assert part in text
    rows = paper.blocks[-1]["rows"]
    assert [row[0] for row in rows] == ["๑", "๒", "๓", "๔"]
    assert [row[1] for row in rows] == [PEOPLE[0].name, PEOPLE[1].name, ERASED, PEOPLE[2].name]
    assert [row[4] for row in rows] == ["", "", "", "สำรอง"]


def test_whoever_is_nominated_stands_in_the_letter_and_who_is_asked_to_take_a_seat_as_such() -> None:
    assert set(LIVE) == STILL_NOMINATED
    offered = Named("ก", "", "", "A", Rank.RESERVE, STANDINGS[NominationState.OFFERED])
    table = names([replace(offered, rank=Rank.PRIMARY), offered])
    assert [row[4] for row in table["rows"]] == ["รอตอบรับที่นั่ง", "สำรอง รอตอบรับที่นั่ง"]


def test_what_is_not_given_is_left_blank_and_nothing_is_invented() -> None:
    run = replace(RUN, closes_at=None, venue=Venue())
    text = said(nomination_letter(run, NOTHING, Office(PERS, Letterhead("PERS")), PEOPLE[:1], Asked()))
    assert f"ที่ {DOTS}/{DOTS}" in text
    assert f"ตำแหน่ง {DOTS}" in text
    assert "ผู้อำนวยการกองการเจ้าหน้าที่" in text
    assert " ณ " not in text.replace("ผู้ปฏิบัติงาน ณ", "")
    assert "อ้างถึง" not in text
    assert "สำรอง" not in text
    asked = said(nomination_request(run, NOTHING, ["ก"], SHARES, Asked(), circular=True))
    assert f"ภายในวันที่ {DOTS}" in asked


def test_between_central_units_it_is_a_memo_without_a_greeting() -> None:
    office = Office(DRI, Letterhead("DRI", contact=("โทร. 1",)))
    paper = nomination_letter(RUN, office, ORGANISER, PEOPLE, ASKED, memo=True)
    text = said(paper)
    assert "บันทึกข้อความ" in text
    assert "ส่วนราชการ\nสถาบันดำรงราชานุภาพ" in text
    assert "วันที่ ๒ พฤศจิกายน ๒๕๖๙" in text
    assert "ขอแสดงความนับถือ" not in text


@pytest.mark.parametrize(
    "paper",
    [
        nomination_request(
            RUN, ORGANISER, [letters.EVERY_PROVINCE, letters.CENTRAL_UNITS], SHARES, ASKED, circular=True
        ),
        nomination_letter(RUN, OFFICE, ORGANISER, PEOPLE, Asked()),
        nomination_letter(RUN, OFFICE, ORGANISER, PEOPLE, ASKED, memo=True),
    ],
)
def test_pdf_and_docx_say_all_of_it(paper: Paper) -> None:
    printed, text = "".join(pages(as_pdf(paper))), bare("".join(written(as_docx(paper))))
    for part in map(bare, texts_of(paper)):
        assert part in text
        assert part in printed


# ---- words


def lasting(first: datetime, last: datetime) -> RunOnPaper:
    return replace(RUN, starts_at=first, ends_at=last)


@pytest.mark.parametrize(
    ("run", "text"),
    [
        (lasting(at(7, 9), at(7, 16)), "ในวันที่ ๗ ธันวาคม ๒๕๖๙"),
        (lasting(at(7, 9), at(9, 16)), "ระหว่างวันที่ ๗ - ๙ ธันวาคม ๒๕๖๙"),
        (lasting(at(7, 9), at(9, 0)), "ระหว่างวันที่ ๗ - ๘ ธันวาคม ๒๕๖๙"),  # midnight touches no day
        (lasting(at(31, 9), datetime(2027, 1, 2, tzinfo=UTC)), "ระหว่างวันที่ ๓๑ ธันวาคม ๒๕๖๙ ถึงวันที่ ๒ มกราคม ๒๕๗๐"),
        (lasting(datetime(2026, 12, 6, 18, tzinfo=UTC), at(7, 16)), "ในวันที่ ๗ ธันวาคม ๒๕๖๙"),  # at Bangkok
    ],
)
def test_days_are_those_of_bangkok(run: RunOnPaper, text: str) -> None:
    assert lasts(run).replace("\u00a0", " ") == text


def test_words_of_a_run() -> None:
    assert activity(replace(RUN, title="การบริหาร 4.0")) == "การบริหาร ๔.๐ รุ่นที่ ๑"
    assert activity(replace(RUN, title="Python", cohort=12)) == "การฝึกอบรม เรื่อง Python รุ่นที่ ๑๒"
    next_day = replace(RUN, closes_at=datetime(2026, 11, 30, 18, tzinfo=UTC))
    assert deadline(next_day) == "ภายในวันที่ ๑\u00a0ธันวาคม\u00a0๒๕๖๙"
    assert place(Venue()) == ""
    assert place(Venue(name="โรงแรม 1", floor="12")) == " ณ ชั้น ๑๒ โรงแรม ๑"
    assert place(Venue(name="โรงแรม", district="อำเภอเมือง", province_code="50")) == " ณ โรงแรม อำเภอเมือง จังหวัดเชียงใหม่"
    assert day_of_order(date(2026, 2, 1)).replace("\u00a0", " ") == "๑ กุมภาพันธ์ พ.ศ. ๒๕๖๙"
    assert "พ.ศ." in day_of_order(None)


@pytest.mark.parametrize("named", ["กลุ่มงานอำนวยการ", "กลุ่มงานอำนวยการ สำนักงานจังหวัดเชียงใหม่"])
def test_a_group_is_named_with_its_office_once_and_an_unknown_unit_by_its_key(named: str) -> None:
    group = replace(CHIANG_MAI, key="PO-50.HR", parent="PO-50", name_th=named)
    units = {"PO-50": CHIANG_MAI, "PO-50.HR": group, "PERS": PERS}
    assert full_unit("PO-50.HR", units) == "กลุ่มงานอำนวยการ สำนักงานจังหวัดเชียงใหม่"
    assert full_unit("PERS", units) == "กองการเจ้าหน้าที่"
    assert full_unit("PO-99", units) == "PO-99"


def test_every_group_that_comes_with_the_system_is_named_with_its_office_once() -> None:
    units = {key: bundled_unit(unit, bundled()) for key, unit in bundled().units.items()}
    groups = {key: units[root_unit(key)].name_th for key in units if "." in key}
    assert len(groups) > 300
    assert [key for key, office in groups.items() if full_unit(key, units).count(thai(office)) != 1] == []


def test_people_stand_office_by_office_in_the_order_of_thai() -> None:
    given = (("เก่ง", "B"), ("ขวัญ", "B"), ("กบ", "B"), (None, "B"), ("ฮ", "A"))
    people = [Named(name, "", "", unit, sorted_by=name or "") for name, unit in given]
    assert [one.name for one in in_order(people)] == ["ฮ", "กบ", "เก่ง", "ขวัญ", None]
