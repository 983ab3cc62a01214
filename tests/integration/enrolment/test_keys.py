"""Keys are changed while people stay who they are: contacts sealed again, hashes of citizen ids made anew."""

from typing import Any

import pytest

from services.enrolment.directory.service import resealing
from services.enrolment.settings import EnrolmentSettings
from shared.fresh_keys import new_key_ring
from shared.rights import Role
from shared.sealing import KeyRing, Sealed
from tests.integration.enrolment.conftest import Office, serving
from tests.integration.enrolment.crowd import HEADER
from tests.support.api import Issuer

PIDS = ("3101700534215", "1101700203450")
OLD, NEW = "o" * 40, "n" * 40
RESEAL = "/contacts/reseal"


def with_pid(pid: str, external: str = "") -> str:
    return f"{external},{pid},นายสมชาย ใจดี,PO-50.HR,K2,,,"


async def resealed(office: Office) -> list[Any]:
    """All pages."""
    pages: list[Any] = []
    after: str | None = ""
    while after is not None:
        pages.append(await office.done("POST", RESEAL, Role.OPERATOR, params={"after": after}))
        after = pages[-1]["next"]
    return pages


async def last_contacts(office: Office) -> dict[str, Any]:
    """By person; a tombstone says nothing."""
    return {event["person"]: event for event in await office.published("contact-changed")}


async def stored_hash(office: Office, person: str) -> str:
    stored = await office.db["people"].find_one({"_id": person})
    assert stored is not None
    return str(stored["citizen_hash"])


async def test_contacts_are_sealed_again_once(
    directory: Office, enrolment_settings: EnrolmentSettings, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "PEOPLE_AT_ONCE", 3)
    rows = [f"E{n},,นายคนที่{n} ใจดี,PO-50.HR,K2,,," for n in range(8)]
    people = [row["id"] for row in (await directory.import_people([HEADER, *rows]))["people"]]
    await directory.done("DELETE", f"/people/{people[0]}/contact")
    ring = f"{new_key_ring('k2')},{enrolment_settings.contact_keys}"
    assert sum(page["resealed"] for page in await resealed(directory)) == 0
    async with serving(enrolment_settings.model_copy(update={"contact_keys": ring}), issuer) as office:
        first = await office.done("POST", RESEAL, Role.OPERATOR)
        assert (first["key"], first["seen"], first["next"]) == ("k2", 3, sorted(people)[2])
        pages = await resealed(office)  # from the beginning: what is done is not done again
        assert first["resealed"] + sum(page["resealed"] for page in pages) == 7
        assert [page["seen"] for page in pages] == [3, 3, 2]
        contacts = await last_contacts(office)
        before = await office.fingerprint()
        assert sum(page["resealed"] for page in await resealed(office)) == 0
        assert await office.fingerprint() == before
    keys = KeyRing.parse(ring)
    for person in people[1:]:
        event = contacts[person]
        assert event["keyId"] == "k2"
        assert keys.open(Sealed(event["keyId"], event["sealed"]), f"contact:{person}").last_name == "ใจดี"
    assert people[0] not in contacts


async def test_an_import_finds_people_by_an_older_key_and_goes_over_to_the_newest(
    directory: Office, enrolment_settings: EnrolmentSettings, issuer: Issuer
) -> None:
    settings = enrolment_settings.model_copy(update={"citizen_key": OLD})
    async with serving(settings, issuer) as office:
        (somchai,) = (await office.import_people([HEADER, with_pid(PIDS[0])]))["people"]
        unnamed = (await stored_hash(office, somchai["id"])).removeprefix(
            "1:"
        )  # as it was written before hashes named their key
        await office.db["people"].update_one({"_id": somchai["id"]}, {"$set": {"citizen_hash": unnamed}})
    async with serving(settings.model_copy(update={"citizen_key": f"2={NEW},1={OLD}"}), issuer) as office:
        report = await office.import_people([HEADER, with_pid(PIDS[0])])
        assert [(row["id"], row["result"]) for row in report["people"]] == [(somchai["id"], "UNCHANGED")]
        assert (await stored_hash(office, somchai["id"])).startswith("2:")
        before = await office.fingerprint()
        await office.import_people([HEADER, with_pid(PIDS[0])])
        assert await office.fingerprint() == before
    async with serving(settings.model_copy(update={"citizen_key": f"2={NEW}"}), issuer) as office:
        report = await office.import_people([HEADER, with_pid(PIDS[0])])
        assert [row["id"] for row in report["people"]] == [somchai["id"]]


async def test_another_citizen_id_stays_another_person_whatever_the_key(
    directory: Office, enrolment_settings: EnrolmentSettings, issuer: Issuer
) -> None:
    settings = enrolment_settings.model_copy(update={"citizen_key": OLD})
    async with serving(settings, issuer) as office:
        await office.import_people([HEADER, with_pid(PIDS[0], "E1")])
    async with serving(settings.model_copy(update={"citizen_key": f"2={NEW},1={OLD}"}), issuer) as office:
        report = await office.import_people([HEADER, with_pid(PIDS[1], "E1")])
        assert [problem["code"] for problem in report["problems"]] == ["identity-conflict"]
