"""What the service answers to whom, from one stock of messages that no test changes for another."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from services.notification.settings import NotificationSettings
from shared.mongo import connect
from shared.rights import Role
from tests.conftest import SECRETS, drop_databases, settings_of
from tests.engines import EngineSet
from tests.integration.notification.conftest import smtp_settings
from tests.integration.notification.mail import MailServer
from tests.integration.notification.service import QUICK, Service, running
from tests.integration.notification.test_delivery import address
from tests.support.api import Issuer
from tests.support.brokers import delete_topics
from tests.unit.notification.builders import TITLE

FIRST: dict[str, Any] = {"role": Role.LEARNER, "unit": "PO-1", "person": "person-1"}


@pytest.fixture(scope="module")
async def service(
    mongo_url: str, kafka_bootstrap: str, engine_set: EngineSet, issuer: Issuer
) -> AsyncIterator[Service]:
    """77 requests, and three confirmed people of whom the third has an address that nobody knows."""
    prefix, server, client = f"m{uuid.uuid4().hex[:8]}", MailServer(), connect(mongo_url, app_name="tests")
    server.refuses[address(3)] = "550 nobody here"
    names = {"mongo_prefix": prefix, "topic_prefix": f"{prefix}.", "group_prefix": f"{prefix}."}
    values = settings_of(mongo_url, kafka_bootstrap, issuer) | {"contact_keys": SECRETS["contact_keys"]} | names
    settings = NotificationSettings(**values | smtp_settings(server) | QUICK)
    async with AsyncExitStack() as stack:
        stack.callback(client.close)
        stack.push_async_callback(delete_topics, kafka_bootstrap, f"{prefix}.")
        stack.push_async_callback(drop_databases, engine_set, mongo_url, prefix)
        stack.push_async_callback(server.stop)
        await server.start()
        log, service = await stack.enter_async_context(running(settings, issuer, client))
        await service.settled({"after": [await log.open_run(), *await log.seat(3)]})
        yield service


async def test_counts(service: Service) -> None:
    counts = await service.get("messages/counts", query={"run": "run-1"})

    assert counts == {
        "run": "run-1",
        "total": 80,
        "more": False,
        "byKind": {"CONFIRMED": 3, "NOMINATION_REQUEST": 77},
        "byChannel": {"EMAIL": 3, "INBOX": 77},
        "byState": {"FAILED": 1, "SENT": 79},
        "rows": [
            {"kind": "CONFIRMED", "channel": "EMAIL", "state": "FAILED", "count": 1},
            {"kind": "CONFIRMED", "channel": "EMAIL", "state": "SENT", "count": 2},
            {"kind": "NOMINATION_REQUEST", "channel": "INBOX", "state": "SENT", "count": 77},
        ],
    }
    assert (await service.get("messages/counts", query={"run": "run-9"}))["total"] == 0


async def test_the_ledger_of_a_message(service: Service) -> None:
    (item,) = (await service.get("messages", query={"state": "FAILED"}))["items"]

    message = await service.get(f"messages/{item['id']}")

    assert (item["state"], item["code"], item["attempts"], item["recipient"]) == ("FAILED", "smtp-550", 1, "person-3")
    assert [(entry["number"], entry["outcome"], entry["code"]) for entry in message["ledger"]] == [
        (1, "REFUSED", "smtp-550")
    ]
    assert message["reason"] == "run-1:t:PO-3:1"
    assert address(3) not in str(message)


async def test_pages_and_filters(service: Service) -> None:
    pages: list[dict[str, Any]] = []
    while not pages or pages[-1]["next"]:
        cursor = {"cursor": pages[-1]["next"]} if pages else {}
        pages.append(await service.get("messages", query={"limit": 30, **cursor}))
    ids = [item["id"] for page in pages for item in page["items"]]

    assert [len(page["items"]) for page in pages] == [30, 30, 20]
    assert len(set(ids)) == 80
    of_unit = await service.get("messages", query={"recipient": "PO-50"})
    assert [(item["addressee"], item["recipient"]) for item in of_unit["items"]] == [("UNIT", "PO-50")]


@pytest.mark.parametrize("query", [{"kind": "NONSENSE"}, {"limit": "0"}, {"cursor": "W10"}, {"run": "x" * 101}])
async def test_bad_questions(service: Service, query: dict[str, str]) -> None:
    code = (await service.get("messages", status=422, query=query))["code"]

    assert code == ("invalid-cursor" if "cursor" in query else "invalid-parameter")


async def test_who_may_read_messages(service: Service) -> None:
    requested = await service.get("messages", query={"recipient": "PO-10"})
    for role in (Role.LEARNER, Role.OCSC_OBSERVER, Role.OPERATOR, Role.EXECUTIVE):
        assert (await service.get("messages", role, status=403))["code"] == "forbidden"
    mine = await service.get("messages", Role.PROVINCIAL_HR, "PO-50")
    counts = await service.get("messages/counts", Role.PROVINCIAL_HR, "PO-50")

    assert {item["recipient"] for item in mine["items"]} == {"PO-50", "person-1", "person-2", "person-3"}
    assert counts["byKind"] == {"CONFIRMED": 3, "NOMINATION_REQUEST": 1}
    hidden = f"messages/{requested['items'][0]['id']}"
    assert (await service.get(hidden, Role.PROVINCIAL_HR, "PO-50", status=404))["code"] == "not-found"


async def test_an_inbox_is_its_owners(service: Service) -> None:
    mine = await service.get("inbox", **FIRST)
    offices = await service.get("inbox", Role.PROVINCIAL_HR, "PO-50")
    pools = await service.get("inbox", Role.HR_OFFICER, "PERS")
    nobodys = await service.get("inbox", Role.PROVINCIAL_HR, "PO-5")

    assert [(item["kind"], item["unit"]) for item in mine["items"]] == [("CONFIRMED", None)]
    assert [(item["kind"], item["unit"]) for item in offices["items"]] == [("NOMINATION_REQUEST", "PO-50")]
    assert [item["unit"] for item in pools["items"]] == ["OPS"]
    assert (nobodys["items"], nobodys["unread"]) == ([], 0)


async def test_an_inbox_is_in_the_readers_language(service: Service) -> None:
    thai = await service.get("inbox", **FIRST)
    english = await service.get("inbox", **FIRST, language="en")

    assert thai["items"][0]["subject"] == f"ยืนยันสิทธิ์การเข้ารับการอบรม: {TITLE}"
    assert thai["items"][0]["text"].startswith("ขอแจ้งให้ทราบว่า")
    assert english["items"][0]["text"].startswith("Your seat in the training programme")


async def test_reading_is_marked_once_and_by_the_owner(service: Service) -> None:
    second = FIRST | {"person": "person-2"}
    before = await service.get("inbox", **second)
    path = f"inbox/{before['items'][0]['id']}/read"

    stranger = await service.post(path, **FIRST, status=404)
    marked = [await service.post(path, **second) for _ in range(2)]
    after = await service.get("inbox", **second)

    assert stranger["code"] == "not-found"
    assert marked[0] == marked[1]
    assert (before["unread"], after["unread"], after["items"][0]["readAt"]) == (1, 0, marked[0]["readAt"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"run": "run-9"}, 404, "not-found"),
        ({}, 422, "invalid-body"),
        ({"run": {"$gt": ""}}, 422, "operator-in-body"),
        ({"run": "run-1", "force": True}, 422, "unknown-field"),
    ],
)
async def test_bad_orders_change_nothing(service: Service, body: dict[str, Any], status: int, code: str) -> None:
    answer = await service.post("reminders", body, Role.OPERATOR, status=status)

    assert answer["code"] == code
    assert (await service.get("messages/counts"))["total"] == 80


async def test_reminders_before_their_time(service: Service) -> None:
    answer = await service.post("reminders", {"run": "run-1"}, Role.OPERATOR)

    nothing = {"due": None, "created": 0, "existing": 0}
    waves = {"D-7": nothing, "D-1": nothing}
    assert answer == {"run": "run-1", "created": 0, "existing": 0, "complete": True, "byWave": waves}


async def test_what_has_not_arrived_is_waited_for_and_then_answered(service: Service) -> None:
    async with asyncio.timeout(30):
        answer = await service.get("messages", status=504, query={"after": "run-7:1"})

    assert (answer["code"], "run-7" in str(answer)) == ("not-yet-visible", False)
