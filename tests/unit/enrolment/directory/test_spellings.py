"""More ways in which offices write telephones, addresses, ids, units, levels and the names of columns."""

import pytest

from services.enrolment.directory.domain.cell_refusals import EmailInvalid, IdentityDamaged, PhoneInvalid
from services.enrolment.directory.domain.cells import parse_email, plain_text
from services.enrolment.directory.domain.columns import find_columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.phones import parse_phone
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.refusals import ColumnsMissing, ColumnTwice, UnknownPost, UnknownUnit
from services.enrolment.directory.domain.row_cells import undamaged
from tests.unit.enrolment.directory.test_importing import lookup, only, read, refusals

__all__ = ["lookup"]

OFFICE, MOBILE = "053112708", "0812345678"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        *[(text, MOBILE) for text in ("+66(0)81-234-5678", "+66 (0) 81 234 5678")],
        *[(text, MOBILE) for text in ("+660812345678", "0066812345678")],
        *[(text, MOBILE) for text in ("0812345678.0", "812345678.0", "(+66)81-234-5678")],
        *[(text, MOBILE) for text in ("081－234－5678", "081—2345678")],
        *[(text, MOBILE) for text in ("เบอร์มือถือ 0812345678", "M. 0812345678")],
        *[(text, MOBILE) for text in ("ม. 0812345678", "มือถือ: 081 234 5678")],
        *[(text, OFFICE) for text in ("โทร : 053-112708", "โทรฯ 053-112708")],
        *[(text, OFFICE) for text in ("Tel No. 053112708", "T. 053112708")],
        *[(text, OFFICE) for text in ("เบอร์โทร 053-112708", "หมายเลข 053-112708")],
        *[(text, OFFICE) for text in ("ที่ทำงาน 053112708", "บ้าน 053-112708")],
        *[(text, OFFICE) for text in ("053-112708 โทรสาร 053-112709", "โทร. 053-112708 โทรสาร 053-112709")],
        *[(text, OFFICE) for text in ("053-112708, แฟกซ์ 053-112709", "Tel. 053-112708 Fax 053-112709")],
        *[(f"053-112708 {text}", f"{OFFICE} ต่อ 12") for text in ("กด 12", "Ext.: 12", "(ต่อ 12)")],
        *[(f"053-112708 {text}", f"{OFFICE} ต่อ 12") for text in ("# 12", "x12", "ต่อ. 12")],
        *[(text, f"{OFFICE} ต่อ 12, {OFFICE} ต่อ 13") for text in ("053-112708 ต่อ 12, 13",)],
        *[(text, f"{OFFICE} ต่อ 12, {OFFICE} ต่อ 13") for text in ("053-112708 ต่อ 12-3",)],
        ("053-112708 ต่อ 50231-2", f"{OFFICE} ต่อ 50231, {OFFICE} ต่อ 50232"),
        ("053-112708 ต่อ 1234/1235", f"{OFFICE} ต่อ 1234, {OFFICE} ต่อ 1235"),
        *[(text, f"{OFFICE}, 053112709") for text in ("0-5311-2708, 9", "053-112708/9")],
        *[(text, f"{OFFICE}, 053112709") for text in ("053-112708 ถึง 9", "053112708-09")],
        ("0 5311 2708-9 ต่อ 12", f"{OFFICE} ต่อ 12, 053112709 ต่อ 12"),
        *[(text, f"{OFFICE}, {MOBILE}") for text in ("053112708 or 0812345678", "053112708 & 0812345678")],
        *[(text, f"{OFFICE}, {MOBILE}") for text in ("053112708 0812345678", "053-112708\n081-2345678")],
        *[(text, f"{OFFICE}, {MOBILE}") for text in ("053 112 708 081 234 5678",)],
        ("0812345678 0891234567", f"{MOBILE}, 0891234567"),
        ("0-5311-2708 มท. 50231", f"{OFFICE}, มท. 50231"),
        *[(text, "มท. 50231, มท. 50232") for text in ("มท.50231-2", "50231/50232", "มท. 50231, 2")],
        *[(text, "มท. 50231") for text in ("สป.มท. 50231", "(มท.) 50231", "โทร. มท. 50231", "๕๐๒๓๑")],
        ("00856 21 212345", "+85621212345"),
        *[(text, MOBILE) for text in ("0812345678 มือถือ", "Mob. 0812345678", "081·234·5678", "1) 081-234-5678")],
        *[(text, OFFICE) for text in ("โทร/โทรสาร 053-112708", "โทร./แฟกซ์ 053-112708", "053112708 (Fax. 053112709)")],
        *[(f"053-112708 {text}", f"{OFFICE} ต่อ 12") for text in ("ภายใน 12", "โทรภายใน 12", "extension 12")],
        *[(text, f"{OFFICE}, 053112709") for text in ("053112708 | 053112709", "053112708 กับ 053112709")],
        ("053112708~9", f"{OFFICE}, 053112709"),
        ("1. 053-112708 2. 081-234-5678", f"{OFFICE}, {MOBILE}"),
    ],
)  # fmt: skip
def test_a_telephone_number_is_read(written: str, kept: str) -> None:
    assert parse_phone(plain_text(written)) == kept
    assert parse_phone(kept) == kept


@pytest.mark.parametrize(
    "written",
    [
        *("โทรสาร 053-112709", "0000000000", "0123456789", "191"),
        *("5023", "502311", "8.12E+08", "O81-2345678"),
        *("081-234-5678 คุณสมชาย", "081-234-5678 (คุณสมชาย 2)", "053-112708 ต่อ"),
        *("053-112708 ต่อ 1234567", "0512345678"),
        *("812345678 891234567", "081 234 5678 9", "Line: somchai", "n/a"),
        *("ว่าง", "081_234_5678", "+0812345678"),
    ],
)
def test_what_is_no_telephone_number_is_left_out(written: str) -> None:
    with pytest.raises(PhoneInvalid):
        parse_phone(written)


@pytest.mark.parametrize(
    "written",
    [
        *("<t@moi.go.th>", "Somchai <t@moi.go.th>", "สมชาย ใจดี <t@MOI.go.th>"),
        *("MAILTO:t@moi.go.th", "t@moi.go.th;"),
        *("E-mail: t@moi.go.th", "e-mail address : t@moi.go.th", "อีเมล: t@moi.go.th"),
        *("t@moi.go.th (สำนักงาน)", "t@moi.go.th,"),
        *("t＠moi.go.th", "t\u200b@moi.go.th.", "\u00a0t@moi.go.th\u00a0", "t＠moi．go．th", "t@moi。go。th"),
        *("(t@moi.go.th)", "“t@moi.go.th”", '"t@moi.go.th"', "t@moi.go.th'", "t@moi.go.th ,", "อีเมล์ t@moi.go.th"),
        *("t@moi.go.th <t@moi.go.th>", "t@moi.go.th <mailto:t@moi.go.th>", "t@moi.go.th; t@moi.go.th"),
        *("mailto:t@moi.go.th?subject=x", "[t@moi.go.th](mailto:t@moi.go.th)"),
    ],
)  # fmt: skip
def test_an_address_stands_beside_other_words(written: str) -> None:
    assert parse_email(plain_text(written)) == "t@moi.go.th"


@pytest.mark.parametrize(
    "written",
    [
        *(".t@moi.go.th", "t.@moi.go.th", "t @moi.go.th"),
        *("t@moi.go.th/u@moi.go.th", "<t@moi.go.th> <u@moi.go.th>"),
        *("t@moi.go.th (u@moi.go.th)", "t(at)moi.go.th", "ก@moi.go.th"),
        *("ไม่มี", "t@moi", "http://t@moi.go.th"),
    ],
)
def test_an_address_that_nobody_can_be_sure_of_is_refused(written: str) -> None:
    with pytest.raises(EmailInvalid):
        parse_email(plain_text(written))


@pytest.mark.parametrize(
    "written",
    [
        *("3.1017e12", "3,10E+12", "3.10E12", "1E+05", "1e-5"),
        *("๓.๑๐E+๑๒", "2020-08-31", "31/8/2563", "8/12/2020"),
        *("8-Dec", "Dec-08", "8-ธ.ค.", "8-ธ.ค.-67", "8–Dec–20", "ธ.ค.-67", "TRUE", "FALSE"),
    ],
)
def test_an_id_that_a_spreadsheet_has_changed_is_none(written: str) -> None:
    with pytest.raises(IdentityDamaged):
        undamaged(written)


@pytest.mark.parametrize("written", ["1E5", "E1", "12/2563", "08-12-63", "Dec-A1", "2563-001", "0012", "จ-12", "TRUE1"])
def test_an_id_as_offices_make_them_is_one(written: str) -> None:
    assert undamaged(written) == written


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        *[(text, "PO-50") for text in ("PO50", "po 50", "PO_50", "PO–50")],
        *[(text, "PO-50") for text in ("PO‑50", "สนจเชียงใหม่", "ส.น.จ. เชียงใหม่")],
        *[(text, "PO-50") for text in ("จว.เชียงใหม่", "จ เชียงใหม่", "สนง.เชียงใหม่")],
        *[(text, "PO-50") for text in ("สนง.จว.เชียงใหม่", "สำนักงาน จ.เชียงใหม่")],
        *[(text, "PO-50") for text in ("Chiang Mai", "ChiangMai")],
        *[(text, "PO-50") for text in ("CHIANG MAI Province", "สำนักงานจังหวัดเชียงใหม่ (สนจ.)")],
        *[(text, "PO-50") for text in ("เชียงใหม่ฯ", "สำนักงานจังหวัดเชียงใหม่ สป.มท.")],
        *[(text, "PO-14") for text in ("อยุธยา", "จ.อยุธยา", "พระนครศรีอยุธยา", "พระนครศรีฯ")],
        *[(text, "PO-77") for text in ("ประจวบฯ", "จ.ประจวบฯ", "สนจ.ประจวบฯ", "ประจวบ")],
        *[(text, "PO-30") for text in ("โคราช", "นครราชสีมา", "นครราชฯ")],
        *[(f"กลุ่มงานอำนวยการ{text}", "PO-50.ADM") for text in (" สนจ.เชียงใหม่", " จ.เชียงใหม่")],
        *[(f"กลุ่มงานอำนวยการ{text}", "PO-50.ADM") for text in ("/สนจ.เชียงใหม่", ", เชียงใหม่")],
        *[(f"กลุ่มงานอำนวยการ{text}", "PO-50.ADM") for text in (" สนจ.ชม. สป.มท.", " สนจ.เชียงใหม่ (ชั้น 2)")],
        *[(f"{text}กลุ่มงานอำนวยการ", "PO-50.ADM") for text in ("สนจ.เชียงใหม่ ",)],
        *[(f"{text}กลุ่มงานอำนวยการ", "PO-50.ADM") for text in ("สำนักงานจังหวัดเชียงใหม่ / ",)],
        *[(f"{text}กลุ่มงานอำนวยการ", "PO-50.ADM") for text in ("เชียงใหม่ - ",)],
        *[(text, "FIN") for text in ("กองคลัง", "กองคลัง สป.", "กองคลัง สป.มท.")],
        *[(text, "FIN") for text in ("กค.", "กค.สป.", "กองคลัง สำนักงานปลัดกระทรวงมหาดไทย")],
        *[(text, "PO-50") for text in ("สนจ.ชม.", "จว.ชม.", "จ.ชม", "สำนักงานจังหวัด จ.เชียงใหม่")],
        *[(text, "PO-50") for text in ("สำนักงานจังหวัดเชียงใหม่ จ.เชียงใหม่", "สนจ.เชียงใหม่ จังหวัดเชียงใหม่")],
        *[(text, "PO-50") for text in ("สำนักงานจังหวัดเชียงใหม่ กระทรวงมหาดไทย", "สนจ.เชียงใหม่ มท.")],
        *[(text, "PO-84") for text in ("สุราษฎร์ธานี", "สุราษฏร์ธานี", "สนจ.สุราษฏร์ฯ")],
        *[(text, "PO-14") for text in ("Ayutthaya", "AYUTTHAYA Province", "Phra Nakhon Si Ayutthaya")],
        ("ศูนย์ดำรงธรรมจังหวัดเชียงใหม่", "PO-50.DD"),
        ("หน่วยตรวจสอบภายในจังหวัดเชียงใหม่", "PO-50.AUD"),
        *[(text, "FIN") for text in ("สป.มท. กองคลัง", "สำนักงานปลัดกระทรวงมหาดไทย / กองคลัง")],
        *[(text, "OPS") for text in ("สป.มท.", "สป. มท.", "สำนักงานปลัดกระทรวงมหาดไทย")],
    ],
)  # fmt: skip
def test_a_unit_as_people_write_it(lookup: Lookup, written: str, unit: str) -> None:
    assert lookup.unit(plain_text(written)).key == unit


@pytest.mark.parametrize(
    "written",
    [
        *("นครฯ", "สุฯ", "ฯ", "จ.", "สป.", "กลุ่มงานอำนวยการ"),
        *("ชม.", "ชพ.", "สนจ.กท.", "สนจ.เชียงใหม่ จ.เชียงราย", "สป.มท. กองที่ไม่มี"),
        *("กรุงเทพฯ", "กทม.", "อำเภอเมืองเชียงใหม่", "50", "PO", "(สนจ.)"),
        *("กลุ่มงานอำนวยการ กองคลัง", "เชียงใหม่ เชียงราย"),
        *("กลุ่มงานคลัง สนจ.เชียงใหม่", "ศาลากลางจังหวัดเชียงใหม่"),
    ],
)  # fmt: skip
def test_a_name_of_none_or_of_several_finds_nothing(lookup: Lookup, written: str) -> None:
    with pytest.raises(UnknownUnit):
        lookup.unit(plain_text(written))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("อำนวยการต้น", "M1"),
        ("อำนวยการ ระดับสูง", "M2"),
        ("บริหารระดับสูง", "S2"),
        ("วิชาการ ชำนาญการ", "K2"),
        ("ชํานาญการ", "K2"),
        ("อำนวยการ (สูง)", "M2"),
        ("วิชาการ/ชำนาญการ", "K2"),
        ("ระดับชำนาญการ.", "K2"),
    ],
)
def test_a_level_with_its_kind(lookup: Lookup, written: str, code: str) -> None:
    assert lookup.level(plain_text(written)) == code


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("ที่|เลขบัตร ปชช.|ยศ/คำนำหน้า|ชื่อตัว|ชื่อสกุล|ส่วนราชการ", "citizenId prefix firstName lastName unit"),
        ("เลขประจำตัวประชาชน 13 หลัก|ชื่อ – สกุล|สังกัด/หน่วยงาน", "citizenId fullName unit"),
        ("หมายเลขบัตรประชาชน|ชื่อ-ชื่อสกุล|หน่วยงานที่สังกัด", "citizenId fullName unit"),
        ("รหัสข้าราชการ|ชื่อ-สกุล (ภาษาไทย)|ต้นสังกัด|เบอร์โทร", "externalId fullName unit phone"),
        ("รหัสบุคลากร*|ชื่อ—นามสกุล :|[หน่วยงาน]|E-mail Address|วดป. เกิด", "externalId fullName unit email birthDate"),
        ("รหัสบุคลากร|คำนำหน้า ชื่อ สกุล|หน่วยงาน|วันบรรจุเข้ารับราชการ", "externalId fullName unit startDate"),
        ("รหัสบุคลากร|ชื่อ-สกุล|หน่วยงาน|โทรศัพท์|โทรศัพท์มือถือ|เบอร์ติดต่อ", "externalId fullName unit phone phone2 phone3"),
    ],
)
def test_columns_as_offices_name_them(header: str, read: str) -> None:
    columns = find_columns(tuple(header.split("|")))
    assert sorted(columns.at) == sorted(read.split())
    assert set(columns.ignored) <= {"ที่"}


def test_a_column_by_another_name_is_ignored_beside_the_usual_one() -> None:
    columns = find_columns(("ยศ", "รหัสบุคลากร", "คำนำหน้า", "ชื่อ-สกุล", "ส่วนราชการ", "หน่วยงาน", "วันเกิด", "วันที่เกิด"))
    assert columns.ignored == ("ยศ", "ส่วนราชการ", "วันที่เกิด")
    assert (columns.at["prefix"], columns.at["unit"]) == (2, 5)
    with pytest.raises(ColumnTwice):
        find_columns(("รหัสบุคลากร", "ชื่อ-สกุล", "หน่วยงาน", "สังกัด"))


@pytest.mark.parametrize("column", ["เลขประจำตัวข้าราชการ", "ลำดับที่", "ID", "รหัส"])
def test_a_column_that_may_hold_anything_is_no_id(column: str) -> None:
    with pytest.raises(ColumnsMissing):
        find_columns((column, "ชื่อ-สกุล", "หน่วยงาน"))


@pytest.mark.parametrize(
    ("office", "mobile", "kept"),
    [
        ("053-112708", "081-234-5678", "053112708, 0812345678"),
        ("", "081-234-5678", "0812345678"),
        ("-", "081-234-5678", "0812345678"),
        ("053-112708", "053112708", "053112708"),
        ("-", "-", None),
        ("", "-", None),
    ],
)
def test_two_columns_of_numbers_are_one_value(lookup: Lookup, office: str, mobile: str, kept: str | None) -> None:
    assert only(lookup, โทรศัพท์=office, มือถือ=mobile)["phone"] == kept


def test_of_empty_columns_and_of_numbers_that_are_none_the_known_one_stays(lookup: Lookup) -> None:
    assert "phone" not in only(lookup, โทรศัพท์="", มือถือ="")
    text = 'externalId,fullName,unit,โทรศัพท์,มือถือ\nE1,นายสมชาย ใจดี,PO-50,053-112708,"ไม่มี"'
    (row,), bad = read(text, lookup)
    assert bad == []
    assert "phone" not in row.changes
    assert [(warning.column, warning.error.code) for warning in row.warnings] == [("โทรศัพท์", "phone-invalid")]
    assert refusals(lookup, โทรศัพท์="053-112708", มือถือ="#REF!") == [("มือถือ", "cell-is-error")]


@pytest.mark.parametrize(
    "written", ["1. นายสมชาย ใจดี", "1 นายสมชาย ใจดี", "(12) นายสมชาย ใจดี", "๓) นายสมชาย ใจดี", "4.นายสมชาย ใจดี"]
)
def test_the_number_that_a_person_has_in_a_list_is_no_name(lookup: Lookup, written: str) -> None:
    said = only(lookup, fullName=written)
    assert (said["prefix"], said["first_name"], said["last_name"]) == ("นาย", "สมชาย", "ใจดี")


@pytest.mark.parametrize(
    "written",
    [
        *("ใจดี, สมชาย", "นายสมชาย ใจดี (ลาออก)", "นายสมชาย(ชื่อเดิม) ใจดี"),
        *("นายสมชาย/ใจดี", "“สมชาย” ใจดี", "นายสมชาย_ใจดี"),
        *("นายสมชาย ใจดี, นางสมหญิง ใจดี", "นายสมชาย ใจดี *", "สมชาย ใจดี @กทม", "<b>สมชาย ใจดี</b>"),
    ],
)  # fmt: skip
def test_more_than_a_name_is_none(lookup: Lookup, written: str) -> None:
    assert refusals(lookup, fullName=written) == [("fullName", "name-unreadable")]


@pytest.mark.parametrize(
    "written",
    ["นายสมชาย ณ อยุธยา", "ว่าที่ ร.ต. (หญิง) สมหญิง ใจดี", "พ.อ.(พิเศษ) สมชาย ใจดี", "Mr. Seán O'Neill-Smith", "สมชาย ๆ ใจดี"],
)  # fmt: skip
def test_a_name_with_its_signs_is_one(lookup: Lookup, written: str) -> None:
    assert only(lookup, fullName=written)["last_name"]


def test_a_hyphen_is_no_surname(lookup: Lookup) -> None:
    assert refusals(lookup, fullName="นายสมชาย -") == [("fullName", "required-missing")]


@pytest.mark.parametrize(
    "written", ["ไม่มี", "ไม่ระบุ", "N/A", "n/a", "NULL", "nan", "0", "--", "...", ".", "?", "( )", "ว่าง"]
)
def test_a_word_for_no_value_keeps_what_is_known_and_is_said(lookup: Lookup, written: str) -> None:
    """Neither a value nor a wish that it be removed; and nobody is refused because of it."""
    columns = ("position", "email", "birthDate", "prefix", "level")
    text = f"externalId,fullName,unit,{','.join(columns)}\nE1,สมชาย ใจดี,PO-50{f',{written}' * len(columns)}\n"
    (row,), bad = read(text, lookup)
    assert bad == []
    assert set(row.changes) == {"first_name", "last_name", "unit", "office"}
    assert sorted((warning.column, warning.error.code) for warning in row.warnings) == [
        (column, "value-unsaid") for column in sorted(columns)
    ]


@pytest.mark.parametrize("before", ["จ.", "จว.", "จังหวัด", "สนจ.", "สนง.จ."])
def test_every_office_is_found_by_the_two_letters_of_its_province(lookup: Lookup, before: str) -> None:
    for province in bundled().provinces.values():
        if province.has_office:
            assert lookup.unit(f"{before}{province.abbr_th}.").key == f"PO-{province.code}"


@pytest.mark.parametrize(
    ("post", "unit", "code"),
    [
        ("หัวหน้าสำนักงานจังหวัดเชียงใหม่", "PO-50", "PROV_HEAD"),
        ("หน.สนจ.", "PO-50", "PROV_HEAD"),
        ("หัวหน้า สนจ.เชียงใหม่", "PO-50", "PROV_HEAD"),
        ("หัวหน้ากลุ่มงานอำนวยการ", "PO-50.ADM", "GROUP_HEAD"),
        ("หัวหน้ากลุ่มงานอำนวยการ สำนักงานจังหวัดเชียงใหม่", "PO-50.ADM", "GROUP_HEAD"),
        ("ผู้อำนวยการกองคลัง", "FIN", "UNIT_DIRECTOR"),
        ("ผอ.กองคลัง", "FIN", "UNIT_DIRECTOR"),
        ("ผอ.กอง", "FIN", "UNIT_DIRECTOR"),
    ],
)
def test_a_post_with_the_name_of_its_unit(lookup: Lookup, post: str, unit: str, code: str) -> None:
    assert lookup.post(plain_text(post), lookup.units[unit]) == code


@pytest.mark.parametrize("post", ["หัวหน้าสำนักงานจังหวัดเชียงราย", "หัวหน้า", "เชียงใหม่", "ผู้อำนวยการกองคลัง"])
def test_a_post_with_the_name_of_another_unit_is_unknown(lookup: Lookup, post: str) -> None:
    with pytest.raises(UnknownPost):
        lookup.post(post, lookup.units["PO-50"])


def test_every_unit_is_found_by_each_of_its_own_names(lookup: Lookup) -> None:
    """What counts for nothing in a name makes no two units one."""
    for unit in lookup.units.values():
        for name in filter(None, (unit.key, unit.name_th, unit.name_en, unit.abbr_th)):
            assert lookup.unit(name) == unit
            assert lookup.unit(name.lower().replace("-", "–")) == unit


@pytest.mark.parametrize(
    "written", ["สมชาย ใจดี นาย", "วาที่ ร.ต.สมชาย ใจดี", "สมหญิง น.ส. ใจดี", "นายสมชาย นาย ใจดี", "สมชาย ใจดี ม.ล."]
)
def test_a_title_behind_the_first_name_is_no_surname(lookup: Lookup, written: str) -> None:
    assert refusals(lookup, fullName=written) == [("fullName", "name-unreadable")]
    assert only(lookup, fullName="น.ท.สมชาย ใจดี ร.น.")["last_name"] == "ใจดี ร.น."


def test_columns_are_known_by_more_names_of_english() -> None:
    columns = find_columns(("Employee No.", "First Name", "Last Name", "Department"))
    assert [*columns.at] == ["firstName", "lastName", "externalId", "unit"]
