"""Defects of waiting lists, of seats that the pool lends, and of offers. No tests in here."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from tests.integration.operate.plants import ENROLMENT, Defect, Document, Plant, Stores, wrong

LENT: Final = {"_id": {"$regex": ":PO-57$"}}
ASKED: Final = datetime(2100, 1, 1, tzinfo=UTC)


def told(kind: str, place: int, says: str, *, of: str | None = None, **values: Any) -> Plant:
    """Another body of an event of the central bucket, or another `kind` of event."""

    async def plant(stores: Stores) -> str:
        query: Document = {"type": of or kind, "aggregate": {"$regex": ":OPS$"}}
        row = await stores.one(ENROLMENT, "outbox", query, place)
        body = json.loads(row["body"])
        body["data"] |= values
        await stores.change(ENROLMENT, "outbox", row, body=json.dumps(body), type=kind)
        return f"{row['_id']} nomination {body['data']['nomination']} {says}"

    return plant


async def lent_twice(stores: Stores) -> str:
    """Another plant has planted it too."""
    return "have lent other seats than its units have got"


OF_OFFERS: Final = (
    Defect("a lent seat", "buckets", wrong(ENROLMENT, "buckets", LENT, "borrowed", 1, says="{key}: borrowed is 1")),
    Defect("a seat that nobody has lent", "sums", lent_twice),
    Defect(
        "offered without an offer",
        "buckets",
        wrong(ENROLMENT, "nominations", {"state": "CONFIRMED"}, "offered_until", ASKED, 1, "nomination {key} is CONF"),
    ),
    Defect(
        "waits with a seat",
        "buckets",
        wrong(ENROLMENT, "nominations", {"state": "CONFIRMED"}, "queue", 3, 1, "{key}: queue is 3"),
    ),
)
OF_LINES: Final = (
    Defect(
        "moves up before others",
        "buckets",
        told("enrolment.seat-confirmed.v1", 1, "moves up before None", by="PROMOTION"),
    ),
    Defect(
        "an offer without a seat",
        "buckets",
        told(
            "enrolment.seat-offered.v1",
            0,
            "is offered a seat that the pool has not lent",
            of="enrolment.nomination-waitlisted.v1",
            pool="PO",
            expiresAt="2048-08-03T00:00:00+07:00",
        ),
    ),
)
