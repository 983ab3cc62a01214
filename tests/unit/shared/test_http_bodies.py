"""Depth without parsing, and every way in which a body fails into its own code."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from shared.bodies import Body, InvalidBody, deeper_than, refusal_of


def depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


JSON = st.recursive(
    st.none() | st.integers() | st.text('ab"\\[]{}/ก\n'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('x"[{\\'), inner, max_size=3),
    max_leaves=20,
)


@given(JSON, st.integers(1, 6), st.booleans())
def test_depth_is_that_of_the_parsed_value(value: Any, limit: int, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped).encode()

    assert deeper_than(text, limit) == (depth(value) > limit)


@given(st.text('"\\[]{}:,a0', max_size=40))
def test_what_is_no_json_at_all_raises_nothing(text: str) -> None:
    deeper_than(text.encode(), 2)


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 50 + b"]" * 50])
def test_deep_even_when_it_never_closes(text: bytes) -> None:
    assert deeper_than(text, 32)


@pytest.mark.parametrize(
    "text",
    [
        b'["' + b'\\"' * 500_000,
        b'"\\' * 500_000,
        b"[]" * 500_000,
        b"{" * 500_000 + b"}" * 500_000,
        b'[["' + b"[" * 1_000_000 + b'"]]',
        b'{"a":[' * 16 + b'""' * 400_000,
    ],
)
def test_a_megabyte_made_to_be_slow_is_not(text: bytes) -> None:
    began = time.thread_time()  # of this thread alone: the machine may be busy
    deeper_than(text, 32)

    assert time.thread_time() - began < 0.5


class Row(Body):
    person_id: str = Field(max_length=5)
    seats: int = Field(default=1, ge=1)


class Rows(Body):
    rows: list[Row]


def refused(text: str, model: type[Body] = Row) -> Any:
    with pytest.raises(ValidationError) as error:
        model.model_validate_json(text)
    return refusal_of(error.value.errors(include_url=False))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "malformed-json"),
        ("", "malformed-json"),
        ('{"personId": "\\ud800"}', "malformed-json"),
        ("{}", "invalid-body"),
        ("[]", "invalid-body"),
        ("null", "invalid-body"),
        ('{"personId": 7}', "invalid-body"),
        ('{"personId": "a", "seats": "1"}', "invalid-body"),
        ('{"personId": "a", "seats": 1.5}', "invalid-body"),
        ('{"personId": "a", "seats": 0}', "invalid-body"),
        ('{"personId": "a", "seats": true}', "invalid-body"),
        ('{"person_id": "a"}', "invalid-body"),
        ('{"personId": "a", "role": "ADMIN"}', "unknown-field"),
        ('{"personId": {"$gt": ""}}', "operator-in-body"),
        ('{"personId": "a", "$where": "1"}', "operator-in-body"),
        ('{"personId": "a", "seats": {"$inc": 1}}', "operator-in-body"),
    ],
)
def test_codes(text: str, code: str) -> None:
    assert refused(text).code == code


def test_fields_are_named_by_their_path_and_values_are_not_repeated() -> None:
    error = refused('{"rows": [{"personId": "a"}, {"personId": "too-long-secret"}]}', Rows)

    assert isinstance(error, InvalidBody)
    assert error.details["errors"] == [
        {"field": "rows.1.personId", "reason": "string_too_long", "limits": {"max_length": 5}}
    ]
    assert "secret" not in str(error)
