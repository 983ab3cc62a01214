"""Every answer, to requests as no person would send them, is as the service's API document says, and none is a 500.
The last of this folder: what is drawn changes and erases what is there."""

import asyncio
from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address
from itertools import count

import pytest
from schemathesis.core.failures import FailureGroup

from services import SERVICES
from shared.rights import Permission, Role
from tests.integration.rights.world import CHIANG_MAI, World
from tests.support.api import WHO, Issuer
from tests.support.fuzzing import Known, fuzz, operations


@pytest.mark.parametrize("service", SERVICES)
async def test_answers_are_as_the_document_says(service: str, world: World, issuer: Issuer) -> None:
    url = str(world.http.base_url)
    document = (await world.http.get(f"/api/{service}/openapi.json")).json()
    ask = partial(fuzz, url=url, headers=_headers(issuer, world), known=_known(world))
    wrong = []
    for operation in operations(document):
        try:
            await asyncio.to_thread(ask, operation)
        except FailureGroup as failure:
            wrong.append("\n".join(map(str, failure.exceptions)))
    assert not wrong, "\n\n".join(wrong)


def _headers(issuer: Issuer, world: World) -> Callable[[str | None], dict[str, str]]:
    """Of somebody who may do it, from an address that asked nothing before."""
    addresses = count(int(IPv4Address("10.0.0.1")))

    def of(permission: str | None) -> dict[str, str]:
        if permission is None:
            return {"x-forwarded-for": str(IPv4Address(next(addresses)))}
        role = WHO[Permission(permission)]
        return issuer.bearer(role, CHIANG_MAI if role is Role.SUPERVISOR else "PERS", world.people["anan"])

    return of


def _known(world: World) -> Known:
    runs = [id for name, id in world.made.items() if name.endswith("-run")]
    return {
        "run": runs,
        "programme": [id for name, id in world.made.items() if not name.endswith("-run")],
        "id": list(world.nominations.values()),
        "person": list(world.people.values()),
        "message": list(world.messages.values()),
        "key": ["PO-50", "PERS", "OPS"],
        "unit": ["PO-50", "OPS"],
        "recipient": ["PO-50", *world.people.values()],
    }
