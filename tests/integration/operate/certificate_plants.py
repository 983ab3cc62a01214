"""Defects of certificates and their registers. No tests in here."""

from tests.integration.operate.plants import ENROLMENT, Defect, Stores


async def register_of_nothing(stores: Stores) -> str:
    await stores.add(ENROLMENT, "certificate_registers", {"_id": "XX:2563", "last": 2, "seq": 2})
    return "series XX:2563 stands at event 2, its outbox has 0 of them"


async def certificate_of_nothing(stores: Stores) -> str:
    await stores.add(ENROLMENT, "certificates", {"_id": "c-x", "code": "c-x", "register": "YY:2563", "serial": 1})
    return "series YY:2563 has certificates and no register"


OF_CERTIFICATES = (
    Defect("register without events", "certificates", register_of_nothing),
    Defect("certificate without a register", "certificates", certificate_of_nothing),
)
