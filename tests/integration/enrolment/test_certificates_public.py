"""What everybody may ask about a certificate, and its paper: the same bytes every time."""

from collections.abc import AsyncIterator

import pytest

from services.enrolment.settings import EnrolmentSettings
from shared.certificate_links import PATH, CertificateLink, CertificateLinks
from shared.fresh_keys import parse_key_ring
from shared.rights import Role
from tests.integration.enrolment.certifying import asked, held, listed
from tests.integration.enrolment.conftest import BASE, Office, serving
from tests.integration.enrolment.crowd import staff
from tests.support.api import POSITION_KEYS, Issuer
from tests.support.waiting import until
from tests.unit.shared.test_documents import copied

UNKNOWN = "abcdefghijklmnopqrstuvwx"


async def test_everybody_may_check_one_with_its_code_and_sees_no_more(standing: Office) -> None:
    driver = await held(standing, await staff(standing, "PO-50.HR", 2))
    await asked(driver)
    valid, gone = await listed(driver)
    await driver.done("POST", f"/certificates/{gone['id']}/revoke", json={"reason": "ทุจริต"})
    told = await standing.http.get(f"{BASE}/certificates/{valid['code']}")
    assert told.json() == {
        "status": "VALID",
        "revokedSince": None,
        "name": valid["name"],
        "nameErased": False,
        "course": valid["title"],
        "startsOn": "2048-08-31",
        "endsOn": "2048-08-31",
        "issuedOn": "2048-09-02",
    }
    assert (await standing.http.get(f"{BASE}/certificates/{valid['code'].upper()}")).json() == told.json()
    told = await standing.http.get(f"{BASE}/certificates/{gone['code']}")
    assert (told.json()["status"], told.json()["revokedSince"]) == ("REVOKED", "2048-09-02")
    for code in (UNKNOWN, valid["id"], valid["number"], "%20", "$ne"):
        unknown = await standing.http.get(f"{BASE}/certificates/{code}", headers={"accept-language": "en"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-certificate")


async def test_browsers_get_a_page(standing: Office) -> None:
    driver = await held(standing, await staff(standing, "PO-50.HR", 1))
    await asked(driver)
    (one,) = await listed(driver)
    browser = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
    page = await standing.http.get(f"{BASE}/certificates/{one['code']}", headers=browser)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert one["name"] in page.text
    assert one["person"] not in page.text
    nothing = await standing.http.get(f"{BASE}/certificates/{UNKNOWN}", headers=browser)
    assert (nothing.status_code, "ไม่พบประกาศนียบัตร" in nothing.text) == (404, True)


async def test_the_paper_is_the_same_whenever_it_is_asked_for(standing: Office, beside: Office) -> None:
    people = await staff(standing, "PO-50.HR", 2)
    driver = await held(standing, people)
    await asked(driver)
    one = (await listed(driver))[0]
    path = f"{BASE}/runs/{driver.run}/certificates/{one['id']}/pdf"
    documents = []
    for office in (standing, beside, standing):
        answer = await office.http.get(path, headers=standing.issuer.bearer(Role.HR_OFFICER))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.headers["content-disposition"] == f'attachment; filename="{one["number"]}.pdf"'
        documents.append(answer.content)
    assert documents[0] == documents[1] == documents[2]
    text = copied(documents[0])
    assert one["name"].replace(" ", "") in text
    assert one["title"].translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")).replace(" ", "") in text
    own = standing.issuer.bearer(Role.LEARNER, "PO-50.HR", one["person"])
    assert (await standing.http.get(path, headers=own)).content == documents[0]
    other = standing.issuer.bearer(Role.LEARNER, "PO-50.HR", next(p for p in people if p != one["person"]))
    refused = await standing.http.get(path, headers=other)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown-certificate")
    assert (await standing.http.get(path)).status_code == 401


async def test_there_is_no_paper_without_a_name_or_with_signs_that_cannot_be_set(standing: Office) -> None:
    driver = await held(standing, await staff(standing, "PO-96.HR", 2), unit="PO-96")
    await asked(driver)
    erased, odd = await listed(driver)
    await standing.done("DELETE", f"/people/{erased['person']}/contact")
    gone = {"_id": erased["id"], "name": {"$exists": False}}
    await until(lambda: standing.db["certificates"].find_one(gone), what="the name is erased")
    await standing.db["certificates"].update_one({"_id": odd["id"]}, {"$set": {"name": "สมชาย 龍"}})
    expected = {erased["id"]: (410, "certificate-name-erased"), odd["id"]: (422, "signs-not-in-fonts")}
    for id, refusal in expected.items():
        answer = await driver.ask("GET", f"/certificates/{id}/pdf")
        assert (answer.status_code, answer.json()["code"]) == refusal
    told = (await standing.http.get(f"{BASE}/certificates/{erased['code']}")).json()
    assert (told["status"], told["name"], told["nameErased"]) == ("VALID", None, True)


@pytest.fixture
async def strict(enrolment_settings: EnrolmentSettings, issuer: Issuer) -> AsyncIterator[Office]:
    """Takes three checks at once, and then hardly any; the gateway says who calls."""
    limits = {"check_burst": 3, "check_per_second": 0.01, "trust_forwarded": True}
    async with serving(enrolment_settings.model_copy(update=limits), issuer) as office:
        yield office


async def test_an_address_may_ask_only_so_often(strict: Office) -> None:
    async def ask(address: str) -> int:
        answer = await strict.http.get(f"{BASE}/certificates/{UNKNOWN}", headers={"x-forwarded-for": address})
        if answer.status_code == 429:
            assert answer.json()["code"] == "too-many-requests"
            assert int(answer.headers["retry-after"]) >= 1
        return answer.status_code

    assert [await ask("192.0.2.1") for _ in range(5)] == [404, 404, 404, 429, 429]
    assert await ask("192.0.2.2") == 404


async def test_the_link_of_a_message_opens_this_certificate_alone(standing: Office) -> None:
    driver = await held(standing, await staff(standing, "PO-50.HR", 2))
    await asked(driver)
    one, gone = await listed(driver)
    links = CertificateLinks(parse_key_ring(POSITION_KEYS))

    def link(certificate: str) -> str:
        return f"{PATH}/{links.issue(CertificateLink(driver.run, certificate))}"

    paper = await driver.ask("GET", f"/certificates/{one['id']}/pdf")
    opened = await standing.http.get(link(one["id"]))
    assert (opened.status_code, opened.content) == (200, paper.content)
    assert (opened.headers["cache-control"], opened.headers["referrer-policy"]) == ("no-store", "no-referrer")
    await driver.done("POST", f"/certificates/{gone['id']}/revoke", json={"reason": "ผิดพลาด"})
    revoked = await standing.http.get(link(gone["id"]), follow_redirects=False)
    assert revoked.status_code == 303
    assert revoked.headers["location"].endswith(f"/api/enrolment/certificates/{gone['code']}")
    forged = await standing.http.get(f"{PATH}/{'A' * 68}")
    assert (forged.status_code, forged.json()["code"]) == (404, "unknown-certificate-link")
    nobodys = await standing.http.get(link(driver.run))
    assert (nobodys.status_code, nobodys.json()["code"]) == (404, "unknown-certificate")
