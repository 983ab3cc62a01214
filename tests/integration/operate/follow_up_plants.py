"""Defects of what is to be done after runs, and of development plans. No tests in here."""

from tests.integration.operate.plants import ENROLMENT, REPORTING, Defect, Stores


async def board_of_nothing(stores: Stores) -> str:
    board = {"_id": "r-x", "programme": "p-x", "seq": 2, "version": 2, "assigning": False, "deliverables": []}
    await stores.add(ENROLMENT, "follow_ups", board)
    return "follow-up of run r-x is stored and has no events"


async def report_of_nothing(stores: Stores) -> str:
    await stores.add(REPORTING, "follow_ups_active", {"_id": "r-y:PLAN", "run": "r-y", "deliverable": "PLAN"})
    return "report of deliverable r-y:PLAN, which has no events"


async def plans_of_nobody(stores: Stores) -> str:
    cells = {"PO-50": {"AGREED": 3}}
    await stores.add(REPORTING, "plans_active", {"_id": "2599", "fiscal_year": 2599, "cells": cells})
    return "report of plans 2599: PO-50 has 3 AGREED, not 0"


OF_FOLLOW_UP = (
    Defect("follow-up without events", "follow-ups", board_of_nothing),
    Defect("report of nothing to do", "followed-up", report_of_nothing),
    Defect("report of plans of nobody", "planned", plans_of_nobody),
)
