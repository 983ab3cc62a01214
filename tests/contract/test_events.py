"""Every event has an owner, a schema and an example; whoever changes one is told what breaks and how to mend it."""

import copy
import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from jsonschema import Draft202012Validator

import shared.events
from shared.events.compatibility import breaches, fields_of
from shared.events.envelope import Event, decode
from shared.events.examples import EXAMPLES, example
from shared.events.registry import CONTEXTS, EVENTS, OWNERS
from shared.events.schemas.__main__ import MEND, ROOT, main, outdated
from shared.events.schemas.documents import contract, schema_of
from shared.events.schemas.published import FOLDER, broken, read_schemas
from shared.events.seats import SeatConfirmed
from shared.events.topics import TOPICS

Json = dict[str, Any]
TYPES = sorted(EVENTS)
# Of units, of places and of people who act in public. What is said of a participant has no such field at all.
_OF_A_RUN = frozenset({"venue.name", "chair.name"})
PUBLIC = {
    "enrolment.unit-registered.v1": frozenset({"nameTh", "nameEn", "email"}),
    **{
        f"enrolment.run-{fact}.v1": _OF_A_RUN
        for fact in ("scheduled", "opened", "closed", "reopened", "cancelled", "close-out-filed")
    },
}
PERSONAL = re.compile(r"name|mail|phone|mobile|citizen|national|birth|address|prefix|line", re.IGNORECASE)


def stored(name: str, kind: str) -> Json:
    document: Json = json.loads((ROOT / FOLDER / f"{name}.{kind}.json").read_text(encoding="utf-8"))
    return document


def heirs(event: type[Event]) -> Iterator[type[Event]]:
    for heir in event.__subclasses__():
        yield heir
        yield from heirs(heir)


def test_every_event_class_is_registered() -> None:
    """Also of a module that nobody has entered in CONTEXTS."""
    for module in pkgutil.iter_modules(shared.events.__path__, "shared.events."):
        importlib.import_module(module.name)
    ours = {event for event in heirs(Event) if event.__module__.startswith("shared.")}
    assert {event for event in ours if "type" in vars(event)} == set(EVENTS.values())
    assert all(event.__name__.endswith("Fact") for event in ours if "type" not in vars(event))


@pytest.mark.parametrize("name", TYPES)
def test_the_type_says_owner_fact_and_major(name: str) -> None:
    owners = {module.__name__: owner for module, owner in CONTEXTS.items()}
    owner = owners[EVENTS[name].__module__]
    assert owner in OWNERS
    assert re.fullmatch(rf"{owner}\.[a-z]+(-[a-z]+)*\.v[1-9]\d*", name)
    assert EVENTS[name].type == name
    assert EVENTS[name].topic in TOPICS
    assert EVENTS[name].topic.startswith(f"{owner}.")


@pytest.mark.parametrize("name", TYPES)
def test_key_and_aggregate_of_an_event_are_texts_that_an_id_can_hold(name: str) -> None:
    event = EXAMPLES[name]
    assert event.key == getattr(event, EVENTS[name].key_field)
    # A run keeps its programme, and a plan its person, for ever.
    assert event.key in event.aggregate or event.topic in ("enrolment.catalogue", "enrolment.plans")
    assert "|" not in event.aggregate


class Painted(Event):
    """With a field that the examples do not know."""

    type: ClassVar[str] = "enrolment.run-painted.v1"
    topic: ClassVar[str] = "enrolment.catalogue"
    key_field: ClassVar[str] = "programme"

    programme: str
    colour: str


def test_a_field_without_an_example_is_named_with_what_to_do() -> None:
    with pytest.raises(LookupError, match=r"no example for colour of Painted: .* in shared/events/examples\.py"):
        example(Painted)


@pytest.mark.parametrize("name", TYPES)
def test_the_model_of_today_reads_the_stored_example(name: str) -> None:
    example = json.dumps(stored(name, "example")).encode()
    read = decode(example, {}, EVENTS, frozenset(EVENTS))
    assert read.event == EXAMPLES[name]
    assert read.id == f"{read.subject}:1"


@pytest.mark.parametrize("name", TYPES)
def test_the_stored_schema_takes_what_is_said_today(name: str) -> None:
    said = json.loads(EXAMPLES[name].model_dump_json(by_alias=True))
    Draft202012Validator(stored(name, "schema")).validate(said)


@pytest.mark.parametrize("name", TYPES)
def test_nothing_in_an_event_says_who_a_participant_is(name: str) -> None:
    suspects = {path for path in fields_of(schema_of(EVENTS[name])) if PERSONAL.search(path)}
    assert suspects == PUBLIC.get(name, frozenset())


def test_what_is_committed_is_what_the_code_says() -> None:
    assert outdated(ROOT, contract()) == [], MEND
    assert main(["--check"]) == 0


def _without_field(schema: Json) -> None:
    del schema["properties"]["person"]


def _retyped(schema: Json) -> None:
    schema["properties"]["fiscalYear"]["type"] = "string"


def _newly_required(schema: Json) -> None:
    schema["properties"]["colour"] = {"type": "string"}
    schema["required"].append("colour")


def _required_now(schema: Json) -> None:
    schema["required"].append("replaces")


def _inner_field_gone(schema: Json) -> None:
    del schema["$defs"]["Place"]["properties"]["region"]


def _value_gone(schema: Json) -> None:
    schema["properties"]["by"]["x-known-values"].remove("PROMOTION")


def _value_gone_where_none_is_allowed(schema: Json) -> None:
    schema["properties"]["before"]["anyOf"][0]["x-known-values"].remove("WAITLISTED")


def _values_no_longer_told(schema: Json) -> None:
    del schema["properties"]["rank"]["x-known-values"]


def _closed(schema: Json) -> None:
    schema["properties"]["by"]["enum"] = schema["properties"]["by"].pop("x-known-values")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_without_field, "the field person is gone"),
        (_retyped, "the field fiscalYear was integer and is string"),
        (_newly_required, "the field colour is required and was not"),
        (_required_now, "the field replaces is required and was not"),
        (_inner_field_gone, "the field place.region is gone"),
        (_value_gone, "the field by no longer knows PROMOTION"),
        (_value_gone_where_none_is_allowed, "the field before no longer knows WAITLISTED"),
        (_values_no_longer_told, "the field rank no longer knows RESERVE"),
        (_closed, "the field by was string and is string of NOMINATION, APPROVAL"),
    ],
)
def test_a_change_that_breaks_readers_is_named(change: Callable[[Json], None], told: str) -> None:
    published = schema_of(SeatConfirmed)
    current = copy.deepcopy(published)
    change(current)
    assert any(breach.startswith(told) for breach in breaches(published, current))


def test_an_optional_field_may_be_added() -> None:
    published = schema_of(SeatConfirmed)
    current = copy.deepcopy(published)
    current["properties"]["colour"] = {"type": "string", "default": "red"}
    assert breaches(published, current) == []


def test_an_open_enum_may_learn_a_value() -> None:
    published = schema_of(SeatConfirmed)
    current = copy.deepcopy(published)
    current["properties"]["by"]["x-known-values"].append("LOT")
    current["properties"]["before"]["anyOf"][0]["x-known-values"].append("DRAWN")
    assert breaches(published, current) == []
    assert breaches(current, published) == [
        "the field before no longer knows DRAWN",
        "the field by no longer knows LOT",
    ]


def test_a_closed_enum_may_not_change() -> None:
    closed = {"properties": {"colour": {"type": "string", "enum": ["RED", "BLUE"]}}}
    wider = {"properties": {"colour": {"type": "string", "enum": ["RED", "BLUE", "GREEN"]}}}
    assert breaches(closed, wider) == [
        "the field colour was string of RED, BLUE and is string of RED, BLUE, GREEN",
    ]


def test_values_in_a_list_are_known_too() -> None:
    def ranks(*values: str) -> Json:
        items = {"type": "string", "x-known-values": list(values)}
        return {"properties": {"ranks": {"type": "array", "items": items}}}

    assert breaches(ranks("PRIMARY"), ranks("PRIMARY", "RESERVE")) == []
    assert breaches(ranks("PRIMARY", "RESERVE"), ranks("PRIMARY")) == ["the field ranks no longer knows RESERVE"]


@pytest.fixture
def copy_of_all(tmp_path: Path) -> Path:
    """The contract's files in another place."""
    for path, text in contract().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def _publish(root: Path, change: Callable[[Json], None]) -> Path:
    """As if this had been the schema until now."""
    path = root / FOLDER / f"{SeatConfirmed.type}.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    change(schema)
    path.write_text(json.dumps(schema), encoding="utf-8")
    return path


def _had_one_more(schema: Json) -> None:
    schema["properties"]["colour"] = {"type": "string"}


def _had_one_less(schema: Json) -> None:
    del schema["properties"]["replaces"]


def test_a_breaking_change_is_not_written(copy_of_all: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _publish(copy_of_all, _had_one_more)
    before = path.read_text(encoding="utf-8")
    assert main([], copy_of_all) == 1
    assert main(["--check"], copy_of_all) == 1
    told = capsys.readouterr().err
    assert "seat-confirmed.v1.schema.json: the field colour is gone" in told
    assert "a new type with the next major version" in told
    assert path.read_text(encoding="utf-8") == before


def test_an_addition_is_written_by_the_command_that_is_named(
    copy_of_all: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _publish(copy_of_all, _had_one_less)
    assert main(["--check"], copy_of_all) == 1
    assert "make schemas" in capsys.readouterr().err
    assert main([], copy_of_all) == 0
    assert main(["--check"], copy_of_all) == 0


def test_a_missing_schema_is_written_by_the_command_that_is_named(
    copy_of_all: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy_of_all / FOLDER / f"{SeatConfirmed.type}.schema.json").unlink()
    assert main(["--check"], copy_of_all) == 1
    told = capsys.readouterr().err
    assert "seat-confirmed.v1.schema.json is missing" in told
    assert "make schemas" in told
    assert main([], copy_of_all) == 0
    assert main(["--check"], copy_of_all) == 0


def test_an_event_that_was_published_cannot_go() -> None:
    files = contract()
    path = f"{FOLDER}/enrolment.seat-confirmed.v1.schema.json"
    del files[path]
    assert broken(read_schemas(ROOT), files) == [f"{path}: the event is gone, but it is in the log for ever"]


def test_a_missing_or_old_file_is_named(copy_of_all: Path) -> None:
    files = contract()
    first, second = sorted(files)[:2]
    (copy_of_all / first).unlink()
    (copy_of_all / second).write_text("{}", encoding="utf-8")
    (copy_of_all / FOLDER / "enrolment.unknown.v1.schema.json").write_text("{}", encoding="utf-8")
    assert outdated(copy_of_all, files) == [
        f"{first} is missing",
        f"{second} is not up to date",
        f"{FOLDER}/enrolment.unknown.v1.schema.json belongs to no event",
    ]
