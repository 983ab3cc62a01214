"""Open enums: a value of a later release is kept as it is, and breaks no reader of today."""

from enum import StrEnum
from typing import Annotated, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from shared.events.envelope import EventModel, decode, open_enum
from shared.events.registry import EVENTS
from shared.events.seats import ConfirmedBy, NominationState, Rank, SeatConfirmed
from tests.support.events import outgoing, seat_confirmed, wire


class Colour(StrEnum):
    RED = "RED"
    BLUE = "BLUE"


class Painted(EventModel):
    colour: Annotated[Colour | str, open_enum(Colour)]
    under_it: Annotated[Colour | str, open_enum(Colour)] | None = None
    layers: tuple[Annotated[Colour | str, open_enum(Colour)], ...] = ()


def read(**data: Any) -> Painted:
    return Painted.model_validate_json(orjson.dumps(data))


@pytest.mark.parametrize("colour", Colour)
def test_a_known_value_is_a_member(colour: Colour) -> None:
    painted = read(colour=colour.value, underIt=colour.value, layers=[colour.value])
    assert painted.colour is colour
    assert painted.under_it is colour
    assert painted.layers[0] is colour
    assert Painted(colour=colour).colour is colour


@given(st.text())
def test_any_other_text_is_kept_and_written_as_it_is(text: str) -> None:
    if text in Colour.__members__:
        return
    painted = read(colour=text, underIt=text, layers=[text, "RED"])
    assert type(painted.colour) is str
    assert (painted.colour, painted.under_it, painted.layers) == (text, text, (text, Colour.RED))
    written = orjson.loads(painted.model_dump_json(by_alias=True))
    assert written == {"colour": text, "underIt": text, "layers": [text, "RED"]}


@pytest.mark.parametrize("value", [None, 7, ["RED"], {"RED": 1}, True])
def test_what_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        read(colour=value)


def test_the_schema_says_any_text_and_lists_the_known_values() -> None:
    properties = Painted.model_json_schema(by_alias=True)["properties"]
    known = {"type": "string", "x-known-values": ["RED", "BLUE"]}
    assert properties["colour"] == known | {"title": "Colour"}
    assert properties["underIt"]["anyOf"] == [known, {"type": "null"}]
    assert properties["layers"]["items"] == known


def test_an_event_of_a_later_release_goes_through_unchanged() -> None:
    value, headers = wire(outgoing(seat_confirmed("r:t:PO-50", "n-1"), 4))
    assert value is not None
    record = orjson.loads(value)
    record["data"] |= {"rank": "GUEST", "before": "OFFERED", "by": "OFFER"}
    event = decode(orjson.dumps(record), headers, EVENTS, frozenset(EVENTS)).event
    assert isinstance(event, SeatConfirmed)
    assert (event.rank, event.before, event.by) == ("GUEST", "OFFERED", "OFFER")
    again, _ = wire(outgoing(event, 4))
    assert again is not None
    assert orjson.loads(again)["data"] == record["data"]
    schema = SeatConfirmed.model_json_schema(by_alias=True)
    Draft202012Validator(schema).validate(record["data"])


def test_an_event_of_today_has_members() -> None:
    value, headers = wire(outgoing(seat_confirmed("r:t:PO-50", "n-1")))
    event = decode(value, headers, EVENTS, frozenset(EVENTS)).event
    assert isinstance(event, SeatConfirmed)
    assert event.rank is Rank.PRIMARY
    assert event.by is ConfirmedBy.NOMINATION
    assert event.before is None
    assert event.model_copy(update={"before": "X"}).before not in set(NominationState)
