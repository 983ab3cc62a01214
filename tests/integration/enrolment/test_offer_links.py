"""Offers that are answered by the link of their message: without a login, by POST alone, each once and in time."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
import pytest

from shared.clock import BANGKOK
from shared.fresh_keys import parse_key_ring
from shared.offer_links import OfferLink, OfferLinks
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.test_offers import answered, at, details, history, pooled, reached
from tests.support.api import POSITION_KEYS

LINKS: Final = OfferLinks(parse_key_ring(POSITION_KEYS))
SUNDAY: Final = datetime(2048, 8, 2, 9, tzinfo=BANGKOK)
BROWSER: Final = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def here(standing: Office) -> list[str]:
    return await staff(standing, "PO-50.HR", 5)


async def opened(office: Office, method: str, token: str, how: str = "", **headers: str) -> httpx.Response:
    path = f"/api/enrolment/offers/{token}" + (f"/{how}" if how else "")
    return await office.http.request(method, path, headers={"accept-language": "en", **headers})


def token_of(read: Any, run: str) -> str:
    return LINKS.issue(OfferLink(run, read["id"], datetime.fromisoformat(read["offeredUntil"])))


async def answered_again(office: Office, token: str) -> None:
    """Of an offer that was accepted: the same changes nothing, and the other answer is refused, to people as a page."""
    before = await office.fingerprint()
    again = await opened(office, "POST", token, "accept")
    assert (again.status_code, again.json()["state"], again.json()["open"]) == (200, "CONFIRMED", False)
    other = await opened(office, "POST", token, "decline")
    assert (other.status_code, other.json()["code"]) == (409, "offer-accepted")
    read = await opened(office, "POST", token, "decline", **BROWSER)
    assert (read.status_code, read.headers["content-type"][:9]) == (409, "text/html")
    assert "The seat is yours already" in read.text
    assert await office.fingerprint() == before


async def test_the_link_shows_and_answers_one_offer(standing: Office, here: list[str]) -> None:
    driver = await pooled(standing)
    await at(driver, SUNDAY)
    await driver.nominate(here[0])
    first = await driver.nominate(here[1])
    token = token_of(await reached(driver, first, "OFFERED"), driver.run)
    for _ in range(2):  # whoever scans mails opens links
        shown = await opened(standing, "GET", token)
        assert (shown.status_code, shown.json()["state"], shown.json()["open"]) == (200, "OFFERED", True)
    assert set(shown.json()) == {"title", "cohort", "startsAt", "offeredUntil", "state", "open"}
    assert shown.headers["content-security-policy"].endswith("sandbox")
    html = await opened(standing, "GET", token, **BROWSER)
    assert html.headers["content-type"].startswith("text/html")
    assert "allow-forms" in html.headers["content-security-policy"]
    assert html.headers["cache-control"] == "no-store"
    assert f"/{token}/accept" in html.text
    clicks = [opened(standing, "POST", token, "accept", **BROWSER, **{"content-length": "0"}) for _ in range(2)]
    for done in await asyncio.gather(*clicks):
        assert (done.status_code, "The seat is yours." in done.text) == (200, True)
    assert (await details(driver, first))["state"] == "CONFIRMED"
    await answered_again(standing, token)
    row = await standing.db["nominations"].find_one({"_id": first["id"]})
    assert row is not None
    assert row["changed_by"] == here[1], "it was the person"


async def test_a_link_of_an_earlier_offer_does_not_answer_the_next(standing: Office, here: list[str]) -> None:
    driver = await pooled(standing, offerHours=2)
    await at(driver, SUNDAY)
    await driver.nominate(here[0])
    first = await driver.nominate(here[1])
    token = token_of(await reached(driver, first, "OFFERED"), driver.run)
    assert (await opened(standing, "POST", token, "decline")).json()["state"] == "WAITLISTED"
    before = await standing.fingerprint()
    again = await opened(standing, "POST", token, "decline")
    assert (again.status_code, again.json()["state"], again.json()["open"]) == (200, "WAITLISTED", False)
    assert (await opened(standing, "POST", token, "accept")).json()["code"] == "offer-given-up"
    assert await standing.fingerprint() == before
    await at(driver, SUNDAY + timedelta(hours=1))
    read = await reached(driver, first, "OFFERED")
    assert token_of(read, driver.run) != token
    assert (await opened(standing, "GET", token)).json()["open"] is False
    assert (await opened(standing, "POST", token, "accept")).json()["code"] == "offer-over"
    await answered(driver, first, "accept")
    kinds = [one["type"].split(".")[1] for one in await history(driver, "PO-50")]
    assert (kinds.count("seat-offered"), kinds.count("offer-declined")) == (2, 1)


async def test_links_that_are_none(standing: Office, here: list[str]) -> None:
    driver = await pooled(standing)
    await driver.nominate(here[0])
    first = await driver.nominate(here[1])
    read = await reached(driver, first, "OFFERED")
    token = token_of(read, driver.run)
    other = LINKS.issue(OfferLink(first["id"], driver.run, datetime.fromisoformat(read["offeredUntil"])))
    for wrong in ("x", token[:-1], "A" * 72, other):
        for method, how in (("GET", ""), ("POST", "accept"), ("POST", "decline")):
            answer = await opened(standing, method, wrong, how)
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown-offer"), (wrong, method)
    assert (await details(driver, first))["state"] == "OFFERED"
