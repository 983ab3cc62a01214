"""What is drawn from a document finds what is not as it says: a 500, a field too many, one that is missing."""

import asyncio
from typing import Any, Final

import pytest
from fastapi import FastAPI
from schemathesis.core.failures import FailureGroup
from starlette.responses import Response
from typing_extensions import TypedDict

from pattana.embedded.ports import HOST, free_port
from shared.answers import told
from shared.http import answer
from tests.support.edition import serving_at
from tests.support.fuzzing import fuzz, operations

KNOWN: Final = {"run": ["r1", "r2"]}


class Told(TypedDict):
    id: str
    run: str | None


def answering(path: str, body: dict[str, Any] | None) -> FastAPI:
    """None is a defect of the service's own."""
    app = FastAPI()

    async def respond(run: str | None = None) -> Response:
        return (
            Response(b"broken", 500)
            if body is None and run in KNOWN["run"]
            else answer(body or {"id": "a", "run": run})
        )

    app.add_api_route(path, respond, responses=told(Told), openapi_extra={"x-permission": "run.read"})
    app.add_api_route("/readyz", lambda: {}, include_in_schema=False)
    return app


async def found(app: FastAPI) -> str:
    port = free_port()
    (operation,) = operations(app.openapi())
    async with serving_at(app, port):
        try:
            await asyncio.to_thread(fuzz, operation, f"http://{HOST}:{port}", lambda permission: {}, KNOWN)
        except FailureGroup as group:
            return " ".join(map(str, group.exceptions))
    return ""


async def test_what_is_as_it_says_is_left_alone() -> None:
    assert await found(answering("/right", {"id": "a", "run": None})) == ""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "Server error"),
        ({"id": "a", "run": None, "secret": 1}, "'secret' was unexpected"),
        ({"id": "a"}, '"run" is a required property'),
        ({"id": 7, "run": None}, "7 is not of type"),
    ],
)
async def test_what_is_planted_is_found(body: dict[str, Any] | None, said: str) -> None:
    assert said in await found(answering("/planted", body))
