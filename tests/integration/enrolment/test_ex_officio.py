"""Whoever is in a post on the run's day is nominated, once; and who comes after whom is told."""

import asyncio
from typing import Any, Final

import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import known
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.test_dividing import ORGANISER, carried, pair

HEADS: Final = {"key": "HEADS", "scope": "PROVINCIAL", "posts": ["PROV_HEAD"], "levels": ["M2"]}
OFFICES: Final = ("PO-50", "PO-51", "PO-52", "PO-53")
LEVELS: Final = {"H": "M2", "N": "M2", "D": "K3"}  # heads, those who come after them, and deputies
HEADER: Final = "unit,post,externalId,inPost,validFrom,validTo"


@pytest.fixture
async def people(directory: Office) -> dict[str, str]:
    rows = [f"{kind}{unit[3:]},,{kind} {unit},{unit},{level},,," for unit in OFFICES for kind, level in LEVELS.items()]
    return await known(directory, *rows)


@pytest.fixture
async def heads(directory: Office, people: dict[str, str]) -> dict[str, str]:
    """Two holders, one who acts, and a post that is vacant on the day of the run."""
    await imported(
        directory,
        "PO-50,PROV_HEAD,H50,,1/10/2563,",
        "PO-51,PROV_HEAD,H51,,1/10/2563,",
        "PO-52,PROV_HEAD,H52,,1/10/2563,",
        "PO-52,PROV_HEAD,D52,ACTING,1/8/2591,1/9/2591",
        "PO-53,PROV_HEAD,H53,,1/10/2563,30/8/2591",
    )
    return people


async def imported(office: Office, *rows: str, **options: Any) -> Any:
    content = "\r\n".join([HEADER, *rows]).encode()
    headers = {"content-type": "text/csv"}
    report = await office.done("POST", "/imports/posts", content=content, headers=headers, **options)
    assert report["problems"] == report["questions"] == [], report
    return report


async def run_of(office: Office, **options: Any) -> RunDriver:
    return await opened(office, dict.fromkeys(OFFICES, 1), groups=[HEADS], **options)


async def invited(driver: RunDriver, role: Role = Role.HR_OFFICER, **options: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await driver.done("POST", "/ex-officio", role, json={"target": "HEADS"}, **options)
    return answer


def told(answer: dict[str, Any]) -> list[tuple[str, str, str, str | None]]:
    return [
        (row["unit"], row["exOfficio"], row["result"], row.get("problem", {}).get("code")) for row in answer["results"]
    ]


async def test_holders_and_those_who_act_are_nominated_once(directory: Office, heads: dict[str, str]) -> None:
    driver = await run_of(directory)
    first = await invited(driver)
    expected = [("PO-50", "HOLDER"), ("PO-51", "HOLDER"), ("PO-52", "ACTING")]
    assert told(first) == [(*post, "NOMINATED", None) for post in expected]
    assert first["vacantPosts"] == [{"unit": "PO-53", "post": "PROV_HEAD"}]
    assert [row["person"] for row in first["results"]] == [heads[name] for name in ("H50", "H51", "D52")]
    made = [row["nomination"] for row in first["results"]]
    assert [(one["state"], one["exOfficio"], one["post"]) for one in made] == [
        ("CONFIRMED", in_post, "PROV_HEAD") for _, in_post in expected
    ]
    events = await directory.published("seat-confirmed")
    assert {one["bucketUnit"]: one["exOfficio"] for one in events} == dict(expected)

    before = await directory.fingerprint()
    again = await invited(driver)
    assert told(again) == [(*post, "UNCHANGED", "already-nominated") for post in expected]
    assert [row["problem"]["nomination"] for row in again["results"]] == [one["id"] for one in made]
    assert {row["status"] for row in again["results"]} == {200}
    assert await directory.fingerprint() == before


async def test_many_at_once_nominate_each_once(directory: Office, heads: dict[str, str]) -> None:
    driver = await run_of(directory)
    answers = await asyncio.gather(*(invited(driver) for _ in range(5)))
    assert sum(row["result"] == "NOMINATED" for answer in answers for row in answer["results"]) == 3
    assert sum(row["result"] == "UNCHANGED" for answer in answers for row in answer["results"]) == 12
    assert await driver.bucket("PO-50") == (1, 0, 0)


async def test_a_key_repeats_the_first_answer(directory: Office, heads: dict[str, str]) -> None:
    driver = await run_of(directory, approval=True)
    first = await invited(driver, headers={"idempotency-key": "once"})
    assert [row["nomination"]["state"] for row in first["results"]] == ["SUBMITTED"] * 3
    again = await invited(driver, headers={"idempotency-key": "once"})
    assert told(again) == [(*row[:2], "UNCHANGED", "already-nominated") for row in told(first)]


async def test_what_ended_is_not_begun_again(directory: Office, heads: dict[str, str]) -> None:
    driver = await run_of(directory)
    first = await invited(driver)
    await driver.act("withdraw", first["results"][0]["nomination"], reason="ติดราชการ")
    before = await directory.fingerprint()
    assert told(await invited(driver))[0] == ("PO-50", "HOLDER", "UNCHANGED", "ex-officio-ended")
    assert await directory.fingerprint() == before
    assert await driver.nominate(heads["H50"])


async def test_a_change_of_holder_proposes_the_successor(directory: Office, heads: dict[str, str]) -> None:
    driver = await run_of(directory)
    first = await invited(driver)
    assert (await driver.done("GET", "/ex-officio"))["items"] == []
    await imported(directory, "PO-50,PROV_HEAD,N50,,1/8/2591,", params={"confirmed": 2})  # the next holder
    (holding,) = (await directory.done("GET", "/posts", params={"unit": "PO-51"}))["items"]
    await directory.done("PATCH", f"/posts/{holding['id']}", json={"validTo": "2048-08-30"})  # nobody after him

    assert told(await invited(driver))[0] == ("PO-50", "HOLDER", "REFUSED", "predecessor-nominated")
    page = await driver.done("GET", "/ex-officio", params={"limit": 1})
    rest = await driver.done("GET", "/ex-officio", params={"limit": 5, "cursor": page["next"]})
    found = [*page["items"], *rest["items"]]
    assert [(one["unit"], one["person"], one["successor"], one["successorExOfficio"]) for one in found] == [
        ("PO-50", heads["H50"], heads["N50"], "HOLDER"),
        ("PO-51", heads["H51"], None, None),
    ]
    taken = await driver.act("substitute", {"id": found[0]["nomination"]}, person=found[0]["successor"])
    assert (taken["exOfficio"], taken["state"], taken["replaces"]) == (
        "HOLDER",
        "CONFIRMED",
        first["results"][0]["nomination"]["id"],
    )
    assert [one["unit"] for one in (await driver.done("GET", "/ex-officio"))["items"]] == ["PO-51"]
    assert told(await invited(driver))[0] == ("PO-50", "HOLDER", "UNCHANGED", "already-nominated")


async def test_a_holder_who_was_moved_or_erased_has_left_the_post(directory: Office, heads: dict[str, str]) -> None:
    await known(directory, "H50,,H PO-50,PO-57,M2,,,")
    for name in ("H51", "D52"):  # a holder, and one who acts for a holder
        await directory.done("DELETE", f"/people/{heads[name]}/contact")
    driver = await run_of(directory)
    answer = await invited(driver)
    assert [one["unit"] for one in answer["vacantPosts"]] == ["PO-50", "PO-51", "PO-53"]
    assert told(answer) == [("PO-52", "HOLDER", "NOMINATED", None)]
    rule = {"targets": [{"target": "HEADS", "rule": "PER_POST"}]}
    proposal = await driver.done("POST", "/allocation", json=rule)
    assert [(one["bucketUnit"], one["seats"]) for one in proposal["buckets"]] == [("PO-52", 1)]


async def test_who_acts_for_an_office_may_be_of_another(directory: Office, heads: dict[str, str]) -> None:
    await imported(directory, "PO-53,PROV_HEAD,D50,ACTING,31/8/2591,")
    driver = await run_of(directory)
    answer = await invited(driver, Role.PROVINCIAL_HR, unit="PO-53")
    assert told(answer) == [("PO-53", "ACTING", "NOMINATED", None)]
    (made,) = (row["nomination"] for row in answer["results"])
    assert (made["unit"], made["bucketUnit"], made["province"]) == ("PO-53", "PO-53", "53")
    seen = await driver.done("GET", "/nominations", Role.PROVINCIAL_HR, unit="PO-53")
    assert [one["exOfficio"] for one in seen["items"]] == ["ACTING"]
    assert (await driver.done("GET", "/nominations", Role.PROVINCIAL_HR, unit="PO-50"))["items"] == []


async def test_a_province_invites_and_is_told_its_own(directory: Office, heads: dict[str, str]) -> None:
    driver = await run_of(directory)
    assert [row[0] for row in told(await invited(driver, Role.PROVINCIAL_HR, unit="PO-50"))] == ["PO-50"]
    await invited(driver)
    await imported(directory, "PO-50,PROV_HEAD,N50,,1/8/2591,", params={"confirmed": 2})
    for unit, count in (("PO-50", 1), ("PO-51", 0)):
        page = await driver.done("GET", "/ex-officio", Role.PROVINCIAL_HR, unit=unit)
        assert len(page["items"]) == count


async def test_pages_of_posts(directory: Office, heads: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.enrolment.seats.service.ex_officio.MOST_POSTS", 3)
    driver = await run_of(directory)
    first = await invited(driver)
    assert ([row[0] for row in told(first)], first["vacantPosts"]) == (["PO-50", "PO-51", "PO-52"], [])
    second = await driver.done("POST", "/ex-officio", json={"target": "HEADS", "after": first["next"]})
    assert (second["results"], [one["unit"] for one in second["vacantPosts"]]) == ([], ["PO-53"])
    assert second["next"] is None


async def test_posts_of_the_register_count_until_something_is_recorded(
    directory: Office, people: dict[str, str]
) -> None:
    """One truth for each post: also for ordinary nominations."""
    header = "externalId,fullName,unit,level,post"
    rows = [f"{name},H {name},PO-{name[1:]},M2,PROV_HEAD" for name in ("H50", "H51", "N51")]
    await directory.import_people([header, *rows])
    driver = await run_of(directory)
    assert told(await invited(driver)) == [
        ("PO-50", "HOLDER", "NOMINATED", None),
        ("PO-51", "HOLDER", "REFUSED", "post-several-registered"),
    ]
    await imported(directory, "PO-51,PROV_HEAD,N51,,1/10/2563,")
    refused = await driver.ask("POST", "/nominations", json={"person": people["H51"]})
    assert refused.json()["code"] == "wrong-post"
    assert told(await invited(driver))[1] == ("PO-51", "HOLDER", "NOMINATED", None)


async def test_what_cannot_be_invited_is_refused(directory: Office, heads: dict[str, str]) -> None:
    driver = await opened(directory, {"PO-50": 1}, groups=[{"key": "ALL", "scope": "PROVINCIAL"}])
    for target, code in (("ALL", "target-without-posts"), ("NONE", "unknown-target")):
        assert await driver.refused("/ex-officio", json={"target": target}) == (422, code)
    answer = await directory.ask("POST", "/runs/none/ex-officio", Role.HR_OFFICER, json={"target": "ALL"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-run")


async def test_heads_of_an_office_and_of_its_groups_are_invited_once_together(
    directory: Office, heads: dict[str, str]
) -> None:
    group = await known(directory, "G53,,G PO-53,PO-53.HR,K3,,,")
    await imported(directory, "PO-53,PROV_HEAD,N53,,31/8/2591,", "PO-53.HR,GROUP_HEAD,G53,,1/10/2563,")
    both = {**HEADS, "posts": ["PROV_HEAD", "GROUP_HEAD"], "levels": []}
    driver = await opened(directory, {"PO-53": 2}, groups=[both])
    first = await invited(driver)
    assert [row["person"] for row in first["results"]] == [heads["N53"], group["G53"]]
    for row in first["results"]:
        await driver.act("withdraw", row["nomination"], reason="ติดราชการ")
    again = told(await invited(driver))
    assert [row[2:] for row in again] == [("UNCHANGED", "ex-officio-ended")] * 2


async def test_after_a_merge_nobody_is_replaced_by_who_is_there(directory: Office, heads: dict[str, str]) -> None:
    """Each of two runs had another head of one office, as the post stood then."""
    one, two = await pair(directory, {"PO-50": 1}, 2, groups=[HEADS])
    await invited(one)
    await imported(directory, "PO-50,PROV_HEAD,N50,,1/8/2591,", params={"confirmed": 2})
    await invited(two)
    (before,) = (await one.done("GET", "/ex-officio"))["items"]
    assert (before["person"], before["successor"]) == (heads["H50"], heads["N50"])

    await one.done("POST", "/merge", **ORGANISER, json={"into": two.run})
    await carried(directory, one.run, two.run)
    assert await two.states() == {heads["H50"]: "CONFIRMED", heads["N50"]: "CONFIRMED"}
    assert (await two.done("GET", "/ex-officio"))["items"] == []
    refused = (409, "already-nominated")
    path = f"/nominations/{before['nomination']}/substitute"
    assert await two.refused(path, json={"person": heads["N50"]}) == refused
    assert told(await invited(two)) == [("PO-50", "HOLDER", "UNCHANGED", "already-nominated")]
