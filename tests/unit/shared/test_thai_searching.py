"""A text is found by a part of it, however it is written; and by the tokens that an index has of it."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.thai import Sought, sought_name, sought_text, tokens_of, words_of
from shared.thai.searching import GRAM, MOST_WORDS

FIRST = ("สมชาย", "กิตติ์", "ณัฐภัทร", "เอกพงษ์", "ไพโรจน์", "ธีจุฑา", "ฤดี", "น้ำทิพย์", "John", "ปู่")
LAST = ("ใจดี", "น้ำใจดี", "ณ อยุธยา", "สุวรรณประทีป", "ชุนงาม", "บุญราช ๒", "Smith")
PREFIXES = (
    "นาย",
    "นาย ",
    "นางสาว",
    "น.ส.",
    "ดร.",
    "ดร. ",
    "ว่าที่ ร.ต.",
    "ว่าที่ร้อยตรี",
    "ผศ.ดร.",
    "ม.ล.",
    "พ.ต.อ. ",
    "ดาบตำรวจ ",
)
NAMES = st.builds(lambda first, last: f"{first} {last}", st.sampled_from(FIRST), st.sampled_from(LAST))
THAI = st.text(
    st.one_of(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B), st.sampled_from(" .-aB1")), max_size=30
)
ON_A_CONSONANT = "ะัาำิีึืฺุูๅํ๎"
_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def written_otherwise(name: str) -> list[str]:
    """As others write the same name."""
    return [
        name.upper(),
        name.replace(" ", "  "),
        name.replace(" ", "-"),
        name.replace("้", "").replace("์", ""),
        name.replace("ำ", "\u0e4d\u0e32"),
        unicodedata.normalize("NFD", name),
        name.translate(_TO_THAI),
        f"\ufeff{name}\u200b",
    ]


@given(NAMES, st.sampled_from(PREFIXES), st.data())
def test_a_name_is_found_however_it_is_written(name: str, prefix: str, data: st.DataObject) -> None:
    question = data.draw(st.sampled_from([name, *written_otherwise(name)]))
    for asked in (question, prefix + question):
        assert sought_name(asked).finds(name), asked
    assert sought_name(prefix + name) == sought_name(name)


@given(NAMES, st.data())
def test_a_name_is_found_by_any_part_of_it(name: str, data: st.DataObject) -> None:
    letters = "".join(sought_text(name).words)
    begin = data.draw(st.integers(0, len(letters) - GRAM))
    end = data.draw(st.integers(begin + GRAM, len(letters)))
    assert sought_text(letters[begin:end]).finds(name)


@given(THAI, THAI)
@example("สมชาย ใจดี", "สมช ใจ")
@example("สมชาย ใจดี", "ยใจ")
@example("สมชาย ใจดี", "มช")
@example("สมชาย ใจดี", "ายใ")
@example("สมชาย ใจดี", "ายใจ")
def test_tokens_miss_nobody(text: str, question: str) -> None:
    """Whatever is found has every token of the question, so any one of them may be looked up."""
    sought = sought_text(question)
    if sought.finds(text):
        assert set(sought.tokens) <= set(tokens_of(words_of(text)))
    assert sought.tokens or all(word[0] in ON_A_CONSONANT for word in sought.words)


@given(THAI)
def test_there_are_few_tokens_and_each_is_short(text: str) -> None:
    tokens = tokens_of(words_of(text))
    letters = sum(map(len, sought_text(text.replace(" ", "")).words))
    assert not [token for token in tokens if token[0] in ON_A_CONSONANT]
    assert len(tokens) == len(set(tokens)) <= max(0, letters - GRAM + 1) + 2 * (text.count(" ") + 1)
    assert all(1 <= len(token) <= GRAM for token in tokens)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("สม", True),
        ("ใจ", True),
        ("มช", False),
        ("มชา", True),
        ("ส", True),
        ("ด", False),
        ("สม ใจ", True),
        ("ใจดี สมชาย", True),
        ("สมช ใจด", True),
        ("ชายใจ", True),
        ("ายใ", True),
        ("สมชาย แสน", False),
        ("นายสม", True),
        ("นางสาว สมชาย", True),
        ("จ.ส.อ. สมชาย", True),
        ("ดาบตำรวจ สมชาย", True),
        ("สมชาย นาย", False),
        ("...", True),
    ],
)
def test_words_are_looked_for_as_they_are_promised(question: str, found: bool) -> None:
    assert sought_name(question).finds("สมชาย ใจดี") is found


def test_what_follows_many_words_does_not_narrow() -> None:
    assert sought_text("กขค " * 50) == Sought(("กขค",) * MOST_WORDS)


@given(st.text(max_size=60))
def test_nothing_in_a_word_means_anything_to_an_expression(text: str) -> None:
    for word in sought_text(text).words:
        assert not set(word) & set(".^$*+?()[]{}|\\/-#&~ ")
