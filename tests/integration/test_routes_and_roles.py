"""Every route of every service times every role: who may not is told so, who may gets past the door."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.enrolment.app import create_app as enrolment
from services.enrolment.settings import EnrolmentSettings
from services.notification.app import create_app as notification
from services.notification.settings import NotificationSettings
from services.reporting.app import create_app as reporting
from services.reporting.settings import ReportingSettings
from shared.http import route_permissions
from shared.ids import new_id
from shared.rights import PERMISSIONS, Permission, Role
from tests.conftest import MakeSettings
from tests.support.api import Issuer, client_of

SERVICES: list[tuple[Callable[[Any], FastAPI], type[Any]]] = [
    (enrolment, EnrolmentSettings),
    (notification, NotificationSettings),
    (reporting, ReportingSettings),
]
# What answers without a token: it says how the process is, and nothing about anybody.
PUBLIC = re.compile(r"^/(healthz|readyz|metrics|api/[a-z]+/openapi\.json)$")


def test_every_permission_is_asked_for_somewhere_or_reserved(
    make_settings: MakeSettings,
) -> None:
    asked = {p for make, kind in SERVICES for p in route_permissions(make(make_settings(kind))).values() if p}
    # Reading names in reports is a wider view of report.read, not a route of its own.
    assert set(Permission) - asked <= {Permission.REPORT_NAMES}


@pytest.mark.parametrize(("make", "kind"), SERVICES, ids=["enrolment", "notification", "reporting"])
async def test_every_route_and_every_role(
    make: Callable[[Any], FastAPI], kind: type[Any], make_settings: MakeSettings, issuer: Issuer
) -> None:
    app = make(make_settings(kind))
    routes = route_permissions(app)
    assert routes
    wrong = []
    async with client_of(app) as client:
        for (method, path), permission in routes.items():
            if permission is None:
                assert PUBLIC.match(path), f"{method} {path} asks for no permission"
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
