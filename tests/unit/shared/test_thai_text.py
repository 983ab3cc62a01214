"""One form, keys to sort and to search by, and cuts between clusters."""

import csv
import random
import re
import subprocess
import sys
import unicodedata
from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.thai import PROVINCES, clusters, normalise, province_name, searchable, shortened, sort_key, truncate
from shared.thai.text import is_normal, rewritten

REFERENCE = Path(__file__).parents[3] / "services" / "enrolment" / "directory" / "domain" / "reference"
THAI = st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B)
INVISIBLE = st.sampled_from("\u200b\u200c\u00a0\ufeff\u200d\u2060 \t\n")
OTHER = st.one_of(st.characters(exclude_categories=["Cs"]), st.characters(min_codepoint=0x300, max_codepoint=0x36F))
MARKS = st.sampled_from("\u0301\u0316\u0327\u0344\u0591\u05b0\u0f73\u0f71\u0f72\u0958\u1ab0\u20d0\u0e38\u0e48\u0e4d")
TEXT = st.text(st.one_of(THAI, THAI, THAI, INVISIBLE, OTHER), max_size=40)

WATER = "น้ำ"


@pytest.mark.parametrize(
    "written",
    [
        "\u0e19\u0e49\u0e33",
        "\u0e19\u0e33\u0e49",
        "\u0e19\u0e4d\u0e49\u0e32",
        "\u0e19\u0e49\u0e4d\u0e32",
        "\u0e19\u0e49\u0e49\u0e33",
        "\u0e19\u0e4d\u0e32\u0e49",
        "\u0e19\u0e4d\u0e4d\u0e49\u0e32",
        "\u0e19\u200b\u0e49\u0e33",
        "\ufeff\u0e19\u0e49\u0e33\u200c",
        "\u00a0\u0e19\u0e49\u0e33 ",
    ],
)
def test_water_has_one_form(written: str) -> None:
    assert normalise(written) == WATER


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("เเม่ฮ่องสอน", "แม่ฮ่องสอน"),
        ("ท่ี", "ที่"),
        ("ทีี่่", "ที่"),
        ("ผู่้", "ผู้"),
        ("สิทธ์ิ", "สิทธิ์"),
        ("บุรีรัมย์์", "บุรีรัมย์"),
        ("พัฒนๅ", "พัฒนา"),
        ("ฤๅษี", "ฤๅษี"),
        ("กอง\u00a0\u00a0การ\r\nเจ้าหน้าที่", "กอง การ เจ้าหน้าที่"),
        ("ปี ๒๕๖๓", "ปี ๒๕๖๓"),
        ("e\u0301", "é"),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_normalises(written: str, stored: str) -> None:
    assert normalise(written) == stored


@given(TEXT)
def test_normalising_again_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


SIGNS = "ัิีึืฺุู็่้๊๋์ํ๎ำาๅเแ\u0301 \u200d"


@pytest.mark.parametrize("first", SIGNS)
def test_what_is_called_normal_is_what_would_be_written(first: str) -> None:
    """All that three signs around a letter can be."""
    for rest in product(SIGNS, repeat=2):
        for text in ("ก" + first + "".join(rest), first + "น" + "".join(rest)):
            assert not is_normal(text) or rewritten(text) == text


@given(st.one_of(TEXT, st.text(st.one_of(MARKS, MARKS, THAI), max_size=80)))
def test_whatever_is_called_normal_is_what_would_be_written(text: str) -> None:
    assert not is_normal(text) or rewritten(text) == text


@pytest.mark.parametrize("text", ["", "สมชาย ใจดี", "น้ำฝน", "Chiang Mai", "นักทรัพยากรบุคคล", "é", "ญี่ปุ่น"])
def test_what_people_write_is_called_normal(text: str) -> None:
    assert is_normal(text)


HOSTILE = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, (40, 40))
from shared.thai import clusters, name_search_key, normalise, searchable, sort_key, split_name
signs = "\u0301", "\u0301\u0316", "\u0301\u0316\u200b", "\u0f73", "\u0591\u05b0\u200d"
for unit in ("ํ", "น้", "เ", "ก.", "นาย", "ํา", *signs):
    for work in (normalise, searchable, sort_key, split_name, name_search_key, clusters):
        work("ก" + unit * (150_000 // len(unit)))
"""


def test_a_hostile_text_costs_no_more_than_its_length() -> None:
    """In a process with 40 s of CPU, of which it needs a small part; one of these runs would take ten times as long
    if the work grew with the square of the length."""
    done = subprocess.run([sys.executable, "-c", HOSTILE], check=False)
    assert done.returncode == 0


@given(st.text(st.one_of(MARKS, MARKS, MARKS, OTHER), max_size=200))
def test_long_runs_of_signs_are_composed_as_unicode_says(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(text)
    assert normalise(unicodedata.normalize("NFC", text)) == normalise(text)


def test_every_combining_sign_is_looked_for_in_long_runs() -> None:
    """Also those that only their decomposition begins with."""
    for code in range(0x110000):
        if unicodedata.combining(unicodedata.normalize("NFD", chr(code))[0]):
            assert re.fullmatch(r"[^\w\s\x00-\x7f]", chr(code)), hex(code)


@given(TEXT)
def test_keys_see_only_the_one_form(text: str) -> None:
    assert searchable(normalise(text)) == searchable(text)
    assert sort_key(normalise(text)) == sort_key(text)


def test_searching_takes_either_digits_and_any_case() -> None:
    assert searchable("HR ปี ๒๕๖๓") == searchable("hr ปี 2563") == "hr ปี 2563"


def provinces() -> list[str]:
    with (REFERENCE / "provinces.csv").open(encoding="utf-8") as file:
        return [row["name_th"] for row in sorted(csv.DictReader(file), key=lambda row: int(row["thai_sort"]))]


def test_all_77_provinces_sort_by_the_bytes_of_their_keys() -> None:
    names = provinces()
    assert len(names) == 77
    assert sorted(names, key=lambda name: sort_key(name).encode()) == names


def test_the_names_of_provinces_are_those_of_the_directory() -> None:
    with (REFERENCE / "provinces.csv").open(encoding="utf-8") as file:
        listed = {row["code"]: (row["name_th"], row["name_en"]) for row in csv.DictReader(file)}
    assert listed == PROVINCES
    assert [province_name(code, "th") for code in ("10", "50", "99")] == ["กรุงเทพมหานคร", "จังหวัดเชียงใหม่", "จังหวัดรหัส 99"]
    assert [province_name(code, "en") for code in ("10", "50", "99")] == ["Bangkok", "Chiang Mai", "province 99"]


# Each row was sorted by ICU's collator "th".
@pytest.mark.parametrize(
    "row",
    [
        "กระบี่ กรุงเทพมหานคร ขอนแก่น โคราช เชียงใหม่ นนทบุรี",
        "1 ๒ ก a Z",
        "ป ปก ปะ ปั ปา ป์า ป็า ป่า ป้า ป๊า ป๋า ปำ ปิ ปี เป แป",
        "ร รก รา ฤ ฤก ฤา ล ฦ ว",
        "กก กข่ กข้ก แก ข เขา",
        "เลย แลกเปลี่ยน ไล่ วัน ศรีสะเกษ อำนาจเจริญ",
        "ขาก ข่าก ขาข",
    ],
)
def test_sorts_as_icu_does(row: str) -> None:
    words = row.split()
    shuffled = random.Random(row).sample(words, len(words))
    assert sorted(shuffled, key=lambda word: sort_key(word).encode()) == words


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Äpfel 漢字", "ａｐｆｅｌ漢字"),
        ("Ωμέγα", "ωμεγα"),
        ("ก\u200d้า๏ — 👍 ๙", "กา9 -6"),
        ("เก่ง ไม้", "กเงมไ --5---6"),
    ],
)
def test_every_letter_of_any_script_has_a_weight_and_nothing_else(text: str, key: str) -> None:
    assert sort_key(text) == key


@given(TEXT, TEXT)
@example("กา", "ก้า")
@example("กา", "กาก")
@example("9", "ก")
@example("ฮ", "a")
def test_a_short_key_has_the_same_order(one: str, other: str) -> None:
    """Of what Thai names are written with; and there is room behind it."""
    one, other = (re.sub(r"[^\u0e01-\u0e5ba-zA-Z0-9 .-]", "", text) for text in (one, other))
    assert (shortened(sort_key(one)) < shortened(sort_key(other))) == (sort_key(one) < sort_key(other))
    assert (f"{shortened(sort_key(one))} b" < f"{shortened(sort_key(other))} a") or sort_key(one) >= sort_key(other)
    assert shortened(sort_key("สมชาย น้ำใจดี")).isascii()


@pytest.mark.parametrize(("one", "other"), [("ก ข", "กข"), ("กๆ-ข", "กข"), ("HR", "hr"), ("ปี ๑", "ปี 1")])
def test_spaces_signs_case_and_digits_do_not_sort(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)


@given(st.lists(TEXT, max_size=12), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_before(texts: list[str], shuffle: random.Random) -> None:
    keys = [sort_key(text).encode() for text in texts]
    shuffled = shuffle.sample(keys, len(keys))
    assert sorted(shuffled) == sorted(keys)
    assert all((one < other) == (one.decode() < other.decode()) for one in keys for other in keys)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("ที่", 1),
        ("น้ำ", 1),
        ("เชียงใหม่", 7),
        ("👨‍👩‍👧", 1),
        ("👍🏽", 1),
        ("🇹🇭🇱🇦", 2),
        ("e\u0301a", 2),
        ("\r\n\n", 2),
        ("", 0),
    ],
)
def test_counts_what_a_reader_sees(text: str, count: int) -> None:
    assert len(clusters(text)) == count


def test_truncates_between_clusters() -> None:
    assert truncate("น้ำที่นี่", 4) == "น้ำที่นี่"
    assert truncate("น้ำที่นี่", 3) == "น้ำที่นี่"
    assert truncate("น้ำที่นี่", 2) == "น้ำ…"
    assert truncate("กอง การ", 5) == "กอง…"


def test_a_length_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        truncate("ก", 0)


@given(TEXT, st.integers(min_value=1, max_value=20))
def test_a_cut_text_is_short_and_whole(text: str, length: int) -> None:
    cut = truncate(text, length)
    assert "".join(clusters(text)) == text
    assert len(clusters(cut)) <= length
    if cut != text:
        kept = clusters(cut.removesuffix("…"))
        assert kept == clusters(text)[: len(kept)]
