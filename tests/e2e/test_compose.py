"""The compose edition on a real Docker Engine: it starts, a killed service comes back, and an audit finds all right.

Collected only where an engine has the base images (tests/e2e/conftest.py).
"""

import asyncio
import copy
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from pattana.client import Caller
from pattana.demo.cut import Wish
from services import SERVICES
from shared.rights import Role
from tests.integration.operate.conftest import SMALL
from tests.support.plays import differing, performed
from tests.support.slice import Slice, running
from tests.support.waiting import until


@pytest.fixture(scope="module")
async def slice(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Slice]:
    async with running(tmp_path_factory.mktemp("compose")) as made:
        yield made


async def played(slice: Slice, code: str) -> None:
    raw: dict[str, Any] = copy.deepcopy(SMALL)
    raw["id"], raw["programme"]["code"] = code.lower(), code
    with slice.client() as client:
        assert differing(await performed(raw, client, slice.folder / "plays", Wish())) == []


async def test_it_starts_and_outlives_the_death_of_each_service(slice: Slice) -> None:
    with slice.client() as client:
        await asyncio.to_thread(client.send, "POST", "/api/enrolment/imports/reference", Caller(Role.OPERATOR))
    await played(slice, "BEFORE-2563-001")
    for service in SERVICES:
        before, _ = await slice.state(service)
        await slice.compose("exec", "-T", service, "sh", "-c", "kill -9 $(cat /proc/1/task/1/children)", check=False)
        await until(partial(back, slice, service, before))
    await played(slice, "AFTER-2563-001")

    audit = await slice.compose("run", "--rm", "-T", "operate", "audit", check=False)

    assert audit.returncode == 0, audit.stdout + audit.stderr


async def back(slice: Slice, service: str, before: int) -> bool:
    count, health = await slice.state(service)
    return count > before and health == "healthy"


async def test_nobody_in_a_container_has_a_right_of_root(slice: Slice) -> None:
    for service in (*SERVICES, "gateway", "kafka", "mongodb"):
        said = await slice.compose("exec", "-T", service, "grep", "-E", "^(Uid|CapBnd|NoNewPrivs)", "/proc/1/status")
        user, capabilities, locked = (line.split()[1] for line in sorted(said.stdout.splitlines(), key=order))
        assert (user != "0", int(capabilities, 16), locked) == (True, 0, "1"), service


def order(line: str) -> int:
    return ("Uid", "CapBnd", "NoNewPrivs").index(line.partition(":")[0])
