"""The document describes plain routes like any other, and every route's right can be read off."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import Depends

from shared.http import create_api
from shared.openapi import route_permissions
from shared.rights import Permission
from shared.runtime import Runtime
from shared.security import Verifier, requires
from tests.support.api import make_issuer
from tests.unit.shared.trial import create_trial


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    return create_trial(make_issuer(tmp_path).settings()).openapi()


def test_rights_of_every_route(tmp_path: Path) -> None:
    app = create_trial(make_issuer(tmp_path).settings())

    assert route_permissions(app) == {
        ("GET", "/api/trial/openapi.json"): None,
        ("GET", "/healthz"): None,
        ("GET", "/readyz"): None,
        ("GET", "/metrics"): None,
        ("POST", "/api/trial/runs/{run}/nominations"): Permission.NOMINATION_WRITE,
        ("POST", "/api/trial/nominations/{nomination}/approve"): Permission.NOMINATION_APPROVE,
        ("POST", "/api/trial/commands/{id}"): Permission.NOMINATION_APPROVE,
        ("GET", "/api/trial/list"): Permission.NOMINATION_APPROVE,
        ("GET", "/api/trial/years/{year}"): Permission.NOMINATION_APPROVE,
        ("POST", "/api/trial/upload"): Permission.NOMINATION_APPROVE,
        ("GET", "/api/trial/lines/{how}"): Permission.NOMINATION_APPROVE,
        ("POST", "/api/trial/fail/{how}"): Permission.NOMINATION_APPROVE,
        ("POST", "/api/trial/plain-fastapi"): Permission.NOMINATION_APPROVE,
    }


def test_two_rights_on_one_route_are_a_mistake(tmp_path: Path) -> None:
    app = create_trial(make_issuer(tmp_path).settings())
    guards = [Depends(requires(Permission.PERSON_READ)), Depends(requires(Permission.PERSON_IMPORT))]
    app.add_api_route("/twice", lambda: None, dependencies=guards)

    with pytest.raises(ValueError, match="/twice"):
        route_permissions(app)


@pytest.mark.parametrize("path", ["/api/trial/runs/{run}/nominations", "/api/trial/nominations/{nomination}/approve"])
def test_plain_and_other_routes_are_described_alike(document: dict[str, Any], path: str) -> None:
    operation = document["paths"][path]["post"]

    schema = {"$ref": "#/components/schemas/Nominate"}
    assert operation["requestBody"] == {"required": True, "content": {"application/json": {"schema": schema}}}
    assert operation["security"] == [{"token": []}]
    assert str(operation["x-permission"]).startswith("nomination.")
    assert "default" in operation["responses"]
    assert [parameter["name"] for parameter in operation["parameters"]] == [path.split("{")[1].split("}")[0]]


def test_schemas_are_strict_and_referenced_ones_are_there(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert schemas["Nominate"]["additionalProperties"] is False
    assert set(schemas["Nominate"]["properties"]) == {"personId", "rank"}
    assert {"Nominate", "Nominated", "Problem"} <= set(schemas)
    assert schemas["Nominated"]["properties"] == {"id": {"title": "Id", "type": "string"}}


def test_a_service_without_bodies_has_a_document_too(tmp_path: Path) -> None:
    settings = make_issuer(tmp_path).settings()
    runtime = Runtime("empty", settings)
    app = create_api(
        "empty",
        settings,
        runtime=runtime,
        verifier=Verifier(settings),
        lifespan=lambda app: runtime.running(),
    )

    assert app.openapi()["paths"] == {}
