"""The forms in which offices write telephones, addresses, ids, titles and units."""

from datetime import date

import pytest

from services.enrolment.directory.domain.cell_refusals import EmailInvalid, PhoneInvalid
from services.enrolment.directory.domain.cells import parse_date, parse_email, plain_text
from services.enrolment.directory.domain.columns import find_columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.phones import parse_phone
from services.enrolment.directory.domain.report import MOST_BAD, Report
from services.enrolment.directory.domain.row_cells import Bad
from services.enrolment.directory.domain.rows import Reader
from shared.sheets.table import Row
from shared.values import DateBuddhistIso
from tests.unit.enrolment.directory.test_importing import KEYS, lookup, only, read, refusals

__all__ = ["lookup"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("081-234-5678", "0812345678"),
        ("812345678", "0812345678"),
        ("+66 81 234 5678", "0812345678"),
        ("66812345678", "0812345678"),
        ("+6653112708", "053112708"),
        ("๐๘๑-๒๓๔-๕๖๗๘", "0812345678"),
        ("081 234 5678 (มือถือ)", "0812345678"),
        ("โทร. 053-112708", "053112708"),
        ("โทรศัพท์: 053-112708", "053112708"),
        ("(053) 112708", "053112708"),
        ("053–112708", "053112708"),
        ("053‑112708", "053112708"),
        ("02 221 1234", "022211234"),
        ("053-112708 ต่อ 12", "053112708 ต่อ 12"),
        ("053112708#12", "053112708 ต่อ 12"),
        ("053-112708 ext. 12", "053112708 ต่อ 12"),
        ("0 5311 2708-9", "053112708, 053112709"),
        ("0-5311-2708 - 9", "053112708, 053112709"),
        ("053-112708-12", "053112708, 053112712"),
        ("081-234-5678, 089-123-4567", "0812345678, 0891234567"),
        ("081-234-5678/089-123-4567", "0812345678, 0891234567"),
        ("081-234-5678 หรือ 053-112708", "0812345678, 053112708"),
        ("0812345678,0812345678", "0812345678"),
        ("มท. 50231", "มท. 50231"),
        ("50231", "มท. 50231"),
        ("+85621212345", "+85621212345"),
    ],
)
def test_a_telephone_number_is_read(written: str, kept: str) -> None:
    assert parse_phone(written) == kept
    assert parse_phone(kept) == kept


@pytest.mark.parametrize(
    "written",
    [
        *("0", "12", "ไม่มี", "081-234-567", "812345678 891234567", "05311270812345", ",", "081-234-5678, ?", "+12"),
        ", ".join(f"081-234-567{last}" for last in range(5)),
    ],
)
def test_a_telephone_number_that_is_not_understood_says_what_was_read(written: str) -> None:
    with pytest.raises(PhoneInvalid) as refused:
        parse_phone(written)
    assert refused.value.details == {"text": written[:40]}


def test_a_person_is_imported_without_a_telephone_number_that_is_not_understood(lookup: Lookup) -> None:
    cells = ("E1", "นายสมชาย ใจดี", "PO-50", "ไม่มี", "a@moi.go.th")
    columns = find_columns(("externalId", "fullName", "unit", "โทรศัพท์", "email"))
    (row,), bad = Reader(columns, lookup, KEYS, date(2026, 11, 21)).read([Row(2, len(cells), cells)])
    assert bad == []
    assert "phone" not in row.changes
    assert row.changes["email"] == "a@moi.go.th"
    assert [(warning.line, warning.column, warning.error.code) for warning in row.warnings] == [
        (2, "โทรศัพท์", "phone-invalid")
    ]


def test_warnings_beyond_those_listed_are_not_kept() -> None:
    report = Report(3_000, ())
    for start in range(0, 3_000, 300):
        report.warn(Bad(line, "phone", PhoneInvalid(text="?")) for line in range(start, start + 300))
    assert len(report.warnings) == MOST_BAD


@pytest.mark.parametrize(
    "written",
    [
        "t@example.go.th\u200b",
        "t@example.go.th ",
        "\ufefft@example.go.th",
        "t@exam\u00adple.go.th",
        "'t@example.go.th",
        '="t@example.go.th"',
        "mailto:t@example.go.th",
        "t@example.go.th.",
        "t@EXAMPLE.go.th",
    ],
)
def test_an_address_is_cleaned(written: str) -> None:
    assert parse_email(plain_text(written)) == "t@example.go.th"


@pytest.mark.parametrize("written", ["a@moi.go.th; b@moi.go.th", "t@example,go.th", "t@", "t", "t@example..go.th"])
def test_an_address_that_is_none_says_what_was_read(written: str) -> None:
    with pytest.raises(EmailInvalid) as refused:
        parse_email(written)
    assert refused.value.details == {"text": written}


@pytest.mark.parametrize(
    "written",
    [
        *("3101700534215", "3 101700534215", "3–101700534215", "3-1017-00534-21-5", "3101700534215\u200b"),
        *("'3101700534215", '="3101700534215"', "๓๑๐๑๗๐๐๕๓๔๒๑๕"),
    ],
)
def test_a_citizen_id_is_the_same_however_it_is_spaced(lookup: Lookup, written: str) -> None:
    columns = find_columns(("citizenId", "fullName", "unit"))
    cells = (written, "นายสมชาย ใจดี", "PO-50")
    (row,), bad = Reader(columns, lookup, KEYS, date(2026, 11, 21)).read([Row(2, len(cells), cells)])
    assert bad == []
    assert row.citizen_hashes == tuple(KEYS.hashes("3101700534215"))


def test_a_date_says_which_one_was_meant() -> None:
    with pytest.raises(DateBuddhistIso) as refused:
        parse_date("2563-08-31")
    assert refused.value.details == {"text": "2563-08-31", "meant": "2020-08-31"}
    assert "2020-08-31" in str(refused.value.th) or "{meant}" in refused.value.th


@pytest.mark.parametrize(
    "unit",
    [
        "เชียงใหม่",
        "จ.เชียงใหม่",
        "จ. เชียงใหม่",
        "จังหวัดเชียงใหม่",
        "สนจ.เชียงใหม่",
        "สำนักงานจังหวัดเชียงใหม่",
        "po-50",
        "PO-50\u200b",
    ],
)
def test_a_provincial_office_is_also_called_by_its_province(lookup: Lookup, unit: str) -> None:
    assert only(lookup, unit=unit)["unit"] == "PO-50"


def test_a_province_without_an_office_is_none(lookup: Lookup) -> None:
    assert refusals(lookup, unit="กรุงเทพมหานคร") == [("unit", "unknown-unit")]


@pytest.mark.parametrize("hyphen", "-‐‑‒–—−")
def test_an_id_has_one_kind_of_hyphen(lookup: Lookup, hyphen: str) -> None:
    """Programs for letters make others of it, and nobody sees a difference."""
    (row,), bad = read(f"externalId,fullName,unit\nMOI{hyphen}0012,นายสมชาย ใจดี,PO-50", lookup)
    assert (row.external_id, bad) == ("MOI-0012", [])
