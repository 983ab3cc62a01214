"""What is printed of a certificate and shown to everybody: the same again, in Thai, and no more than is to be told."""

import hashlib
import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from services.enrolment.certificates.domain.certificates import Certificate, State
from services.enrolment.certificates.domain.printed import TEMPLATE, printed
from services.enrolment.certificates.http.page import page_of, page_of_nothing
from services.enrolment.certificates.http.public import checked
from shared.documents.setting import pdf
from tests.unit.enrolment.certificates.test_registers import AT, WORDING, issued
from tests.unit.shared.test_documents import copied

ADDRESS = "https://training.example.go.th/api/enrolment/certificates/code-c1"
LONG = replace(
    WORDING,
    name="ว่าที่ร้อยตรีหญิง ปั๊มน้ำ ผู้ปฏิบัติงาน ณ อยุธยา",
    title="หลักสูตรการเสริมสร้างขีดสมรรถนะด้านนวัตกรรม ประจำปีงบประมาณ พ.ศ. 2563",
    ends_on=date(2020, 9, 1),
)
# The bytes of every certificate that was issued are to stay. Another look is another template beside this one.
DIGEST = "ccb7b94c5b0173a0ce7b050ce910051ee8bf52a110ba2c0dbf0e3e52b4ae1aac"


def one(**changes: object) -> Certificate:
    return replace(issued()[1], wording=LONG, **changes)  # type: ignore[arg-type]


def test_everything_is_on_it_and_can_be_copied() -> None:
    text = copied(pdf(TEMPLATE, printed(one(), ADDRESS), AT))
    for part in (
        "ประกาศนียบัตร",
        LONG.name,
        "หลักสูตรการเสริมสร้างขีดสมรรถนะด้านนวัตกรรม ประจำปีงบประมาณ พ.ศ. ๒๕๖๓",
        "ระหว่างวันที่ ๓๑ สิงหาคม พ.ศ. ๒๕๖๓ ถึงวันที่ ๑ กันยายน พ.ศ. ๒๕๖๓",
        "ให้ไว้ ณ วันที่ ๒ กันยายน พ.ศ. ๒๕๖๓",
        "เลขที่ PERS-๒๕๖๓-๐๐๐๐๐๑",
    ):
        assert re.sub(r"\s", "", part or "-") in text


def test_the_bytes_stay_from_release_to_release() -> None:
    document = pdf(TEMPLATE, printed(one(), ADDRESS), AT)
    assert hashlib.sha256(document).hexdigest() == DIGEST


def test_a_day_alone_is_said_so() -> None:
    wording = replace(LONG, ends_on=LONG.starts_on)
    assert printed(replace(one(), wording=wording), ADDRESS)["words"]["held"] == ("เมื่อวันที่ ๓๑ สิงหาคม พ.ศ. ๒๕๖๓")


def test_everybody_is_told_name_course_and_dates_only() -> None:
    told = checked(one())
    assert told == {
        "status": "VALID",
        "revokedSince": None,
        "name": LONG.name,
        "nameErased": False,
        "course": LONG.title,
        "startsOn": "2020-08-31",
        "endsOn": "2020-09-01",
        "issuedOn": "2020-09-02",
    }


@pytest.mark.parametrize("state", [State.REVOKED, State.REPLACED])
def test_one_that_is_not_valid_says_since_when_and_not_why(state: State) -> None:
    gone = one(state=state, revoked_at=AT + timedelta(days=1), reason="ทุจริต")
    told = checked(gone)
    assert (told["status"], told["revokedSince"]) == ("REVOKED", "2020-09-03")
    page = page_of(gone)
    assert "ถูกเพิกถอนแล้ว ตั้งแต่วันที่ 3 กันยายน 2563" in page
    assert "ทุจริต" not in page + str(told)


def test_a_day_begins_at_bangkok() -> None:
    late = one(issued_at=datetime.fromisoformat("2020-09-02T17:00:00+00:00"))
    assert checked(late)["issuedOn"] == "2020-09-03"


def test_an_erased_name_is_told_as_such() -> None:
    erased = replace(one(), wording=replace(LONG, name=None))
    assert (checked(erased)["name"], checked(erased)["nameErased"]) == (None, True)
    assert "ออกแล้ว โดยชื่อผู้รับถูกลบตามคำขอ" in page_of(erased)


def test_the_page_is_text_and_runs_nothing() -> None:
    page = page_of(replace(one(), wording=replace(LONG, name="<script>alert(1)</script>")))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'lang="th"' in page
    assert "code-c1" not in page
    assert "ไม่พบประกาศนียบัตร" in page_of_nothing()
