"""Every date that may come in over HTTP, in every body and query of every service: one with a Buddhist year is refused
with the year that was meant."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, TypeAdapter, ValidationError

from pattana.services import app_factory, settings_class
from services import SERVICES
from services.enrolment.catalogue.http.bodies import ClockBody
from shared.bodies import refusal_of
from shared.issuer import EMBEDDED_ISSUER
from shared.openapi import bodies_of
from shared.problems import problem_body
from shared.rights import Role
from shared.values import DateBuddhistIso
from tests.conftest import SECRETS, MakeSettings
from tests.support.api import POSITION_KEYS, Issuer, client_of

LEAP_DAY, MEANT = "2567-02-29T09:00:00+07:00", "2024-02-29"  # 2567 is no leap year
WRITTEN: Final = (LEAP_DAY, "2567-02-29", "25670229T0900Z")
FORMATS: Final = {"date", "date-time"}


def application(service: str) -> FastAPI:
    kind = settings_class(service)
    values: dict[str, Any] = {name: value for name, value in SECRETS.items() if name in kind.model_fields}
    values |= {"edition": "compose", "token_issuer": EMBEDDED_ISSUER, "token_jwks": "jwks.json"}
    return app_factory(service)(kind(**values, position_keys=POSITION_KEYS))


def models() -> list[type[BaseModel]]:
    """Of all bodies, once each."""
    found = {
        model.__name__: model
        for service in SERVICES
        for route in iter_route_contexts(application(service).routes)
        for model in bodies_of(route)
    }
    return [found[name] for name in sorted(found)]


def moments(schema: dict[str, Any], defs: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all dates in a body; * is any place in a list."""
    if "$ref" in schema:
        yield from moments(defs[schema["$ref"].rpartition("/")[2]], defs, path)
    if schema.get("format") in FORMATS:
        yield path
    for part in schema.get("anyOf", ()):
        yield from moments(part, defs, path)
    if "items" in schema:
        yield from moments(schema["items"], defs, (*path, "*"))
    for name, of in schema.get("properties", {}).items():
        yield from moments(of, defs, (*path, name))


def body_with(path: tuple[str, ...], value: str) -> Any:
    """Nothing but this field: what else is missing does not matter."""
    for name in reversed(path):
        value = [value] if name == "*" else {name: value}  # type: ignore[assignment]
    return value


def dates_of(model: type[BaseModel]) -> list[tuple[str, ...]]:
    schema = TypeAdapter(model).json_schema()
    return sorted(set(moments(schema, schema.get("$defs", {}))))


CASES: Final = [(model, path) for model in models() for path in dates_of(model)]


def test_there_are_bodies_with_dates() -> None:
    assert {"RunBody", "ProgrammeBody", "ClockBody"} <= {model.__name__ for model, _ in CASES}
    assert len(models()) > 10


@pytest.mark.parametrize(("model", "path"), CASES, ids=lambda part: getattr(part, "__name__", None) or ".".join(part))
@pytest.mark.parametrize("written", WRITTEN)
def test_every_date_of_every_body(model: type[BaseModel], path: tuple[str, ...], written: str) -> None:
    with pytest.raises(ValidationError) as invalid:
        model.model_validate_json(json.dumps(body_with(path, written)))
    refusal = refusal_of(invalid.value.errors(include_url=False))
    assert isinstance(refusal, DateBuddhistIso)
    told = problem_body(refusal, "en")
    assert told["meant"].replace("-", "") == MEANT.replace("-", "")
    assert "2024" in told["detail"]
    field = ".".join(path).replace("*", "0")
    assert [re.search("2024", error["detail"]) is not None for error in told["errors"] if error["field"] == field] == [
        True
    ]


@pytest.mark.parametrize("service", SERVICES)
async def test_every_date_of_every_query(service: str, make_settings: MakeSettings, issuer: Issuer) -> None:
    """The operator may ask for all of them, or an officer of the ministry."""
    app = app_factory(service)(make_settings(settings_class(service)))
    asked = [
        (path, parameter["name"])
        for path, operations in app.openapi()["paths"].items()
        for parameter in operations.get("get", {}).get("parameters", ())
        for part in (parameter["schema"], *parameter["schema"].get("anyOf", ()))
        if part.get("format") in FORMATS
    ]
    assert {name for _, name in asked} >= {"since", "until"}
    async with client_of(app) as client:
        for path, name in asked:
            bearers = (issuer.bearer(Role.OPERATOR), issuer.bearer(Role.HR_OFFICER, "PERS"))
            answers = [await client.get(path, params={name: LEAP_DAY}, headers=bearer) for bearer in bearers]
            answer = next(one for one in answers if one.status_code != 403)
            told = answer.json()
            assert (answer.status_code, told["code"], told["meant"]) == (422, "date-buddhist-iso", MEANT)


def test_other_dates_are_taken_as_they_are() -> None:
    """Strictly, as all of a body: a moment is a text with an offset."""
    kept = ClockBody.model_validate_json('{"businessNow": "2024-02-29T09:00:00+07:00"}').business_now
    assert kept == datetime(2024, 2, 29, 2, tzinfo=UTC)
    for other in ("1567-02-28T09:00:00+07:00", "2024-02-30T09:00:00+07:00", "2643-02-28T09:00:00+07:00", ""):
        with pytest.raises(ValidationError) as invalid:
            ClockBody.model_validate_json(json.dumps({"businessNow": other}))
        assert not isinstance(refusal_of(invalid.value.errors(include_url=False)), DateBuddhistIso)
