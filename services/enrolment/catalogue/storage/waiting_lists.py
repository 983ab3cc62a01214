"""Waiting lists as they stand in the documents of programmes and runs; who was stored before there were any has the
defaults."""

from collections.abc import Mapping
from typing import Any

from services.enrolment.catalogue.domain.waiting_lists import (
    OWN_UNIT_ALONE,
    FromPool,
    NotTaken,
    PoolOrder,
    WaitingLists,
)


def waiting_lists_document(lists: WaitingLists) -> dict[str, Any]:
    return {
        "pool": lists.pool.value,
        "order": lists.order.value,
        "offer_hours": lists.offer_hours,
        "offer_working_days": lists.offer_working_days,
        "on_decline": lists.on_decline.value,
        "on_expiry": lists.on_expiry.value,
    }


def waiting_lists_of(row: Mapping[str, Any]) -> WaitingLists:
    """From the document of a programme's description or of a run."""
    stored = row.get("waiting_lists")
    if stored is None:
        return OWN_UNIT_ALONE
    return WaitingLists(
        FromPool(stored["pool"]),
        PoolOrder(stored["order"]),
        stored["offer_hours"],
        stored["offer_working_days"],
        NotTaken(stored["on_decline"]),
        NotTaken(stored["on_expiry"]),
    )
