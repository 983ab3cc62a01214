"""Defects of certificates and their registers. No tests in here."""

from tests.integration.operate.plants import ENROLMENT, REPORTING, Defect, Stores


async def register_of_nothing(stores: Stores) -> str:
    await stores.add(ENROLMENT, "certificate_registers", {"_id": "XX:2563", "last": 2, "seq": 2})
    return "series XX:2563 stands at event 2, its outbox has 0 of them"


async def certificate_of_nothing(stores: Stores) -> str:
    await stores.add(ENROLMENT, "certificates", {"_id": "c-x", "code": "c-x", "register": "YY:2563", "serial": 1})
    return "series YY:2563 has certificates and no register"


async def reported_of_nothing(stores: Stores) -> str:
    bucket = {"run": "r-x", "target": "T", "bucket_unit": "PO-50"}
    cells = {"PO-50|50|NU1|N": {"certified": 5}}
    await stores.add(REPORTING, "attendance_active", {"_id": "r-x:T:PO-50", **bucket, "cells": cells})
    return "report of bucket r-x:T:PO-50: PO-50|50|NU1|N counts 5 certified, not 0"


OF_CERTIFICATES = (
    Defect("register without events", "certificates", register_of_nothing),
    Defect("certificate without a register", "certificates", certificate_of_nothing),
    Defect("certificates that nobody issued", "certified", reported_of_nothing),
)
