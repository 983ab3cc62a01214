"""What a PATCH makes of what is there: the examples of RFC 7396, and that the rest stays."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bodies import Body, InvalidBody, OperatorInBody, UnknownField
from shared.errors import Refused
from shared.patches import Changes, merged, partial_of

JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


class Place(Body):
    name: str | None = None
    room: str | None = None


class Meeting(Body):
    seats_free: int
    place: Place | None = None
    topics: tuple[str, ...] = ()


PRESENT = {"seatsFree": 3, "place": {"name": "อาคาร 1", "room": "2"}, "topics": ["ก", "ข"]}


@pytest.mark.parametrize(
    ("present", "change", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_the_standard(present: Any, change: Any, result: Any) -> None:
    assert merged(present, change) == result


@given(JSON, JSON)
def test_a_change_made_twice_is_made_once_and_nothing_else_is_touched(present: Any, change: Any) -> None:
    before = orjson.dumps(present)
    once = merged(present, change)
    assert merged(once, change) == once
    assert orjson.dumps(present) == before
    if isinstance(present, dict) and isinstance(change, dict):
        assert {name: once[name] for name in present.keys() - change.keys()} == {
            name: present[name] for name in present.keys() - change.keys()
        }


def test_what_is_named_changes_and_the_rest_stays() -> None:
    changed = Changes(Meeting, {"place": {"room": "3"}, "topics": None}).onto(PRESENT)
    assert changed == Meeting(seatsFree=3, place=Place(name="อาคาร 1", room="3"))
    assert Changes(Meeting, {}).onto(PRESENT) == Meeting.model_validate_json(orjson.dumps(PRESENT))


@pytest.mark.parametrize(
    ("change", "kind", "field"),
    [
        ({"nonsense": 1}, UnknownField, "nonsense"),
        ({"nonsense": None}, UnknownField, "nonsense"),
        ({"seats_free": 1}, UnknownField, "seats_free"),
        ({"place": {"$gt": ""}}, OperatorInBody, "place.$gt"),
        ({"seatsFree": None}, InvalidBody, "seatsFree"),
        ({"seatsFree": "4"}, InvalidBody, "seatsFree"),
        ({"place": "อาคาร 2"}, InvalidBody, "place"),
    ],
)
def test_a_change_is_refused_as_the_whole_would_be(change: Any, kind: type[Refused], field: str) -> None:
    with pytest.raises(kind) as refused:
        Changes(Meeting, change).onto(PRESENT)
    assert type(refused.value) is kind
    assert [error["field"] for error in refused.value.details["errors"]] == [field]


def test_in_the_document_no_field_has_to_be_there_and_limits_stay() -> None:
    from services.enrolment.catalogue.http.bodies import DescriptionBody

    partial = partial_of(DescriptionBody).model_json_schema(by_alias=True)
    whole = DescriptionBody.model_json_schema(by_alias=True)
    assert partial["properties"].keys() == whole["properties"].keys()
    assert "required" not in partial
    assert partial["properties"]["totalSeats"]["anyOf"][0] == whole["properties"]["totalSeats"]["anyOf"][0]
    assert partial["properties"]["title"]["anyOf"][0]["pattern"] == whole["properties"]["title"]["pattern"]
