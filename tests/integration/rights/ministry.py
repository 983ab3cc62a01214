"""A small ministry in which everything is there that an answer can hold, made through the HTTP API by those who may.

Chiang Mai (PO-50) and Yala (PO-95) with people and nominations in every state, the pool of the central units with some
of two of them, a programme that observers see through, one that is too small for them, and drafts.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import httpx

from shared.clock import now
from tests.integration.rights.attending import attending
from tests.integration.rights.bodies import PERSONNEL, PROGRAMME, RUN_BODY
from tests.integration.rights.certificates import certified
from tests.integration.rights.drawing import with_letterheads
from tests.integration.rights.evaluating import evaluated
from tests.integration.rights.following_up import followed_up
from tests.integration.rights.grouping import grouped
from tests.integration.rights.offering import unoffered
from tests.integration.rights.planning import planned
from tests.integration.rights.posts import ex_officio, posts
from tests.integration.rights.world import (
    API,
    CHIANG_MAI,
    DAMRONG,
    EXECUTIVE,
    HR,
    MACHINE,
    NOBODY,
    OFFICE,
    OPERATOR,
    OTHER_OFFICE,
    OTHER_SUPERVISORS,
    RUN,
    SECOND_HR,
    SUPERVISOR,
    YALA,
    Owner,
    World,
)
from tests.support.api import Issuer
from tests.support.sheets import partly_hidden
from tests.support.waiting import until

HOLIDAY: Final = RUN_BODY | {
    "startsAt": "2027-04-13T09:00:00+07:00",
    "endsAt": "2027-04-13T16:00:00+07:00",
    "sessions": [{"startsAt": "2027-04-13T09:00:00+07:00", "endsAt": "2027-04-13T16:00:00+07:00", "title": "เช้า"}],
}
OF_CHIANG_MAI: Final = ("anan", "busaba", "chai", "dao", "ek", "fah", "gaew", "hom")
OF_YALA: Final = ("yai", "yot", "yim", "ying")
OF_PERSONNEL: Final = ("pat", "pim", "prae")
OF_DAMRONG: Final = ("dam", "duang")


@asynccontextmanager
async def ministry(url: str, issuer: Issuer) -> AsyncIterator[World]:
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        world = World(http, issuer)
        await world.done("POST", f"{API}/imports/reference", OPERATOR)
        await world.import_people(
            {
                **dict.fromkeys(OF_CHIANG_MAI, f"{CHIANG_MAI}.HR"),
                "head": CHIANG_MAI,
                **dict.fromkeys(OF_YALA, f"{YALA}.HR"),
                **dict.fromkeys(OF_PERSONNEL, PERSONNEL),
                **dict.fromkeys(OF_DAMRONG, DAMRONG),
            }
        )
        await posts(world)
        await _drafts(world)
        await _large(world)
        await evaluated(world)
        await _open(world)
        await ex_officio(world)
        await _released(world)
        await _rest(world)
        await attending(world)
        await grouped(world)
        await unoffered(world)
        await _elsewhere(world)
        await _told(world)
        yield world


async def _drafts(world: World) -> None:
    """One that is being written, and one that was given up."""
    await world.draft("draft")
    await world.allocate("draft", PO_50=1, OPS=1)
    await world.draft("given-up")
    given_up = {"programme": world.made["given-up"], "of": Owner(draft=True), "json": {"reason": "งบประมาณ"}}
    await world.done("POST", f"{API}/programmes/{{programme}}/cancel", HR, **given_up)


async def _large(world: World) -> None:
    """Six of Chiang Mai, two of Yala, one of the centre: observers see the sum and no part. And six of one province,
    of which they see all."""
    await world.draft("large", approvalRoute=[])
    await world.allocate("large", PO_50=6, PO_95=6, OPS=1)
    await world.publish("large")
    for person in OF_CHIANG_MAI[:6]:
        await world.nominate(OFFICE, person, "large-run")
    for person in OF_YALA[:2]:
        await world.nominate(OTHER_OFFICE, person, "large-run")
    await world.nominate(HR, "dam", "large-run")
    await world.draft("clear", approvalRoute=[])
    await world.allocate("clear", PO_50=6)
    await world.publish("clear")
    for person in OF_CHIANG_MAI[:6]:
        await world.nominate(OFFICE, person, "clear-run")


async def _open(world: World) -> None:
    """Somebody in every state, in both provinces and in the pool; fewer in all than observers are told of."""
    await world.draft("open", onMove="ASK", checks={"clash": "WARN"})  # at the same time as the others
    await world.allocate("open", PO_50=1, PO_95=1, OPS=1)
    await world.publish("open")
    for person in ("anan", "busaba", "chai"):
        await world.nominate(OFFICE, person, rank="PRIMARY")
    await world.apply("dao")
    await world.approve(SUPERVISOR, "anan")  # has the seat
    await _away(world)
    await world.decide(SECOND_HR, "approve", "busaba")  # waits
    await world.decide(SUPERVISOR, "reject", "dao", reason="ไม่ตรงสายงาน")
    await world.decide(OFFICE, "withdraw", "chai", reason="ติดราชการ")
    await world.nominate(OFFICE, "chai")  # waits for approval
    for person in ("yai", "yot"):
        await world.nominate(OTHER_OFFICE, person)
        await world.approve(OTHER_SUPERVISORS[YALA], person)
    for person in ("pat", "pim"):
        await world.apply(person)
        await world.approve(OTHER_SUPERVISORS[PERSONNEL], person)
    await world.nominate(HR, "dam")
    seat = {"run": world.made["open-run"], "id": world.nominations["anan"], "of": world.person("ek")}
    answer = await world.done(
        "POST", f"{RUN}/nominations/{{id}}/substitute", OFFICE, **seat, json={"person": world.people["ek"]}
    )
    world.nominated("ek", answer)


async def _released(world: World) -> None:
    """Yala has two seats more than people; one of Chiang Mai waits, and of the rest nobody needs the seat. The run has
    the day of the programme as its own, too."""
    own = {"releaseAt": "2027-01-11"}
    release = {**own, "releaseRule": "UNDER_SERVED_FIRST", "runs": [RUN_BODY | own]}
    await world.draft("released", approvalRoute=[], **release)
    await world.allocate("released", PO_50=1, PO_95=3)
    await world.publish("released")
    for who, person in ((OFFICE, "gaew"), (OFFICE, "hom"), (OTHER_OFFICE, "ying")):
        await world.nominate(who, person, "released-run")
    run: dict[str, Any] = {"run": world.made["released-run"]}
    day = (await world.done("GET", RUN, HR, **run))["releaseOn"]
    await world.done("PUT", f"{RUN}/clock", OPERATOR, json={"businessNow": f"{day}T09:00:00+07:00"}, **run)

    async def moved() -> bool:
        return len((await world.done("GET", f"{RUN}/releases", HR, **run))["items"]) == 2

    await until(moved, every=0.2, what="the seats are released")
    await world.nominate(OTHER_OFFICE, "yim", "released-run")  # waits, and is told why


async def _away(world: World) -> None:
    """The supervisor of Chiang Mai leaves a decision to somebody, for a day, and is back."""
    route, until_then = f"{API}/delegations", now() + timedelta(days=1)
    sent = {"delegate": world.people["head"], "startsAt": iso(now()), "endsAt": iso(until_then)}
    given: dict[str, Any] = {"delegation": (await world.done("POST", route, SUPERVISOR, json=sent))["id"]}
    world.made |= given
    busaba = {"run": world.made["open-run"], "ids": [world.nominations["busaba"]]}
    for action in ("approve", "reject"):
        path = f"{route}/{{delegation}}/{action}"
        await world.done("POST", path, world.deputy(), of=world.person("busaba"), json=busaba, **given)
    asked = {"run": world.made["open-run"], "step": "SUPERVISOR", "limit": "1"}
    for who in (SUPERVISOR, world.deputy()):
        await world.done("GET", route, who)
    await world.done("GET", f"{route}/{{delegation}}/nominations", world.deputy(), params=asked, **given)
    again = await world.done("POST", route, SUPERVISOR, json=sent)
    await world.done("POST", f"{route}/{{delegation}}/end", SUPERVISOR, json={}, delegation=again["id"])


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


async def _told(world: World) -> None:
    """Everything has arrived, and was sent."""
    messages = "/api/notification/messages"

    async def sent() -> bool:
        counts = (await world.ask("GET", f"{messages}/counts", HR)).json()
        return counts["total"] >= 27 and set(counts["byState"]) <= {"SENT", "CANCELLED"}

    await until(sent, every=0.2, what="every message is sent")
    for message in (await world.done("GET", messages, HR, params={"limit": 500}))["items"]:
        nominee = world.owners.get(message["nomination"] or "")
        person = message["recipient"] if message["addressee"] == "PERSON" else None  # whom, and where that one was then
        world.owners[message["id"]] = nominee or Owner(message["unit"], person)
        world.messages.setdefault(message["recipient"], message["id"])  # the newest
    await _read(world)


async def _rest(world: World) -> None:
    """Every other command once, about a programme of its own and by all who may."""
    await _rewritten(world)
    await _listed(world)
    await _substituted(world)
    await _divided(world)
    for step in ("close", "reopen"):
        await world.done("POST", f"{API}/programmes/{{programme}}/{step}", HR, programme=world.made["rest"])
    await _moved(world)
    await world.done("POST", f"{API}/programmes/{{programme}}/close", HR, programme=world.made["rest"])
    await _late(world)
    await _closed_out(world)
    await _divided_runs(world)
    await world.done("POST", f"{RUN}/cancel", HR, run=world.made["second-run"], json={"reason": "ผู้สมัครน้อย"})
    await certified(world)
    await followed_up(world)
    await planned(world)
    await with_letterheads(world)
    await _rest_of_people(world)
    for service in ("reporting", "notification"):
        for method in ("POST", "DELETE"):
            await world.done(method, f"/api/{service}/rebuild", OPERATOR)
    await world.done("POST", f"{API}/contacts/reseal", OPERATOR)


async def _rewritten(world: World) -> None:
    """A draft gets another run and another title, and is published."""
    await world.draft("rest", runs=[HOLIDAY])
    draft: dict[str, Any] = {"programme": world.made["rest"], "of": Owner(draft=True)}
    added = await world.done("POST", f"{API}/programmes/{{programme}}/runs", HR, json=HOLIDAY | {"cohort": 2}, **draft)
    world.made["second-run"] = added["id"]
    world.owners[added["id"]] = Owner(draft=True)
    made = await world.done("GET", f"{API}/programmes/{{programme}}", HR, **draft)
    body = {name: made[name] for name in PROGRAMME if name != "runs"} | {"code": made["code"], "title": "ใหม่"}
    read = {"if-match": f'"{made["version"]}"'}
    await world.done("PUT", f"{API}/programmes/{{programme}}", HR, json=body, headers=read, **draft)
    await world.done("PATCH", f"{API}/programmes/{{programme}}", HR, json={"topics": ["งานบุคคล"]}, **draft)
    await world.allocate("rest", PO_50=5, PO_95=5, OPS=3)
    await world.allocate("second", PO_50=1)
    await world.publish("rest")
    world.owners[added["id"]] = NOBODY


async def _divided(world: World) -> None:
    """Seats are proposed by every rule that counts something, and one is moved."""
    rules: tuple[list[dict[str, Any]], ...] = (
        [{"target": "PROV", "rule": "PER_UNIT", "each": 1}],
        [
            {"target": "PROV", "rule": "BY_HEAD_COUNT", "seats": 500},
            {"target": "CENTRE", "rule": "BY_LAST_YEAR", "from": world.made["open-run"]},
            {"target": "HEADS", "rule": "PER_POST"},
        ],
    )
    draft: dict[str, Any] = {"run": world.made["draft-run"], "of": Owner(draft=True)}
    for targets in rules:
        await world.done("POST", f"{RUN}/allocation", HR, json={"targets": targets}, **draft)
    places = {name: {"target": "PROV", "bucketUnit": unit} for name, unit in (("from", YALA), ("to", CHIANG_MAI))}
    await world.done("POST", f"{RUN}/buckets/move", HR, run=world.made["rest-run"], json=places | {"seats": 1})


async def _moved(world: World) -> None:
    """To another day, of which people are reminded."""
    run: dict[str, Any] = {"run": world.made["rest-run"]}
    now = await world.done("GET", RUN, HR, **run)
    moved = HOLIDAY | {"cohort": now["cohort"], "capacity": 14}
    await world.done("PUT", RUN, HR, json=moved, headers={"if-match": f'"{now["version"]}"'}, **run)
    await world.done("PATCH", RUN, HR, json={"venue": {"room": "2"}}, **run)
    await world.done("POST", f"{RUN}/preview", HR, json={"venue": {"room": "3"}}, **run)
    clock = {"businessNow": "2027-04-12T10:00:00+07:00"}
    told = await world.ask("PUT", f"{RUN}/clock", OPERATOR, json=clock, **run)
    after = {"after": told.headers["pattana-position"]}
    for who in (HR, OPERATOR):
        await world.done("POST", "/api/notification/reminders", who, json=run, params=after)


async def _late(world: World) -> None:
    """Somebody comes when it has begun."""
    run: dict[str, Any] = {"run": world.made["rest-run"]}
    await world.done("PUT", f"{RUN}/clock", OPERATOR, json={"businessNow": "2027-04-13T10:00:00+07:00"}, **run)
    sent = {"person": world.people["prae"], "reason": "มาแทนผู้ที่ลาป่วย"}
    entered = await world.done("POST", f"{RUN}/late-entries", HR, of=world.person("prae"), json=sent, **run)
    world.nominated("prae", entered)


async def _closed_out(world: World) -> None:
    """It has ended, and its close-out is filed."""
    run: dict[str, Any] = {"run": world.made["rest-run"]}
    await world.done("PUT", f"{RUN}/clock", OPERATOR, json={"businessNow": "2027-04-14T10:00:00+07:00"}, **run)
    await world.done("POST", f"{RUN}/close-out", HR, **run)


async def _divided_runs(world: World) -> None:
    """One is split, and becomes one again."""
    run: dict[str, Any] = {"run": world.made["second-run"]}
    new = (await world.done("POST", f"{RUN}/split", HR, json={"by": "ALTERNATE"}, **run))["id"]

    async def at_rest() -> bool:
        return not (await world.done("GET", RUN, HR, **run))["moving"]

    await until(at_rest, every=0.2, what="everybody is in the new run")
    await world.done("POST", f"{RUN}/merge", HR, json={"into": run["run"]}, run=new)
    await until(at_rest, every=0.2, what="everybody is back")


async def _listed(world: World) -> None:
    """Lists, each with a row that is refused."""
    run: dict[str, Any] = {"run": world.made["rest-run"]}
    for who, mine, other in ((HR, "gaew", "nobody"), (OFFICE, "hom", world.people["ying"])):
        rows = {"nominations": [{"person": world.people[mine]}, {"person": other}]}
        answer = await world.done("POST", f"{RUN}/nominations", who, of=world.person(mine), json=rows, **run)
        world.nominated(mine, answer["results"][0]["nomination"])
    await world.decide(SUPERVISOR, "approve", "hom", "rest-run")
    lists = (
        *((SUPERVISOR, "approve", "gaew"), (SECOND_HR, "approve", "gaew")),
        *((SECOND_HR, "approve", "hom"), (SECOND_HR, "reject", "gaew")),
    )
    for who, action, mine in lists:
        ids = {"ids": [world.nominations[mine], world.nominations["yai"]], "reason": "ตามเหตุผลในเรื่อง"}
        await world.done("POST", f"{RUN}/nominations/{action}", who, of=world.person(mine), json=ids, **run)


async def _substituted(world: World) -> None:
    """Who took over a seat gives it back; and what a learner does alone."""
    run: dict[str, Any] = {"run": world.made["rest-run"], "of": world.person("fah")}
    path, sent = f"{RUN}/nominations/{{id}}/substitute", {"person": world.people["fah"]}
    world.nominated("fah", await world.done("POST", path, HR, json=sent, id=world.nominations["hom"], **run))
    ids = {"ids": [world.nominations["fah"], world.nominations["yai"]]}
    await world.done("POST", f"{RUN}/nominations/withdraw", OFFICE, json=ids, **run)
    await world.apply("ying", "rest-run")
    await world.decide(world.learner("ying"), "withdraw", "ying", "rest-run")


async def _rest_of_people(world: World) -> None:
    """Each import changes a name; all but the first move somebody, and ask about an id that has lost its zeros."""
    header = "externalId,firstName,lastName,unit,phone,odd"
    for who, name, id, unit in (
        (HR, "ใหม่", "0071", "PO-50.HR"),
        (MACHINE, "กว่า", "71", "PO-50"),
        (HR, "อีก", "71", "PO-50.HR"),
    ):
        rows = (f"m1,ก,ข,{unit},0,x", f"{id},ค,ง,PO-50,,x", "m2,ก,ข,PO-99,,x", f"anan,{name},ทดสอบ,PO-50.HR,,x")
        content = "\r\n".join([header, *rows, "รวม 4 คน"]).encode()
        options: dict[str, Any] = {"content": content, "headers": {"content-type": "text/csv"}}
        await world.done("POST", f"{API}/imports/people", who, **options)
        options["content"] = partly_hidden(header, rows[2])
        await world.done("POST", f"{API}/imports/people", who, **options)
    gone = {"person": world.people["duang"], "of": world.person("duang")}
    await world.done("DELETE", f"{API}/people/{{person}}/contact", HR, **gone)


async def _elsewhere(world: World) -> None:
    """Somebody who waits for a seat of Chiang Mai moves to an office that nobody here acts for."""
    person, told = world.people["busaba"], {"run": world.made["open-run"], "of": world.person("busaba")}
    rows = "externalId,firstName,lastName,unit", "busaba,busaba,ทดสอบ,PO-96.HR"
    content = {"content": "\r\n".join(rows).encode(), "headers": {"content-type": "text/csv"}}
    await world.done("POST", f"{API}/imports/people", HR, **content)
    path = f"{RUN}/nominations/{{id}}"
    nomination: dict[str, Any] = {"id": world.nominations["busaba"], **told}

    async def asked() -> bool:
        moved = (await world.done("GET", path, HR, **nomination))["moved"]
        return moved is not None and moved["asked"]

    await until(asked, every=0.2, what="the move has arrived")
    await world.done("POST", f"{path}/move", HR, json={"keep": True, "reason": "ยังเกี่ยวข้อง"}, **nomination)
    world.owners[person] = Owner("PO-96.HR", person)


async def _read(world: World) -> None:
    for who in (HR, EXECUTIVE, OFFICE, SUPERVISOR, world.learner("anan")):
        inbox = await world.done("GET", "/api/notification/inbox", who)
        for message in inbox["items"][:1]:
            path = "/api/notification/inbox/{message}/read"
            owner = world.owners.get(message["id"]) or world.person("anan")  # what she is asked nobody else may list
            await world.done("POST", path, who, message=message["id"], of=owner)
