"""Keys of commands: the same request has the same one, and no other request has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.envelope import Position
from shared.idempotency import KeyReused, Recorded, command_key, record, recorded
from tests.support.events import MOMENT

ANSWER = Recorded(201, '{"id": "n-1"}', (Position("r:t:PO-50", 3), Position("p-1", 1)))
parts = st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126), max_size=8)
requests = st.tuples(parts, parts, parts, parts)


@given(one=requests, other=requests)
def test_the_scope_is_person_method_path_and_key(
    one: tuple[str, str, str, str], other: tuple[str, str, str, str]
) -> None:
    same = command_key(*one, b"").id == command_key(*other, b"").id
    assert same == (one == other)


def test_without_a_key_every_attempt_is_a_command_of_its_own() -> None:
    first, second = (command_key("p", "POST", "/x", None, b"{}") for _ in range(2))
    assert first.id != second.id
    assert first.fingerprint is None


def test_what_was_recorded_is_answered_again() -> None:
    key = command_key("p", "POST", "/x", "k", b'{"a": 1}')
    row = record(key, ANSWER, MOMENT)._doc
    assert recorded(row, key) == ANSWER
    assert row["expires_at"] == MOMENT


def test_another_body_under_the_same_key_is_refused() -> None:
    key = command_key("p", "POST", "/x", "k", b'{"a": 1}')
    row = record(key, ANSWER, MOMENT)._doc
    with pytest.raises(KeyReused) as caught:
        recorded(row, command_key("p", "POST", "/x", "k", b'{"a": 2}'))
    assert caught.value.code == "idempotency-key-reused"
