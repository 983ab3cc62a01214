"""Prefixes, search keys and citizen ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.thai import Name, is_citizen_id, name_search_key, split_name

SEED_NAMES = [
    ("นายณัฐภัทร สุวรรณประทีป", Name("นาย", "ณัฐภัทร", "สุวรรณประทีป")),
    ("นายกฤษฎา บุญราช", Name("นาย", "กฤษฎา", "บุญราช")),
    ("นายสมคิด จันทมฤก", Name("นาย", "สมคิด", "จันทมฤก")),
    ("ดร. รณพรหม ชุนงาม", Name("ดร.", "รณพรหม", "ชุนงาม")),
    ("ดร.ธีจุฑา ประสาทแก้ว", Name("ดร.", "ธีจุฑา", "ประสาทแก้ว")),
]


@pytest.mark.parametrize(("full", "name"), SEED_NAMES)
def test_splits_the_names_of_the_seeds(full: str, name: Name) -> None:
    assert split_name(full) == name


@pytest.mark.parametrize(
    ("full", "prefix"),
    [
        ("นาย สมชาย ใจดี", "นาย"),
        ("นางสมชาย ใจดี", "นาง"),
        ("นางสาวสมชาย ใจดี", "นางสาว"),
        ("น.ส.สมชาย ใจดี", "น.ส."),
        ("น.ส. สมชาย ใจดี", "น.ส."),
        ("ม.ล.สมชาย ใจดี", "ม.ล."),
        ("หม่อมราชวงศ์สมชาย ใจดี", "หม่อมราชวงศ์"),
        ("ว่าที่ ร.ต. สมชาย ใจดี", "ว่าที่ ร.ต."),
        ("ว่าที่ร.ต.สมชาย ใจดี", "ว่าที่ ร.ต."),
        ("ว่าที่ร้อยตรีสมชาย ใจดี", "ว่าที่ร้อยตรี"),
        ("ว่าที่ ร.ต.หญิง สมชาย ใจดี", "ว่าที่ ร.ต.หญิง"),
        ("ว่าที่ร้อยตรีหญิงสมชาย ใจดี", "ว่าที่ร้อยตรีหญิง"),
        ("ผศ. สมชาย ใจดี", "ผศ."),
        ("ผศ. ดร. สมชาย ใจดี", "ผศ.ดร."),
        ("ผศ.ดร.สมชาย ใจดี", "ผศ.ดร."),
        ("ผู้ช่วยศาสตราจารย์ ดร.สมชาย ใจดี", "ผู้ช่วยศาสตราจารย์ดร."),
        ("พล.ต.อ. สมชาย ใจดี", "พล.ต.อ."),
        ("พันตำรวจเอกสมชาย ใจดี", "พันตำรวจเอก"),
        ("พลเรือเอก สมชาย ใจดี", "พลเรือเอก"),
        ("นาวาอากาศโทสมชาย ใจดี", "นาวาอากาศโท"),
        ("จ.ส.อ.สมชาย ใจดี", "จ.ส.อ."),
        ("นพ.สมชาย ใจดี", "นพ."),
        ("เด็กชายสมชาย ใจดี", "เด็กชาย"),
        ("คุณหญิงสมชาย ใจดี", "คุณหญิง"),
        ("คุณ สมชาย ใจดี", "คุณ"),
        ("\ufeffนาย\u200bสมชาย\u00a0 ใจดี", "นาย"),
        ("สมชาย ใจดี", ""),
    ],
)
def test_separates_civil_prefixes(full: str, prefix: str) -> None:
    assert split_name(full) == Name(prefix, "สมชาย", "ใจดี")


@pytest.mark.parametrize("full", ["นายิกา ใจดี", "นางาม ใจดี", "คุณวุฒิ ใจดี", "ดรุณี ใจดี", "พระพาย ใจดี", "นาย", "นายก"])
def test_a_name_that_only_begins_like_a_prefix_stays_whole(full: str) -> None:
    assert split_name(full).prefix == ""
    assert str(split_name(full)) == full


def test_the_last_name_may_have_spaces_or_be_missing() -> None:
    assert split_name("นายสมชาย ณ อยุธยา") == Name("นาย", "สมชาย", "ณ อยุธยา")
    assert split_name("นายสมชาย") == Name("นาย", "สมชาย", "")
    assert split_name("  ") == Name("", "", "")


@pytest.mark.parametrize(
    ("full", "printed"),
    [
        ("นาย สมชาย ใจดี", "นายสมชาย ใจดี"),
        ("ดร.สมชาย ใจดี", "ดร. สมชาย ใจดี"),
        ("Mr. John Smith", "Mr. John Smith"),
        ("Miss Mary Smith", "Miss Mary Smith"),
    ],
)
def test_prints_a_name(full: str, printed: str) -> None:
    assert str(split_name(full)) == printed


@given(
    st.sampled_from(["นาย", "นางสาว", "น.ส.", "ดร.", "ผศ.ดร.", "ว่าที่ ร.ต.", "ม.ล."]),
    st.sampled_from(["สมชาย", "เอกพงษ์", "ณัฐภัทร", "ไพโรจน์", "ฤดี"]),
    st.sampled_from(["ใจดี", "ณ อยุธยา", "นาคสุข", ""]),
)
def test_a_printed_name_splits_again(prefix: str, first: str, last: str) -> None:
    name = Name(prefix, first, last)
    assert split_name(str(name)) == name


@pytest.mark.parametrize(
    "written",
    ["นายกิตติ์ น้ำใจดี", "กิตติ น้ำใจดี", "ดร. กิตติ์  น้ำใจดี", "กิตติ์น้ําใจดี", "กิตติ์ นำใจดี", "กิตติ์-น้ำใจดี"],
)
def test_a_search_finds_a_name_however_it_is_written(written: str) -> None:
    assert name_search_key(written) == name_search_key(Name("นาย", "กิตติ์", "น้ำใจดี"))


def test_a_search_keeps_vowels_apart() -> None:
    assert name_search_key("สมใจ ดี") != name_search_key("สมใจ ดา")
    assert name_search_key("HR Team") == "hrteam"


@pytest.mark.parametrize("text", ["1101700230708", "1-1017-00230-70-8", "1 1017 00230 70 8", "๑๑๐๑๗๐๐๒๓๐๗๐๘"])
def test_a_citizen_id(text: str) -> None:
    assert is_citizen_id(text)


@pytest.mark.parametrize("text", ["", "1101700230707", "110170023070", "11017002307080", "110170023070x", "٣" * 13])
def test_not_a_citizen_id(text: str) -> None:
    assert not is_citizen_id(text)


@given(st.text(alphabet="0123456789", min_size=12, max_size=12))
def test_one_checksum_of_ten_is_right(twelve: str) -> None:
    assert sum(is_citizen_id(f"{twelve}{last}") for last in range(10)) == 1
