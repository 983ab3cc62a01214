"""Values that no person typed, in every parameter of every route: refused or not found, and never an error of ours."""

import base64
from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Address
from typing import Any, Final
from urllib.parse import quote

import httpx
import orjson
import pytest

from pattana.services import app_factory, settings_class
from services import SERVICES
from shared.ids import new_id
from shared.rights import Permission
from tests.conftest import MakeSettings
from tests.support.api import WHO, Issuer, client_of
from tests.support.waiting import until


def _cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()


HOSTILE: Final = (
    *(
        "\0",
        "PO-50\0",
        "\x1b[2J",
        "\x7f\x9b",
        "\u200b\u200d",
        "\u202e\ufeff",
        "\ufffe",
        "\U0010ffff",
        "ก" * 2_000,
        "[",
        "\\",
    ),
    *("9" * 40, "-" + "9" * 40, str(2**63), "1e999", "NaN", "0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00"),
    *(_cursor(2**64 - 1, "a"), _cursor(2**63, "a"), _cursor("\0", "\0"), _cursor(-(2**62), "a"), _cursor(None, None)),
)


def requests(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str], str | None]]:
    """Method, path, query and permission (None: everybody's): of every parameter of every operation, every hostile
    value."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            names = [(one["name"], one["in"]) for one in operation.get("parameters", ())]
            known = {name: new_id() for name, place in names if place == "path"}
            needed = {"run": new_id()} if ("run", "query") in names else {}
            for name, place in names:
                for value in HOSTILE if place in ("path", "query") else ():
                    in_path = known | ({name: quote(value, safe="")} if place == "path" else {})
                    query = needed | ({name: value} if place == "query" else {})
                    yield method.upper(), path.format(**in_path), query, operation.get("x-permission")


@pytest.mark.parametrize("service", SERVICES)
async def test_no_value_makes_an_error_of_ours(service: str, make_settings: MakeSettings, issuer: Issuer) -> None:
    app = app_factory(service)(make_settings(settings_class(service), trust_forwarded=True))
    wrong, asked = [], 0
    async with client_of(app) as client:
        await until(partial(_ready, client))
        for method, path, query, permission in requests(app.openapi()):
            asked += 1
            headers = _headers(issuer, permission) | {"x-forwarded-for": str(IPv4Address(asked))}
            answer = await client.request(method, path, params=query, headers=headers)
            if answer.status_code == 429 or answer.status_code >= 500:
                wrong.append(f"{method} {path} {query}: {answer.status_code} {answer.text}")
    assert asked > 200
    assert wrong == [], "\n".join(wrong[:20])


async def _ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


def _headers(issuer: Issuer, permission: str | None) -> dict[str, str]:
    if permission is None:
        return {}
    return {**issuer.bearer(WHO[Permission(permission)], "PERS", new_id()), "if-match": '"1"'}
