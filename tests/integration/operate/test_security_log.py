"""`pattana security-log`: the logs of all services as one, and that operators' commands are in it."""

import json
from typing import Any

import httpx

from pattana.audit.audit import databases_of
from services import SERVICES
from shared.rights import Role
from shared.security_log.storage import log_of
from tests.integration.operate.conftest import Command
from tests.support.edition import Edition
from tests.support.waiting import until

ENROLMENT, REPORTING = "/pattana/enrolment", "/pattana/reporting"


async def logged(running: Edition, pattana: Command, *arguments: str) -> list[dict[str, Any]]:
    result = await pattana("security-log", "--json", *arguments, *running.reach())
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


async def test_the_logs_of_all_services_come_as_one_the_newest_first(running: Edition, pattana: Command) -> None:
    headers = running.issuer.bearer(Role.EXECUTIVE)
    async with httpx.AsyncClient(base_url=running.url, headers=headers) as client:
        for path in ("enrolment/people", "notification/messages", "reporting/rebuild"):
            assert (await client.get(f"/api/{path}")).status_code == 403

    async def all_three() -> bool:
        rows = await logged(running, pattana, "--subject", "EXECUTIVE@-")
        return {row["service"] for row in rows if row["outcome"] == "forbidden"} == set(SERVICES)

    await until(all_three)
    rows = await logged(running, pattana, "--limit", "100000")
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    assert {row["action"] for row in rows} >= {"approve", "publish", "import-people", "set-clock", "remind"}
    assert len(await logged(running, pattana, "--limit", "3")) == 3
    printed = await pattana("security-log", "--subject", "EXECUTIVE@-", *running.reach())
    assert "forbidden" in printed.output


async def test_a_period_and_an_object_choose(running: Edition, pattana: Command) -> None:
    (publish,) = [row for row in await logged(running, pattana, "--limit", "100000") if row["action"] == "publish"]
    of = await logged(running, pattana, "--object", publish["object"])
    assert [row["action"] for row in of] == ["publish", "approve", "submit"]
    assert await logged(running, pattana, "--object", publish["object"], "--until", "2020-01-01") == []
    assert await logged(running, pattana, "--object", publish["object"], "--since", "2020-01-01") == of
    assert (await pattana("security-log", "--since", "yesterday", *running.reach())).exit_code == 2


async def test_what_operators_order_is_noted(running: Edition, pattana: Command) -> None:
    assert (await pattana("replay", "--topic", "enrolment.seats", "--since", "2999-01-01")).exit_code == 0
    assert (await pattana("rebuild", "--abandon", *running.reach())).exit_code == 0
    async with databases_of(running.where, "tests") as databases:
        for store, action in ((ENROLMENT, "replay"), (REPORTING, "replay"), (REPORTING, "abandon-rebuild")):
            row = await log_of(databases[store]).find_one({"action": action})
            assert (row or {}).get("outcome") == "ordered", f"{store} {action}"
