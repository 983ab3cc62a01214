"""The OpenAPI document of every service can be made, and everything that it refers to is in it."""

import json
import re
from typing import Any, Final

import pytest

from pattana.disclosure import ANSWERS
from pattana.services import app_factory, settings_class
from services import SERVICES
from shared.issuer import EMBEDDED_ISSUER
from tests.conftest import SECRETS
from tests.support.api import POSITION_KEYS
from tests.support.schemas import answer_of, fields_of, unbounded

FILES: Final = ("/pdf", "/badge", "/qr", "/certificate-links/{token}")  # and papers


@pytest.fixture(params=SERVICES)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    kind = settings_class(request.param)
    values: dict[str, Any] = {name: value for name, value in SECRETS.items() if name in kind.model_fields}
    values |= {"edition": "compose", "token_issuer": EMBEDDED_ISSUER, "token_jwks": "jwks.json"}
    settings = kind(**values, position_keys=POSITION_KEYS)
    made: dict[str, Any] = app_factory(request.param)(settings).openapi()
    return made


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))

    assert references
    assert references - schemas.keys() == set()


def test_every_operation_says_what_it_is_for_and_what_it_asks_for(document: dict[str, Any]) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]

    assert [operation for operation in operations if not operation.get("summary")] == []
    asked = [operation for operation in operations if not operation.get("x-public")]
    assert [operation["summary"] for operation in asked if "x-permission" not in operation] == []
    assert [
        operation["summary"] for operation in operations if operation.get("x-public") and operation["security"]
    ] == []


@pytest.mark.parametrize("document", ["enrolment"], indirect=True)
def test_what_is_replaced_asks_for_the_version_that_was_read(document: dict[str, Any]) -> None:
    asked = {
        (method, path): parameter["required"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", [])
        if parameter["name"] == "If-Match"
    }
    puts = {path for path, operations in document["paths"].items() if "put" in operations}
    assert {path for (method, path), required in asked.items() if required} == {
        path for path in puts if not path.endswith("/clock")
    }
    assert {path.rpartition("/")[2] for (method, path), required in asked.items() if not required} == {
        *("submit", "approve", "publish", "close", "reopen", "cancel", "move", "close-out"),
        *("split", "merge"),
        *("{programme}", "{run}"),  # PATCH
    }


def test_whatever_is_sent_is_bounded(document: dict[str, Any]) -> None:
    """Bodies have a test of their own, with the rest of their rules."""
    parameters = [
        (f"{method} {path} {parameter['name']}", parameter["schema"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", [])
    ]
    assert parameters
    assert [found for name, schema in parameters for found in unbounded(schema, name)] == []


def test_every_operation_says_what_it_answers_and_how_it_refuses(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = answer_of(document, f"{method.upper()} {path}")
            assert answers or path.endswith(FILES) or "/documents/" in path, f"{method} {path}"
            assert all(list(fields_of(document, answer)) for answer in answers), f"{method} {path}"
            assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]


def test_the_fields_of_answers_are_those_of_the_table_of_rights(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for route in (f"{method.upper()} {path}" for method in operations):
            described = {field for answer in answer_of(document, route) for field in fields_of(document, answer)}
            listed = {field for answer in ANSWERS if route in answer.routes for field in answer.fields}
            assert described == listed, route
