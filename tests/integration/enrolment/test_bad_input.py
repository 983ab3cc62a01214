"""The whole list of bad input against the real service: each has its own code and a sentence in the reader's
language, and changes nothing. Files of which only some rows are bad are taken, and say which.
"""

import base64
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import BASE, Office
from tests.integration.enrolment.crowd import HEADER, staff
from tests.integration.enrolment.nominating import OFFICES, RunDriver, opened
from tests.support.api import Issuer, make_issuer

THAI = re.compile("[ก-๙]")
LEFTOVERS = re.compile(r"[{}$–]|None|null|Error|_")  # of a template, of a program
LIMIT = 1024 * 1024


@dataclass(frozen=True)
class Scene:
    """An open run of four seats for people of level K2, and one nomination of each kind."""

    driver: RunDriver
    nominated: str
    approved: str
    withdrawn: str
    free: str  # a person whom nobody has nominated
    other_level: str
    stranger: Issuer


@pytest.fixture(scope="module")
async def scene(standing: Office, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    groups = [OFFICES | {"levels": ["K2"]}]
    driver = await opened(standing, {"PO-50": 2, "PO-95": 2}, approval=True, groups=groups)
    people = await staff(standing, "PO-50.HR", 4)
    made = [await driver.nominate(person) for person in people[:3]]
    await driver.act("approve", made[1])
    await driver.act("withdraw", made[2])
    return Scene(
        driver=driver,
        nominated=people[0],
        approved=made[1]["id"],
        withdrawn=made[2]["id"],
        free=people[3],
        other_level=(await staff(standing, "PO-50.HR", 1, level="K3"))[0],
        stranger=make_issuer(tmp_path_factory.mktemp("stranger")),
    )


# ---- requests that are refused as a whole


@dataclass(frozen=True)
class Bad:
    """One entry of the list. `token` None: that of an HR officer."""

    what: str
    status: int
    code: str
    path: str = "/nominations"
    method: str = "POST"
    body: Callable[[Scene], Any] = lambda scene: {"person": scene.free}
    token: Callable[[Scene], str] | None = None
    says: tuple[str, ...] = field(default=())  # parts of the sentence in both languages


def _seats(**seats: int) -> Callable[[Scene], Any]:
    rows = [
        {"target": "OFFICES", "bucketUnit": unit.replace("_", "-"), "seats": count} for unit, count in seats.items()
    ]
    return lambda _: {"buckets": rows}


def _part(content: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).rstrip(b"=").decode()


def _officer(scene: Scene, **claims: Any) -> str:
    return scene.driver.office.issuer.token(Role.HR_OFFICER, **claims)


def _without_signature(scene: Scene) -> str:
    return _officer(scene).rpartition(".")[0] + "."


def _alg_none(scene: Scene) -> str:
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_officer(scene).split('.')[1]}."


def _of_another_issuer(scene: Scene) -> str:
    return scene.stranger.token(Role.HR_OFFICER, issuer="https://sso.example")


def _of_a_forger(scene: Scene) -> str:
    return scene.stranger.token(Role.HR_OFFICER)


def _of_another_province(scene: Scene) -> str:
    return scene.driver.office.issuer.token(Role.PROVINCIAL_HR, "PO-95")


def _deep(levels: int) -> Any:
    return orjson.loads("[" * levels + "]" * levels)


ALLOCATION: dict[str, Any] = {"path": "/buckets", "method": "PUT"}
REFUSED = [
    Bad("unknown unit", 422, "unknown-unit", body=_seats(PO_50=1, PO_51_X=1), says=("PO-51-X",), **ALLOCATION),
    Bad("wrong level", 422, "wrong-level", body=lambda s: {"person": s.other_level}, says=("K2", "OFFICES")),
    Bad("above the capacity", 409, "seats-above-capacity", body=_seats(PO_50=3, PO_95=2), **ALLOCATION),
    Bad("Bangkok as bucket", 422, "bangkok-has-no-office", body=_seats(PO_10=1), **ALLOCATION),
    Bad("second nomination", 409, "already-nominated", body=lambda s: {"person": s.nominated}),
    Bad("approved twice", 409, "already-approved", "/nominations/{approved}/approve", body=lambda s: {}),
    Bad("withdrawn twice", 409, "already-withdrawn", "/nominations/{withdrawn}/withdraw", body=lambda s: {}),
    Bad("oversize", 413, "body-too-large", body=lambda s: {"person": s.free, "note": "x" * LIMIT}, says=("1,048,576",)),
    Bad("deeply nested", 400, "body-too-deep", body=lambda s: {"person": _deep(32)}, says=("32",)),
    Bad("operator in a field", 422, "operator-in-body", body=lambda s: {"person": {"$gt": ""}}),
    Bad("of another issuer", 401, "token-wrong-issuer", token=_of_another_issuer),
    Bad("of a forger", 401, "token-unknown-key", token=_of_a_forger),
    Bad("of another province", 404, "unknown-person", token=_of_another_province),
    Bad("expired", 401, "token-expired", token=lambda s: _officer(s, ttl=timedelta(hours=-1))),
    Bad("unsigned", 401, "token-unsigned", token=_without_signature),
    Bad("alg none", 401, "token-alg-none", token=_alg_none),
]


async def send(scene: Scene, bad: Bad, language: str, **options: Any) -> httpx.Response:
    driver = scene.driver
    path = bad.path.format(approved=scene.approved, withdrawn=scene.withdrawn)
    token = _officer(scene) if bad.token is None else bad.token(scene)
    headers = {
        "authorization": f"Bearer {token}",
        "accept-language": language,
        "x-request-id": "r-1",
        "content-type": "application/json",
    }
    if bad.method == "PUT":
        headers["if-match"] = await driver.office.version(f"/runs/{driver.run}{path}")
    sent = options or {"json": bad.body(scene)}
    return await driver.office.http.request(bad.method, f"{BASE}/runs/{driver.run}{path}", headers=headers, **sent)


def check_sentence(text: str, language: str) -> None:
    """A sentence in that language without traces of code."""
    assert bool(THAI.search(text)) is (language == "th"), text
    assert not LEFTOVERS.search(text), text
    assert len(text) > 20, text
    assert language == "th" or (re.match("[A-Z0-9“]", text) and text[-1] in ".)"), text


@pytest.mark.parametrize("bad", REFUSED, ids=lambda bad: bad.what)
async def test_bad_input_is_refused_and_changes_nothing(scene: Scene, bad: Bad) -> None:
    before = await scene.driver.office.fingerprint()
    for language in ("th", "en"):
        answer = await send(scene, bad, language)
        problem = answer.json()
        assert (answer.status_code, problem["status"], problem["code"]) == (bad.status, bad.status, bad.code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == language
        assert (problem["type"], problem["correlationId"]) == (f"urn:pattana:problem:{bad.code}", "r-1")
        check_sentence(problem["detail"], language)
        assert all(fact in problem["detail"] for fact in bad.says)
        assert bool(THAI.search(problem["title"])) is (language == "th")
    assert await scene.driver.office.fingerprint() == before


async def test_the_default_language_is_thai(scene: Scene) -> None:
    for language in ("", "de", "th, en;q=0.8"):
        check_sentence((await send(scene, REFUSED[0], language)).json()["detail"], "th")


async def test_the_same_requests_without_the_fault_are_accepted(scene: Scene) -> None:
    """Otherwise the refusals above might have another cause."""
    groups = [OFFICES | {"levels": ["K2"]}]
    driver = await opened(scene.driver.office, {"PO-50": 2, "PO-95": 2}, approval=True, groups=groups)
    caller: Any = {"role": Role.PROVINCIAL_HR, "unit": "PO-50"}
    before = await driver.office.fingerprint()
    made = await driver.done("POST", "/nominations", json={"person": scene.free}, **caller)
    after = await driver.office.fingerprint()
    changed = {name for name, digest in after.items() if before[name] != digest}
    assert changed == {"buckets", "nominations", "commands", "outbox"}
    await driver.done("PUT", "/buckets", json=_seats(PO_50=1, PO_95=3)(scene))
    assert (await driver.act("approve", made))["state"] == "CONFIRMED"
    assert (await driver.act("withdraw", made))["state"] == "WITHDRAWN"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/nominations", {"person": "x", "$where": "1"}),
        ("/nominations", {"nominations": [{"person": {"$ne": None}}]}),
        ("/nominations/approve", {"ids": [{"$gt": ""}]}),
        ("/nominations/x/withdraw", {"reason": {"$gt": ""}}),
        ("/nominations/x/substitute", {"person": {"$gt": ""}}),
    ],
)
async def test_a_query_operator_is_refused_wherever_it_is(scene: Scene, path: str, body: Any) -> None:
    assert await scene.driver.refused(path, json=body) == (422, "operator-in-body")


async def test_the_fields_with_operators_are_named_in_the_readers_language(scene: Scene) -> None:
    bad = next(bad for bad in REFUSED if bad.code == "operator-in-body")
    for language in ("th", "en"):
        (error,) = (await send(scene, bad, language)).json()["errors"]
        assert error["field"] == "person"
        assert bool(THAI.search(error["detail"])) is (language == "th")


@pytest.mark.parametrize("text", ['{"$gt": ""}', "$where", "..", "%00", "' or 1=1", "\\u0000"])
async def test_a_query_operator_as_text_finds_nobody(scene: Scene, text: str) -> None:
    assert await scene.driver.refused("/nominations", json={"person": text}) == (404, "unknown-person")
    rows = await scene.driver.done("GET", "/nominations", params={"person": text})
    assert rows == {"items": [], "next": None}


async def test_an_oversized_body_is_refused_without_a_content_length(scene: Scene) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * (LIMIT // 16)

    bad = next(bad for bad in REFUSED if bad.code == "body-too-large")
    before = await scene.driver.office.fingerprint()
    answer = await send(scene, bad, "en", content=pieces())
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert await scene.driver.office.fingerprint() == before


async def test_a_list_of_nothing_but_bad_rows_changes_nothing(scene: Scene) -> None:
    before = await scene.driver.office.fingerprint()
    rows = [{"person": person} for person in (scene.nominated, scene.other_level, "nobody")]
    for language in ("th", "en"):
        headers = {"accept-language": language}
        answer = await scene.driver.ask("POST", "/nominations", json={"nominations": rows}, headers=headers)
        problems = [row["problem"] for row in answer.json()["results"]]
        assert [problem["code"] for problem in problems] == ["already-nominated", "wrong-level", "unknown-person"]
        for problem in problems:
            check_sentence(problem["detail"], language)
    assert "pattana-position" not in answer.headers
    assert await scene.driver.office.fingerprint() == before


# ---- sheets with some bad rows

BAD_ROWS = {
    "date-year-out-of-range": "Z7,,นายผิดวัน ใจดี,PO-50.HR,K2,,,31/8/3106",
    "row-width": "Z8,นายขาดช่อง ใจดี,PO-50.HR",
    "row-unreadable": 'Z9,,"นายเปิดค้าง ใจดี,PO-50.HR,K2,,,',
}


async def imported(office: Office, content: bytes, language: str = "th") -> Any:
    headers = {"content-type": "text/csv", "accept-language": language}
    return await office.done("POST", "/imports/people", content=content, headers=headers)


@pytest.mark.parametrize("code", BAD_ROWS)
async def test_a_bad_row_alone_changes_nothing(standing: Office, code: str) -> None:
    before = await standing.fingerprint()
    for language in ("th", "en"):
        report = await imported(standing, "\n".join([HEADER, BAD_ROWS[code]]).encode(), language)
        (problem,) = report["problems"]
        assert (problem["line"], problem["code"], report["registered"]) == (2, code, 0)
        assert problem["column"] == ("birthDate" if code == "date-year-out-of-range" else None)
        check_sentence(problem["reason"].replace("“31/8/3106”", "วันนี้" if language == "th" else "it"), language)
    assert await standing.fingerprint() == before


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"], ids=["no BOM", "BOM"])
async def test_good_rows_around_bad_ones_are_imported(standing: Office, newline: str, encoding: str) -> None:
    mark = f"{encoding}{len(newline)}"
    good = [f"{mark}-{n},,นายคนที่{n} ใจดี,PO-50.HR,K2,,," for n in range(2)]
    content = newline.join([HEADER, good[0], *BAD_ROWS.values(), good[1], ""]).encode(encoding)
    before = await standing.counts()
    report = await imported(standing, content)
    assert (report["rows"], report["registered"], report["badRows"]) == (5, 2, 3)
    assert [(problem["line"], problem["code"]) for problem in report["problems"]] == list(
        zip((3, 4, 5), BAD_ROWS, strict=True)
    )
    assert [row["line"] for row in report["people"]] == [2, 6]
    after = await standing.counts()
    assert {name: after[name] - count for name, count in before.items() if after[name] != count} == {
        "people": 2,
        "outbox": 4,
    }
    stored = [await standing.done("GET", f"/people/{row['id']}") for row in report["people"]]
    assert [(row["firstName"], row["unit"]) for row in stored] == [("คนที่0", "PO-50.HR"), ("คนที่1", "PO-50.HR")]
    whole = await standing.fingerprint()
    assert (await imported(standing, content))["unchanged"] == 2
    assert await standing.fingerprint() == whole


def test_the_codes_are_all_different() -> None:
    codes = [bad.code for bad in REFUSED] + list(BAD_ROWS)
    assert len(codes) == len(set(codes)) == 19
