"""More spellings of days, names and titles, as lists of offices have them."""

from datetime import date

import pytest

from shared.thai import Name, ThaiDateError, name_beside, normalise, parse_thai_date

DAY = date(2020, 8, 31)  # a Monday


@pytest.mark.parametrize(
    "text",
    [
        *("จ. 31 ส.ค. 63", "จ 31/8/63", "วันจันทร์ 31-8-63"),
        *("31/8/63 จันทร์", "31 ส.ค. 63 วันจันทร์", "31 ส.ค. 63 (จันทร์)"),
        *("Monday 31 August 2020", "Mon 31 Aug 2020", "Mon, 31 Aug 2020", "Monday, August 31, 2020"),
        *("August 31, 2020", "Aug 31 2020", "Aug. 31, 2563"),
        *("31 August, 2020", "31st August 2020", "31 Aug. 2020"),
        *("31 ส.ค.'63", "31 ส.ค. ’63", "31/8/63.", "31.ส.ค.63", "31 ส.ค..63", "31ส.ค63", "31 สค. 63"),
        *("31 สิงหาคม พุทธศักราช 2563", "31 สิงหาคม คริสต์ศักราช 2020"),
        *("31 สิงหาคม 2563 พ.ศ.", "31 ส.ค. พ.ศ.63"),
        *("31 August B.E. 2563", "31 Aug 2563 BE", "31 Aug 63 B.E."),
        *("31 ส.ค. A.D. 2020", "31 August 2020 CE"),
        *("31 เดือนสิงหาคม 2563", "31 เดือน สิงหาคม พ.ศ. 2563"),
        *("วันที่ 31 เดือน ส.ค. ปี 2563", "31 เดือน 8 ปี 2563"),
        *("ณ วันที่ 31 ส.ค. 63", "ณ 31 ส.ค. 63", "วันที่ 31/8/2563", "31 เดือนที่ 8 พ.ศ. 2563"),
        *("31/8/2563 12:00:00 AM", "31/8/2020 12:00 p.m.", "31 ส.ค. 63 , 13:00", "31 ส.ค. 63 08.30"),
        *("31 ส.ค. 63 08.30-16.30 น.", "31 ส.ค. 63 เวลา 08.30 ถึง 16.30 น."),
        *("31/8/2563 8.30น.", "31 ส.ค.2563 00.00 น."),
        *("2020-08-31T00:00:00+07:00", "2020-08-31 00:00", "31/08/2563 00:00:00.000"),
        *("20200831", "31082563", "๓๑๐๘๒๕๖๓", "2020.08.31", "2020/8/31", "44074.0", "44074.354166"),
        *("31 / 8 / 2563", "31 - 8 - 2563", "31 . 8 . 2563", "31/ 8/2563"),
        *("31\\8\\2563", "31⁄8⁄2563", "３１／８／２５６３"),
    ],
)  # fmt: skip
def test_the_day_that_was_meant(text: str) -> None:
    assert parse_thai_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("29 ก.พ. 2567", date(2024, 2, 29)),
        ("29 ก.พ. 67", date(2024, 2, 29)),
        ("29022567", date(2024, 2, 29)),
        ("วันพฤหัสบดีที่ 29 กุมภาพันธ์ พ.ศ. 2567", date(2024, 2, 29)),
        ("พฤหัสฯ 29 ก.พ. 67", date(2024, 2, 29)),
        ("พฤ. 29 ก.พ. 67", date(2024, 2, 29)),
        ("Thurs 29 Feb 2024", date(2024, 2, 29)),
        ("29/2/43", date(2000, 2, 29)),
        ("อา. 30 ส.ค. 63", date(2020, 8, 30)),
        ("ส. 29 ส.ค. 63", date(2020, 8, 29)),
        ("พ. 2 ก.ย. 63", date(2020, 9, 2)),
        ("ศ. 4 ก.ย. 63", date(2020, 9, 4)),
        ("อ. 1 ก.ย. 63", date(2020, 9, 1)),
        ("1 กรกฏาคม 2563", date(2020, 7, 1)),
        ("1 พฤษจิกายน 2563", date(2020, 11, 1)),
        ("1 กุมภาพันธุ์ 2563", date(2020, 2, 1)),
        ("1 Sept 2020", date(2020, 9, 1)),
        ("30/9/2567", date(2024, 9, 30)),
        ("1/10/2567", date(2024, 10, 1)),
        ("31 ธ.ค. 2566 24:00", date(2023, 12, 31)),
        ("1/1/2443", date(1900, 1, 1)),
        ("31/12/2642", date(2099, 12, 31)),
        ("25122512", date(1969, 12, 25)),
    ],
)
def test_days_on_the_edges(text: str, day: date) -> None:
    assert parse_thai_date(text) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[(text, "date-impossible") for text in ("29 ก.พ. 2566", "29/2/00", "29 ก.พ. 2443")],
        *[(text, "date-impossible") for text in ("30 ก.พ. 2567", "31022567")],
        *[(text, "date-impossible") for text in ("31 เม.ย. 2567", "31/11/2567", "31 มิ.ย. 67")],
        *[(text, "date-impossible") for text in ("0/1/2567", "12/31/2563")],
        *[(text, "date-impossible") for text in ("Sunday 31 August 2020", "อ. 31 ส.ค. 63")],
        *[(text, "date-impossible") for text in ("31 ส.ค. 63 อังคาร", "20200230")],
        *[(text, "date-buddhist-iso") for text in ("25630831", "2563.08.31", "2563/8/31", "2567-02-29")],
        *[(text, "date-ambiguous") for text in ("8/31/2020 12:00:00 AM", "4/13/2020")],
        *[(text, "date-ambiguous") for text in ("31-Aug-63", "03042020")],
        *[(text, "date-year-out-of-range") for text in ("1/1/2643", "1/1/2100")],
        *[(text, "date-year-out-of-range") for text in ("31 สิงหาคม ค.ศ. 2563", "00/00/0000")],
        *[(text, "date-unreadable") for text in ("2020-08-30T17:00:00Z", "2020-08-31T00:00:00+00:00")],
        *[(text, "date-unreadable") for text in ("Aug-20", "2563")],
        *[(text, "date-unreadable") for text in ("31 ส.ค. 2563 - 1 ก.ย. 2563", "สิงหาคม 2563", "310863")],
        *[(text, "date-unreadable") for text in ("31/8/25633", "จ.")],
        *[(text, "date-unreadable") for text in ("ไม่ระบุ", "N/A", "--")],
        *[(text, "date-unreadable") for text in ("44,074", "31/8/2563 หรือ 1/9/2563", "31,8,2563")],
    ],
)  # fmt: skip
def test_days_that_nobody_can_be_sure_of(text: str, code: str) -> None:
    with pytest.raises(ThaiDateError) as refused:
        parse_thai_date(text)
    assert (refused.value.code, refused.value.details["text"]) == (code, text)


@pytest.mark.parametrize(
    ("written", "prefix"),
    [
        *[(text, "นาย") for text in ("นาย.สมชาย ใจดี", "นาย. สมชาย ใจดี")],
        *[(text, "นาย") for text in ("นาย\u200bสมชาย ใจดี", "นายนายสมชาย ใจดี")],
        *[(f"{text}สมชาย ใจดี", "นางสาว") for text in ("น.ส.", "นส.", "น.ส ", "นส ")],
        *[(f"{text}สมชาย ใจดี", "นางสาว") for text in ("น. ส. ", "นาง สาว ", "นางสาว.")],
        *[(f"{text}สมชาย ใจดี", "ร้อยตรี") for text in ("ร.ต.", "ร.ต ", "รต.", "รต ")],
        *[(f"{text}สมชาย ใจดี", "ร้อยตรี") for text in ("ร.ตรี ", "ร้อยตรี", "ร้อยตรี ")],
        *[(f"{text}สมชาย ใจดี", "ว่าที่ร้อยตรี") for text in ("ว่าที่ ร.ต.", "ว่าที่ ร.ต ", "ว่าที่ร.ต.")],
        *[(f"{text}สมชาย ใจดี", "ว่าที่ร้อยตรี") for text in ("ว่าที่รต.", "ว่าที่ ร.ตรี ")],
        *[(f"{text}สมชาย ใจดี", "ว่าที่ร้อยตรีหญิง") for text in ("ว่าที่ ร.ต.หญิง", "ว่าที่ ร.ต. หญิง ")],
        *[(f"{text}สมชาย ใจดี", "ว่าที่ร้อยตรีหญิง") for text in ("ว่าที่ ร.ต.(หญิง) ",)],
        *[(f"{text}สมชาย ใจดี", "ว่าที่ร้อยตรีหญิง") for text in ("ว่าที่ ร.ต. (ญ) ",)],
        *[(f"{text}สมชาย ใจดี", "ว่าที่ร้อยตรีหญิง") for text in ("ว่าที่ร้อยตรี (หญิง) ",)],
        *[(f"{text}สมชาย ใจดี", "ว่าที่ร้อยตรีหญิง") for text in ("ว่าที่ร้อยตรี หญิง ",)],
        *[(f"{text}สมชาย ใจดี", "พันเอกพิเศษ") for text in ("พ.อ.(พิเศษ) ", "พ.อ. (พิเศษ)")],
        *[(f"{text}สมชาย ใจดี", "พันเอกพิเศษ") for text in ("พ.อ.พิเศษ ", "พันเอกพิเศษ ")],
        *[(f"{text}สมชาย ใจดี", "นายกองตรี") for text in ("นายกองตรี", "นายกองตรี ", "ก.ต.")],
        *[(f"{text}สมชาย ใจดี", "นายหมวดเอก") for text in ("นายหมวดเอก", "มว.อ.", "มว.อ. ")],
        *[(f"{text}สมชาย ใจดี", "พันจ่าอากาศเอก") for text in ("พันจ่าอากาศเอก", "พ.อ.อ.")],
        *[(f"{text}สมชาย ใจดี", "พันจ่าเอก") for text in ("พันจ่าเอก ", "พ.จ.อ.")],
        *[(f"{text}สมชาย ใจดี", "ดาบตำรวจ") for text in ("ดาบตำรวจ", "ด.ต.", "ดต.")],
        *[(f"{text}สมชาย ใจดี", "ทันตแพทย์หญิง") for text in ("ทพญ.", "ทพ.ญ.", "ทันตแพทย์หญิง")],
        *[(f"{text}สมชาย ใจดี", "เภสัชกร") for text in ("ภก.", "เภสัชกร ", "เภสัชกร")],
        *[(f"{text}สมชาย ใจดี", "นายสัตวแพทย์") for text in ("น.สพ.", "นายสัตวแพทย์")],
        *[(f"{text}สมชาย ใจดี", "Mr.") for text in ("MR.", "MR. ", "mr ", "Mr ", "MR ")],
        *[(f"{text}สมชาย ใจดี", "Miss") for text in ("MISS ", "Miss. ", "miss ")],
        *[(f"{text}สมชาย ใจดี", "ผู้ช่วยศาสตราจารย์ ดร.") for text in ("ผศ.ดร.", "ผศ. ดร. ")],
        *[(f"{text}สมชาย ใจดี", "ผู้ช่วยศาสตราจารย์ ดร.") for text in ("Asst.Prof.Dr. ",)],
        *[(f"{text}สมชาย ใจดี", "ผู้ช่วยศาสตราจารย์ ดร.") for text in ("Asst. Prof. Dr. ",)],
        ("จ่าเอกสมชาย ใจดี", "จ่าเอก"),
        ("จ.อ.สมชาย ใจดี", "จ.อ."),
        ("พลทหารสมชาย ใจดี", "พลทหาร"),
        ("ศ.(พิเศษ) ดร.สมชาย ใจดี", "ศาสตราจารย์พิเศษ ดร."),
    ],
)  # fmt: skip
def test_one_title_however_it_is_written(written: str, prefix: str) -> None:
    assert name_beside("", written) == Name(prefix, "สมชาย", "ใจดี")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("นพ ใจดี", Name("", "นพ", "ใจดี")),  # two words: a person may be called so
        ("นพ ณ อยุธยา", Name("", "นพ", "ณ อยุธยา")),
        ("ดร.ธน ณ อยุธยา", Name("ดร.", "ธน", "ณ อยุธยา")),
        ("นาง สาวิตรี ใจดี", Name("นาง", "สาวิตรี", "ใจดี")),
        ("นาง สาว ใจดี", Name("นาง", "สาว", "ใจดี")),
        ("ร.ต. หญิง ใจดี", Name("ร้อยตรี", "หญิง", "ใจดี")),
        ("พ.อ.พิเศษ ใจดี", Name("พันเอก", "พิเศษ", "ใจดี")),
        ("จ่าง ใจดี", Name("", "จ่าง", "ใจดี")),
        ("นายก ใจดี", Name("", "นายก", "ใจดี")),
        ("มิสา ใจดี", Name("", "มิสา", "ใจดี")),
        ("Misa Jaidee", Name("", "Misa", "Jaidee")),
        ("Drew Jaidee", Name("", "Drew", "Jaidee")),
    ],
)
def test_a_name_is_not_taken_for_a_title(written: str, name: Name) -> None:
    assert name_beside("", written) == name


@pytest.mark.parametrize(
    ("prefix", "full"),
    [
        ("น.ส", "นางสาว"),
        ("ร.ต", "ร้อยตรี"),
        ("นางสาว (น.ส.)", "นางสาว"),
        ("ว่าที่ ร.ต. (หญิง)", "ว่าที่ร้อยตรีหญิง"),
        ("นาง สาว", "นางสาว"),
        ("ร.ท. (ญ.)", "ร้อยโทหญิง"),
    ],
)
def test_a_title_in_its_own_column(prefix: str, full: str) -> None:
    assert name_beside(prefix, "สมชาย ใจดี").prefix == full


def test_a_joiner_that_joins_nothing_is_dropped() -> None:
    assert normalise("ใจ\u200dดี") == "ใจดี"
    assert normalise("a\u200d\u200d\u200db") == "ab"
    assert normalise("👩\u200d💼") == "👩\u200d💼"
