"""Every route of every service times every role: who may not is told so, who may gets past the door."""

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from pattana.services import app_factory, settings_class
from services import SERVICES
from shared.ids import new_id
from shared.openapi import route_permissions
from shared.rights import PERMISSIONS, Permission, Role
from tests.conftest import MakeSettings
from tests.support.api import Issuer, client_of

# What answers without a token: how the process is, whether a certificate is valid whose code somebody has,
# and a device that is enrolled with its code.
PUBLIC = re.compile(
    r"^/(healthz|readyz|metrics|api/[a-z]+/openapi\.json|api/enrolment/certificates/\{code\}(/badge)?|"
    r"api/enrolment/devices/enrol|\.well-known/pattana-badges(/\{key\})?)$"
)

# Signed: whoever has one may answer that offer, or get that certificate.
LINKS = ("/api/enrolment/offers/{token}", "/api/enrolment/certificate-links/{token}")


def application(service: str, make_settings: MakeSettings) -> FastAPI:
    return app_factory(service)(make_settings(settings_class(service)))


def test_every_permission_is_asked_for_somewhere_or_reserved(
    make_settings: MakeSettings,
) -> None:
    routes = [route_permissions(application(service, make_settings)) for service in SERVICES]
    asked = {permission for route in routes for permission in route.values() if permission}
    # Reading names in reports is a wider view of report.read, and whom one assesses is of evaluation.answer.
    assert set(Permission) - asked <= {Permission.REPORT_NAMES, Permission.EVALUATION_ASSESS}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_route_and_every_role(service: str, make_settings: MakeSettings, issuer: Issuer) -> None:
    app = application(service, make_settings)
    routes = route_permissions(app)
    assert routes
    wrong = []
    async with client_of(app) as client:
        for (method, path), permission in routes.items():
            if permission is None:
                assert PUBLIC.match(path) or path.startswith(LINKS), f"{method} {path} asks for no permission"
                continue
            wrong += await _mistakes(client, issuer, method, path, permission)
    assert wrong == [], "\n".join(wrong)


async def _mistakes(
    client: httpx.AsyncClient, issuer: Issuer, method: str, path: str, permission: Permission
) -> list[str]:
    """What was answered to whom against the table of rights."""
    url = re.sub(r"\{[^}]+\}", lambda _: new_id(), path)
    wrong = []
    nobody = await client.request(method, url, json=_body(method))
    if (nobody.status_code, nobody.json()["code"]) != (401, "unauthenticated"):
        wrong.append(f"{method} {path} without a token: {nobody.status_code}")
    for role in Role:
        headers = issuer.bearer(role, "PO-50", new_id())
        answer = await client.request(method, url, json=_body(method), headers=headers)
        code = answer.json().get("code") if answer.status_code >= 400 else None
        may = permission in PERMISSIONS[role]
        if may and (answer.status_code in (401, 500) or code == "forbidden"):
            wrong.append(f"{role} may {permission}, but {method} {path} answered {answer.status_code} {code}")
        if not may and (answer.status_code, code) != (403, "forbidden"):
            wrong.append(f"{role} may not {permission}, but {method} {path} answered {answer.status_code} {code}")
    return wrong


def _body(method: str) -> dict[str, Any] | None:
    return None if method == "GET" else {"nonsense": True}
