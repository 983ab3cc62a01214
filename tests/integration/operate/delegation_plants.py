"""Delegations of a system that was played, and defects of theirs. No tests in here."""

from datetime import UTC, datetime
from typing import Any, Final

import httpx

from pattana.audit.audit import databases_of
from pattana.audit.projection import active_generation
from shared.mongo import Document
from shared.rights import Role
from tests.integration.operate.plants import ENROLMENT, NOTIFICATION, Defect, Stores, gone, wrong
from tests.support.edition import Edition
from tests.support.waiting import until

LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
SOON_AFTER: Final = datetime(2020, 2, 1, tzinfo=UTC)
OF_PO_50: Final = {"absent": "head-50", "unit": "PO-50"}
KEPT: Final = {"ended": False, "seq": 1}


async def delegated(running: Edition) -> None:
    """Somebody has named a colleague three times, and ended the last; before that once, of which an earlier release
    told nobody."""
    async with databases_of(running.where, "tests") as databases:
        colleague = await databases[ENROLMENT]["people"].find_one({"unit": "PO-50.HR"})
        assert colleague is not None
        headers = running.issuer.bearer(Role.SUPERVISOR, "PO-50", "head-50")
        async with httpx.AsyncClient(base_url=running.url, headers=headers) as client:
            *kept, ended = [await _given(client, colleague["_id"]) for _ in range(3)]
            (await client.post(f"/api/enrolment/delegations/{ended}/end", json={})).raise_for_status()
        early = _stored("d-early", colleague["_id"])
        del early["seq"]
        await databases[ENROLMENT]["delegations"].insert_one(early)
        store = databases[NOTIFICATION]
        known = store[f"delegations_g{await active_generation(store)}"]
        at_its_end = {"_id": {"$regex": f":{ended}$"}, "seq": 2}

        async def folded() -> bool:
            ids = {row["_id"] async for row in known.find({}, {"_id": 1})}
            return ids == {*kept} and await store["positions"].find_one(at_its_end) is not None

        await until(folded, what="notification knows who stands in")


async def _given(client: httpx.AsyncClient, deputy: str) -> str:
    body = {"delegate": deputy, "startsAt": LONG_AGO.isoformat(), "endsAt": SOON_AFTER.isoformat()}
    answer = await client.post("/api/enrolment/delegations", json=body)
    answer.raise_for_status()
    return str(answer.json()["id"])


def _stored(id: str, delegate: str) -> Document:
    time = {"starts_at": LONG_AGO, "ends_at": SOON_AFTER, "created_at": LONG_AGO}
    row: dict[str, Any] = {"_id": id, "parties": ["head-50", delegate], "delegate": delegate, "steps": ["SUPERVISOR"]}
    return row | OF_PO_50 | time | KEPT


async def without_events(stores: Stores) -> str:
    """Whoever it names could decide."""
    await stores.add(ENROLMENT, "delegations", _stored("d-y", "p-x"))
    return "delegation delegation:PO-50:d-y stands at event 1, its outbox has 0 of them"


async def of_nobody(stores: Stores) -> str:
    """Whoever it names would be told every morning."""
    row = {"_id": "d-x", "unit": "PO-50", "delegate": "p-x", "steps": ["SUPERVISOR"]}
    await stores.add(NOTIFICATION, "delegations_active", {**row, "starts_at": LONG_AGO, "ends_at": LONG_AGO})
    return "notification knows delegation d-x, which has no events"


async def known_though_revoked(stores: Stores) -> str:
    ended = await stores.one(ENROLMENT, "delegations", {"ended": True})
    row = {name: ended[name] for name in ("_id", "unit", "delegate", "steps", "starts_at", "ends_at")}
    await stores.add(NOTIFICATION, "delegations_active", row)
    return f"notification knows delegation:PO-50:{ended['_id']}, which was revoked"


UNKNOWN = gone(NOTIFICATION, "delegations_active", {}, says="notification does not know delegation:PO-50:{key}")
OF_ANOTHER = wrong(ENROLMENT, "delegations", KEPT, "delegate", "p-z", says="delegation:PO-50:{key}: delegate is")
ANOTHER_TIME = wrong(
    NOTIFICATION,
    "delegations_active",
    {},
    "ends_at",
    datetime(2100, 1, 1, tzinfo=UTC),
    1,
    says="notification: delegation:PO-50:{key}: ends_at is",
)
OF_DELEGATIONS = (
    Defect("delegation: time", "delegated", ANOTHER_TIME),
    Defect("delegation of another", "documents", OF_ANOTHER),
    Defect("delegation unknown", "delegated", UNKNOWN),
    Defect("delegation revoked", "delegated", known_though_revoked),
    Defect("delegation of nobody", "delegated", of_nobody),
    Defect("delegation without events", "documents", without_events),
)
