"""Who is in which post: recorded one by one and from a sheet, read within one's scope, told by events."""

import asyncio
import json
from typing import Any, Final

import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import known

HEADER: Final = "unit,post,externalId,inPost,validFrom,validTo"
FILE: Final = [
    HEADER,
    "PO-50,PROV_HEAD,H50,,1/10/2563,",
    "เชียงใหม่,หัวหน้าสำนักงานจังหวัด,D50,รักษาราชการแทน,1/3/2567,31/3/2567",
    "PO-57,PROV_HEAD,H57,HOLDER,1/10/2563,30/9/2566",
]
CSV: Final = {"content-type": "text/csv"}


@pytest.fixture
async def people(directory: Office) -> dict[str, str]:
    rows = [f"{name},,{name} ทดสอบ,{unit},M2,,," for name, unit in UNITS.items()]
    return await known(directory, *rows)


UNITS: Final = {"H50": "PO-50", "D50": "PO-50.ADM", "N50": "PO-50", "H57": "PO-57", "N57": "PO-57", "D": "PERS"}


async def imported(office: Office, *lines: str, role: Role = Role.HR_OFFICER, **options: Any) -> Any:
    content = "\r\n".join(lines).encode()
    return await office.done("POST", "/imports/posts", role, content=content, headers=dict(CSV), **options)


async def listed(office: Office, role: Role = Role.HR_OFFICER, at: str | None = None, **query: Any) -> list[Any]:
    items: list[Any] = (await office.done("GET", "/posts", role, unit=at, params=query))["items"]
    return items


async def recorded(office: Office, person: str, since: str, **more: Any) -> Any:
    body = {"unit": "PO-50", "post": "PROV_HEAD", "person": person, "validFrom": since, **more}
    return await office.ask("POST", "/posts", Role.HR_OFFICER, json=body)


def codes(report: Any, name: str = "problems") -> list[tuple[int, str]]:
    return [(row["line"], row["code"]) for row in report[name]]


async def test_a_sheet_is_imported_once_and_told_by_events(directory: Office, people: dict[str, str]) -> None:
    first = await imported(directory, *FILE)
    assert (first["recorded"], first["badRows"], first["askedRows"]) == (3, 0, 0)
    before = await directory.fingerprint()
    again = await imported(directory, *FILE)
    assert (again["recorded"], again["unchanged"]) == (0, 3)
    assert [row["id"] for row in again["posts"]] == [row["id"] for row in first["posts"]]
    assert await directory.fingerprint() == before
    events = await directory.published("post-", "post:PO-50:PROV_HEAD")
    assert [(one["person"], one["inPost"], one["validFrom"], one["validTo"]) for one in events] == [
        (people["H50"], "HOLDER", "2020-10-01", None),
        (people["D50"], "ACTING", "2024-03-01", "2024-03-31"),
    ]


async def test_a_preview_stores_nothing_and_says_the_same(directory: Office, people: dict[str, str]) -> None:
    before = await directory.counts()
    preview = await imported(directory, *FILE, params={"preview": True})
    assert await directory.counts() == before
    assert await listed(directory) == []
    assert [row["id"] for row in preview["posts"]] == [None] * 3
    done = await imported(directory, *FILE)
    ids = [{**row, "id": None} for row in done["posts"]]
    assert {**done, "preview": True, "posts": ids} == preview


@pytest.mark.parametrize("at_once", [200, 1])
async def test_bad_rows_are_told_and_keep_nobody_from_the_others(
    directory: Office, people: dict[str, str], monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """However a file is cut into transactions."""
    monkeypatch.setattr("services.enrolment.directory.service.paced.MOST_ROWS", at_once)
    erased = f"/people/{people['N57']}/contact"
    await directory.done("DELETE", erased)
    report = await imported(
        directory,
        *FILE,
        "PO-50,PROV_HEAD,N50,HOLDER,1/10/2562,1/10/2563",  # two holders
        "PO-50,PROV_HEAD,D50,HOLDER,15/3/2567,",  # overlaps the own time
        "PO-57,PROV_HEAD,N57,HOLDER,1/10/2566,",  # erased
        "กรุงเทพมหานคร,PROV_HEAD,N50,HOLDER,1/10/2566,",
        "PO-57,PROV_HEAD,N50,HOLDER,1/10/2566,",  # of another office
        "PO-57,KING,H57,HOLDER,1/10/2566,",
        "PO-57,PROV_HEAD,H57,HOLDER,1/10/2567,1/9/2567",  # the last day before the first
        "PO-57,PROV_HEAD,NOBODY,HOLDER,1/10/2566,",
        "PO-57,PROV_HEAD,D,ACTING,1/10/2566,",
    )
    assert codes(report) == [
        (5, "post-taken"),
        (6, "in-post-already"),
        (7, "person-erased"),
        (8, "unit-without-office"),
        (9, "holder-of-other-office"),
        (10, "unknown-post"),
        (11, "validity-reversed"),
        (12, "person-not-known"),
    ]
    assert [(row["line"], row["result"]) for row in report["posts"]] == [(n, "RECORDED") for n in (2, 3, 4, 13)]


async def test_a_successor_ends_the_time_of_the_one_before_when_that_is_confirmed(
    directory: Office, people: dict[str, str]
) -> None:
    await imported(directory, *FILE)
    successor = [HEADER, "PO-50,PROV_HEAD,N50,,1/10/2567,"]
    asked = await imported(directory, *successor)
    assert (codes(asked, "questions"), asked["recorded"], asked["ended"]) == ([(2, "predecessor-stays")], 0, [])
    done = await imported(directory, *successor, params={"confirmed": 2})
    (head, acting, new) = await listed(directory, unit="PO-50")
    assert done["ended"] == [{"line": 2, "id": head["id"], "validTo": "2024-09-30"}]
    assert (head["validTo"], acting["validTo"], new["person"]) == ("2024-09-30", "2024-03-31", people["N50"])
    assert (await imported(directory, *successor))["unchanged"] == 1


async def test_lines_are_told_while_it_goes_on(directory: Office, people: dict[str, str]) -> None:
    headers = {**CSV, "accept": "application/x-ndjson"}
    content = "\r\n".join([*FILE, "PO-99,PROV_HEAD,H57,,1/10/2566,"]).encode()
    answer = await directory.ask("POST", "/imports/posts", Role.HR_OFFICER, content=content, headers=headers)
    *progress, last = [json.loads(line) for line in answer.content.splitlines()]
    assert progress[0] == {"progress": {**dict.fromkeys(progress[0]["progress"], 0), "rows": 4}, "posts": []}
    assert [row["line"] for line in progress for row in line["posts"]] == [2, 3, 4]
    assert (last["report"]["recorded"], codes(last["report"])) == (3, [(5, "unknown-unit")])


async def test_a_file_without_what_is_needed_is_refused(directory: Office) -> None:
    answer = await directory.ask("POST", "/imports/posts", Role.HR_OFFICER, content=b"a,b\r\n1,2", headers=dict(CSV))
    assert (answer.status_code, answer.json()["code"]) == (422, "post-columns-missing")


async def test_one_is_recorded_ended_and_taken_back(directory: Office, people: dict[str, str]) -> None:
    made = await recorded(directory, people["H50"], "2020-10-01")
    assert made.status_code == 201
    holding = made.json()
    assert (await recorded(directory, people["H50"], "2020-10-01")).status_code == 200  # the same again
    assert (await recorded(directory, people["N50"], "2024-10-01")).json()["code"] == "predecessor-stays"
    path = f"/posts/{holding['id']}"
    assert (await directory.done("PATCH", path, json={"validTo": "2024-09-29"}))["validTo"] == "2024-09-29"
    assert (await recorded(directory, people["N50"], "2024-10-01")).status_code == 201
    assert await directory.refused("PATCH", path, json={"validTo": None}) == (409, "post-taken")
    assert await directory.refused("PATCH", path, json={"validTo": "2020-09-30"}) == (422, "validity-reversed")
    assert await directory.refused("PATCH", path, json={}) == (422, "invalid-body")
    assert (await directory.done("DELETE", path))["id"] == holding["id"]
    assert (await directory.ask("GET", path, Role.HR_OFFICER)).status_code == 404
    kinds = [one["type"] for one in await directory.published("post-", "post:PO-50:PROV_HEAD")]
    filled, revoked = "enrolment.post-filled.v1", "enrolment.post-filling-revoked.v1"
    assert kinds == [filled, filled, filled, revoked]


async def test_a_key_repeats_the_first_answer(directory: Office, people: dict[str, str]) -> None:
    body = {"unit": "PO-50", "post": "PROV_HEAD", "person": people["H50"], "validFrom": "2020-10-01"}
    headers = {"idempotency-key": "once"}
    answers = [
        await directory.ask("POST", "/posts", Role.HR_OFFICER, json=body, headers=dict(headers)) for _ in range(2)
    ]
    assert [(one.status_code, one.json()) for one in answers] == [(201, answers[0].json())] * 2
    await directory.done("DELETE", f"/posts/{answers[0].json()['id']}")
    again = await directory.ask("POST", "/posts", Role.HR_OFFICER, json=body, headers=dict(headers))
    assert again.json() == answers[0].json()
    assert await listed(directory) == []


async def test_two_holders_at_once_are_never_both(directory: Office, people: dict[str, str]) -> None:
    names = ("H50", "N50", "D50")
    answers = await asyncio.gather(*(recorded(directory, people[name], "2020-10-01") for name in names))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    assert len(await listed(directory)) == 1


async def test_a_list_is_told_by_unit_by_day_and_in_pages(directory: Office, people: dict[str, str]) -> None:
    await imported(directory, *FILE, "PERS,UNIT_DIRECTOR,D,,1/10/2563,")
    everything = await listed(directory)
    assert [(one["unit"], one["inPost"]) for one in everything] == [
        ("PERS", "HOLDER"),
        ("PO-50", "HOLDER"),
        ("PO-50", "ACTING"),
        ("PO-57", "HOLDER"),
    ]
    assert [one["unit"] for one in await listed(directory, unit="OPS")] == ["PERS"]
    assert [one["unit"] for one in await listed(directory, on="2024-03-31")] == ["PERS", "PO-50", "PO-50"]
    assert [one["unit"] for one in await listed(directory, on="2024-04-01", post="PROV_HEAD")] == ["PO-50"]
    assert [one["unit"] for one in await listed(directory, person=people["D50"])] == ["PO-50"]
    pages: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = await directory.done("GET", "/posts", params={"limit": 3, **cursor})
        pages += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert pages == everything


async def test_a_province_keeps_its_own_posts_with_its_own_people(directory: Office, people: dict[str, str]) -> None:
    mine: dict[str, Any] = {"role": Role.PROVINCIAL_HR, "unit": "PO-50"}
    report = await imported(directory, *FILE, "PO-50,PROV_HEAD,N57,ACTING,1/4/2567,2/4/2567", **mine)
    assert codes(report) == [(4, "unit-out-of-scope"), (5, "person-not-known")]
    await imported(directory, FILE[0], FILE[3])
    assert {one["unit"] for one in await listed(directory, Role.PROVINCIAL_HR, "PO-50")} == {"PO-50"}
    other = (await listed(directory, unit="PO-57"))[0]["id"]
    for method, body in (("GET", None), ("PATCH", {"validTo": None}), ("DELETE", None)):
        answer = await directory.ask(method, f"/posts/{other}", Role.PROVINCIAL_HR, "PO-50", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    new = {"unit": "PO-57", "post": "PROV_HEAD", "person": people["H50"], "validFrom": "2024-10-01"}
    answer = await directory.ask("POST", "/posts", Role.PROVINCIAL_HR, "PO-50", json=new)
    assert (answer.status_code, answer.json()["code"]) == (403, "unit-out-of-scope")
