"""A small ministry in which everything is there that an answer can hold, made through the HTTP API by those who may.

Chiang Mai (PO-50) and Yala (PO-95) with people and nominations in every state, the pool of the central units with some
of two of them, a programme that observers see through, one that is too small for them, and drafts.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx

from tests.integration.rights.bodies import PERSONNEL, PROGRAMME, RUN_BODY
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
    RUN,
    SECOND_HR,
    SUPERVISOR,
    YALA,
    Owner,
    World,
)
from tests.support.api import Issuer
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
        await _drafts(world)
        await _large(world)
        await _open(world)
        await _rest(world)
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
    await world.draft("large", approvalRoute=False)
    await world.allocate("large", PO_50=6, PO_95=6, OPS=1)
    await world.publish("large")
    for person in OF_CHIANG_MAI[:6]:
        await world.nominate(OFFICE, person, "large-run")
    for person in OF_YALA[:2]:
        await world.nominate(OTHER_OFFICE, person, "large-run")
    await world.nominate(HR, "dam", "large-run")
    await world.draft("clear", approvalRoute=False)
    await world.allocate("clear", PO_50=6)
    await world.publish("clear")
    for person in OF_CHIANG_MAI[:6]:
        await world.nominate(OFFICE, person, "clear-run")


async def _open(world: World) -> None:
    """Somebody in every state, in both provinces and in the pool; fewer in all than observers are told of."""
    await world.draft("open")
    await world.allocate("open", PO_50=1, PO_95=1, OPS=1)
    await world.publish("open")
    for person in ("anan", "busaba", "chai"):
        await world.nominate(OFFICE, person, rank="PRIMARY")
    await world.apply("dao")
    await world.decide(SUPERVISOR, "approve", "anan")  # has the seat
    await world.decide(SECOND_HR, "approve", "busaba")  # waits
    await world.decide(SUPERVISOR, "reject", "dao", reason="ไม่ตรงสายงาน")
    await world.decide(OFFICE, "withdraw", "chai", reason="ติดราชการ")
    for person in ("yai", "yot"):
        await world.nominate(OTHER_OFFICE, person)
        await world.decide(SECOND_HR, "approve", person)
    for person in ("pat", "pim"):
        await world.apply(person)
        await world.decide(SECOND_HR, "approve", person)
    await world.nominate(HR, "dam")
    seat = {"run": world.made["open-run"], "id": world.nominations["anan"], "of": world.person("ek")}
    answer = await world.done(
        "POST", f"{RUN}/nominations/{{id}}/substitute", OFFICE, **seat, json={"person": world.people["ek"]}
    )
    world.nominated("ek", answer)


async def _told(world: World) -> None:
    """Everything has arrived, and was sent."""
    messages = "/api/notification/messages"

    async def sent() -> bool:
        counts = (await world.ask("GET", f"{messages}/counts", HR)).json()
        return counts["total"] >= 20 and set(counts["byState"]) <= {"SENT", "CANCELLED"}

    await until(sent, every=0.2, what="every message is sent")
    for message in (await world.done("GET", messages, HR, params={"limit": 500}))["items"]:
        nominee = world.owners.get(message["nomination"] or "")
        world.owners[message["id"]] = nominee or Owner(message["unit"])
        world.messages.setdefault(message["recipient"], message["id"])  # the newest
    await _read(world)


async def _rest(world: World) -> None:
    """Every other command once, about a programme of its own and by all who may."""
    await _rewritten(world)
    await _listed(world)
    await _substituted(world)
    await _moved(world)
    await world.done("POST", f"{API}/programmes/{{programme}}/close", HR, programme=world.made["rest"])
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
    await world.allocate("rest", PO_50=5, PO_95=5, OPS=3)
    await world.allocate("second", PO_50=1)
    await world.publish("rest")
    world.owners[added["id"]] = NOBODY


async def _moved(world: World) -> None:
    """To another day, of which people are reminded."""
    run: dict[str, Any] = {"run": world.made["rest-run"]}
    now = await world.done("GET", RUN, HR, **run)
    moved = HOLIDAY | {"cohort": now["cohort"], "capacity": 14}
    await world.done("PUT", RUN, HR, json=moved, headers={"if-match": f'"{now["version"]}"'}, **run)
    clock = {"businessNow": "2027-04-12T10:00:00+07:00"}
    told = await world.ask("PUT", f"{RUN}/clock", OPERATOR, json=clock, **run)
    after = {"after": told.headers["pattana-position"]}
    for who in (HR, OPERATOR):
        await world.done("POST", "/api/notification/reminders", who, json=run, params=after)


async def _listed(world: World) -> None:
    """Lists, each with a row that is refused."""
    run: dict[str, Any] = {"run": world.made["rest-run"]}
    for who, mine, other in ((HR, "gaew", "nobody"), (OFFICE, "hom", world.people["ying"])):
        rows = {"nominations": [{"person": world.people[mine]}, {"person": other}]}
        answer = await world.done("POST", f"{RUN}/nominations", who, of=world.person(mine), json=rows, **run)
        world.nominated(mine, answer["results"][0]["nomination"])
    lists = ((SUPERVISOR, "approve", "gaew"), (SECOND_HR, "approve", "hom"), (SUPERVISOR, "reject", "gaew"))
    for who, action, mine in lists:
        ids = {"ids": [world.nominations[mine], world.nominations["yai"]]}
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
    lines = ("externalId,firstName,lastName,unit,phone,odd", "m1,ก,ข,PO-50.HR,0,x", "m2,ก,ข,PO-99,,x")
    bad = "\r\n".join([*lines, "anan,ใหม่,ทดสอบ,PO-50.HR,,x"])
    for who in (HR, MACHINE):
        options: dict[str, Any] = {"content": bad.encode(), "headers": {"content-type": "text/csv"}}
        await world.done("POST", f"{API}/imports/people", who, **options)
    gone = {"person": world.people["duang"], "of": world.person("duang")}
    await world.done("DELETE", f"{API}/people/{{person}}/contact", HR, **gone)


async def _read(world: World) -> None:
    for who in (HR, EXECUTIVE, OFFICE, SUPERVISOR, world.learner("anan")):
        inbox = await world.done("GET", "/api/notification/inbox", who)
        for message in inbox["items"][:1]:
            path = "/api/notification/inbox/{message}/read"
            await world.done("POST", path, who, message=message["id"], of=world.owners[message["id"]])
