"""Titles: every spelling of one is the same."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.thai import Name, name_beside
from shared.thai.titles import TITLES, prefix_of, titles


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("น.ส.", "นางสาว"),
        ("นส.", "นางสาว"),
        ("นส", "นางสาว"),
        ("น. ส.", "นางสาว"),
        ("นางสาว", "นางสาว"),
        ("นาย ", "นาย"),
        ("ร.ต.", "ร้อยตรี"),
        ("ร้อยตรี", "ร้อยตรี"),
        ("ว่าที่ ร.ต.", "ว่าที่ร้อยตรี"),
        ("ว่าที่ร.ต.", "ว่าที่ร้อยตรี"),
        ("ว่าที่ร้อยตรี", "ว่าที่ร้อยตรี"),
        ("ว่าที่ ร.ต.หญิง", "ว่าที่ร้อยตรีหญิง"),
        ("ว่าที่ร้อยตรี หญิง", "ว่าที่ร้อยตรีหญิง"),
        ("พ.ต.อ.", "พันตำรวจเอก"),
        ("พล.ต.อ.", "พลตำรวจเอก"),
        ("ด.ต.", "ดาบตำรวจ"),
        ("ม.ล.", "หม่อมหลวง"),
        ("ม.ร.ว.", "หม่อมราชวงศ์"),
        ("ดร.", "ดร."),
        ("ดร", "ดร."),
        ("DR.", "ดร."),
        ("ผศ.ดร.", "ผู้ช่วยศาสตราจารย์ ดร."),
        ("ผศ. ดร.", "ผู้ช่วยศาสตราจารย์ ดร."),
        ("ผู้ช่วยศาสตราจารย์ ดร.", "ผู้ช่วยศาสตราจารย์ ดร."),
        ("MR.", "Mr."),
        ("mr", "Mr."),
        ("นายดร.", "นาย ดร."),
        ("จ.ส.ต.", "จ.ส.ต."),
        ("น.อ.", "น.อ."),
        ("คุณ", "คุณ"),
        ("", ""),
    ],
)
def test_a_title_in_full(written: str, title: str) -> None:
    assert prefix_of(titles(written)) == title
    assert prefix_of(titles(title)) == title


@pytest.mark.parametrize(
    ("prefix", "name", "read"),
    [
        ("น.ส.", "นางสาวสมหญิง", Name("นางสาว", "สมหญิง", "")),
        ("นางสาว", "น.ส.สมหญิง", Name("นางสาว", "สมหญิง", "")),
        ("นส.", "น.ส.สมหญิง", Name("นางสาว", "สมหญิง", "")),
        ("นาย", "นายสมชาย", Name("นาย", "สมชาย", "")),
        ("นาย", "นาย สมชาย", Name("นาย", "สมชาย", "")),
        ("ว่าที่ ร.ต.", "ว่าที่ร้อยตรีสมชาย", Name("ว่าที่ร้อยตรี", "สมชาย", "")),
        ("ร.ต.", "ร้อยตรี สมชาย", Name("ร้อยตรี", "สมชาย", "")),
        ("นาย", "ดร.สมชาย", Name("นาย ดร.", "สมชาย", "")),
        ("นางสาว", "นางสาวนางสาวี", Name("นางสาว", "นางสาวี", "")),
        ("นาย", "นางนวล ใจดี", Name("นาย", "นางนวล", "ใจดี")),
        ("", "นายสมชาย ใจดี", Name("นาย", "สมชาย", "ใจดี")),
        ("", "สมชาย ใจดี", Name("", "สมชาย", "ใจดี")),
    ],
)
def test_a_title_that_stands_twice_is_one(prefix: str, name: str, read: Name) -> None:
    assert name_beside(prefix, name) == read


@given(st.lists(st.sampled_from(sorted(set(TITLES.values()))), max_size=3, unique=True))
def test_titles_read_back(chosen: list[str]) -> None:
    once = prefix_of(titles(prefix_of(chosen)))
    assert prefix_of(titles(once)) == once


@example("0 1 \x80")
@given(st.text(max_size=40))
def test_any_text_is_read(text: str) -> None:
    once = prefix_of(titles(text))
    assert prefix_of(titles(once)) == once
