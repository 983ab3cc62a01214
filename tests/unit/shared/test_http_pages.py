"""Cursors go around unharmed and everything else is refused."""

import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.pages import InvalidCursor, Key, PageRequest, decode_cursor, encode_cursor

PRINTABLE = st.text().map(lambda text: "".join(filter(str.isprintable, text)))


@given(st.lists(PRINTABLE | st.integers(-(2**53), 2**53) | st.none(), min_size=1, max_size=8).map(tuple))
def test_round_trip(key: Key) -> None:
    assert decode_cursor(encode_cursor(key)) == key


@given(st.text())
def test_anything_else_is_refused_or_plain(text: str) -> None:
    try:
        key = decode_cursor(text)
    except InvalidCursor:
        return
    assert all(part is None or isinstance(part, str | int) for part in key)


@pytest.mark.parametrize("value", [{"$gt": ""}, [{"$gt": ""}], [["a"]], [], [1.5], [True], "a", 7, None, ["a"] * 9])
def test_only_short_lists_of_plain_values(value: object) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(base64.urlsafe_b64encode(orjson.dumps(value)).decode())


def test_the_last_page_has_no_next() -> None:
    page = PageRequest(2, None)

    assert page.body([1, 2], ("b", 2))["next"] == encode_cursor(("b", 2))
    assert page.body([1], None) == {"items": [1], "next": None}


def test_a_page_is_cut_from_one_row_more() -> None:
    page = PageRequest(2, None)
    rows = ["a", "b", "c"]

    assert page.cut(rows, str.upper, lambda row: (row,)) == {"items": ["A", "B"], "next": encode_cursor(("b",))}
    assert page.cut(rows[:2], str.upper, lambda row: (row,)) == {"items": ["A", "B"], "next": None}
    assert page.cut([], str.upper, lambda row: (row,)) == {"items": [], "next": None}
