"""Defects of what is to be done after runs, of who is asked for answers, of development plans, and of people who were
erased or asked for their data. No tests in here."""

from datetime import UTC, datetime
from typing import Final

from shared.ids import new_id
from shared.mongo import Document
from tests.integration.operate.plants import ENROLMENT, NOTIFICATION, REPORTING, Defect, Stores

LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)


async def board_of_nothing(stores: Stores) -> str:
    board = {"_id": "r-x", "programme": "p-x", "seq": 2, "version": 2, "assigning": False, "deliverables": []}
    await stores.add(ENROLMENT, "follow_ups", board)
    return "follow-up of run r-x is stored and has no events"


async def asked_by_nobody(stores: Stores) -> str:
    row: Document = {"_id": "r-x", "asked": [], "reminded": [], "round": None, "seq": 2, "version": 2}
    await stores.add(ENROLMENT, "evaluation_asking", row)
    return "asking of run r-x is stored and has no events"


async def report_of_nothing(stores: Stores) -> str:
    await stores.add(REPORTING, "follow_ups_active", {"_id": "r-y:PLAN", "run": "r-y", "deliverable": "PLAN"})
    return "report of deliverable r-y:PLAN, which has no events"


async def plans_of_nobody(stores: Stores) -> str:
    cells = {"PO-50": {"AGREED": 3}}
    await stores.add(REPORTING, "plans_active", {"_id": "2599", "fiscal_year": 2599, "cells": cells})
    return "report of plans 2599: PO-50 has 3 AGREED, not 0"


async def erased_by_halves(stores: Stores) -> str:
    """Notification knows it, the directory does not."""
    person = await stores.one(ENROLMENT, "people", {}, 5)
    await stores.add(NOTIFICATION, "erased", {"_id": person["_id"], "at": LONG_AGO})
    return f"person {person['_id']} was erased, and is not in the directory"


async def still_reached(stores: Stores) -> str:
    """By the contact of whom the plant before says that it was erased."""
    person = await stores.one(ENROLMENT, "people", {}, 5)
    return f"has a contact of erased person {person['_id']}"


async def handed_out(stores: Stores) -> str:
    entry = {"action": "export", "kind": "person", "object": "p-x", "outcome": "ordered", "subject": "p-y"}
    row = {"_id": new_id(), **entry, "roles": ["SUPERVISOR"], "permission": "person.export"}
    await stores.add_to_log(ENROLMENT, row)
    return "p-y was handed out the data of p-x"


OF_PEOPLE = (
    Defect("erased by halves", "erased", erased_by_halves),
    Defect("still reached", "erased", still_reached),
    Defect("handed out", "exports", handed_out),
)
OF_FOLLOW_UP = (
    Defect("follow-up without events", "follow-ups", board_of_nothing),
    Defect("asked by nobody", "asked", asked_by_nobody),
    Defect("report of nothing to do", "followed-up", report_of_nothing),
    Defect("report of plans of nobody", "planned", plans_of_nobody),
)
