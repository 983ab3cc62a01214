"""A green audit leaves what it has verified; the next one reads what is newer, and finds what is wrong in it."""

from pathlib import Path

import httpx

from pattana.audit.audit import audit, databases_of
from shared.rights import Role
from tests.integration.operate.conftest import Command
from tests.support.edition import Edition
from tests.support.waiting import until

ENROLMENT = "/pattana/enrolment"


async def test_the_second_audit_reads_what_is_new(running: Edition, tmp_path: Path) -> None:
    verified = tmp_path / "verified"
    await running.audit()
    first = await audit(running.where, verified=verified)
    assert first.exit_code == 0, first.p2.examples
    assert first["records"].counts["records"] > 100
    nothing = await audit(running.where, verified=verified)
    assert nothing.exit_code == 0
    assert (nothing["records"].counts["records"], nothing["outbox"].counts["rows"]) == (0, 0)
    assert nothing["documents"].counts["messages"] == 0
    assert nothing["documents"].counts["people"] == first["documents"].counts["people"]

    person = await a_person_less(running)
    before = verified.read_bytes()
    await _red_without_its_row(running, person, verified)
    assert verified.read_bytes() == before
    green = await audit(running.where, verified=verified)
    assert green.exit_code == 0, [check.line() for check in green]
    assert 0 < green["records"].counts["records"] < 10
    assert verified.read_bytes() != before
    full = await audit(running.where, verified=verified, full=True)
    assert full.exit_code == 0
    assert full["records"].counts["records"] > 100


async def _red_without_its_row(running: Edition, person: str, verified: Path) -> None:
    async with databases_of(running.where, "tests") as databases:
        outbox = databases[ENROLMENT]["outbox"]
        gone = await outbox.find_one({"_id": f"contact:{person}:2"})
        assert gone is not None
        await outbox.delete_one({"_id": gone["_id"]})
        red = await audit(running.where, verified=verified)
        await outbox.insert_one(gone)
    assert red.exit_code == 1
    assert any(f"contact:{person}:2" in text for text in red["records"].examples)


async def a_person_less(running: Edition) -> str:
    """Somebody is erased: one new event, published and consumed."""
    async with databases_of(running.where, "tests") as databases:
        found = await databases[ENROLMENT]["people"].find_one({"erased": {"$ne": True}, "contact_seq": 1})
        assert found is not None
        person: str = found["_id"]
        headers = running.issuer.bearer(Role.HR_OFFICER, "PERS")
        async with httpx.AsyncClient(base_url=running.url, headers=headers) as client:
            (await client.delete(f"/api/enrolment/people/{person}/contact")).raise_for_status()
        published = {"_id": f"contact:{person}:2", "pending": {"$exists": False}}
        await until(lambda: databases[ENROLMENT]["outbox"].find_one(published), what="the erasure is published")
    await running.audit()
    return person


async def test_the_command_keeps_the_file_and_says_what_could_not_be_checked(
    running: Edition, pattana: Command, tmp_path: Path
) -> None:
    verified = tmp_path / "verified"
    await running.audit()
    assert (await pattana("audit", "--verified", verified)).exit_code == 0
    async with databases_of(running.where, "tests") as databases:
        held = databases["/pattana/notification"]["held"]
        await held.insert_one({"_id": "x", "consumer": "notification", "wait": "PARKED", "retry": False})
        before = verified.read_bytes()
        result = await pattana("audit", "--verified", verified, "--full")
        await held.delete_one({"_id": "x"})
    assert result.exit_code == 2, result.output
    assert "P5 kept   reports and messages equal the fold of the events (1 not checked)" in result.output
    assert "NOT CHECKED 1: events that notification has not applied (parked)" in result.output
    assert verified.read_bytes() == before
