"""Who is in the posts of the ministry: recorded by those who may, in every way."""

from typing import Any, Final

from tests.integration.rights.world import API, CHIANG_MAI, HR, OFFICE, RUN, Caller, Owner, World
from tests.support.sheets import partly_hidden

HEADER: Final = "unit,post,externalId,inPost,validFrom,validTo,odd"
POSTS: Final = f"{API}/posts"
EX_OFFICIO: Final = f"{RUN}/ex-officio"


async def posts(world: World) -> None:
    """The head of Chiang Mai, somebody who acts for a day, and the head of a work group there."""
    await _imported(world, HR, f"{CHIANG_MAI},PROV_HEAD,head,HOLDER,1/10/2560,,x")
    await _imported(world, OFFICE, f"{CHIANG_MAI}.HR,GROUP_HEAD,anan,HOLDER,1/10/2560,,x")
    for who in (HR, OFFICE):
        successor = f"{CHIANG_MAI}.HR,GROUP_HEAD,busaba,HOLDER,1/10/2561,,x"
        rows = (successor, f"{CHIANG_MAI},PROV_HEAD,nobody,,1/10/2560,,x", "PO-99,PROV_HEAD,head,,1/10/2560,,x")
        await _imported(world, who, *rows)
        await _imported(world, who, *rows, as_workbook=True, params={"confirmed": 2})
        await _by_hand(world, who)


async def ex_officio(world: World) -> None:
    """The head of Chiang Mai is nominated for the post, and who acts in Yala; in Phuket there is nobody. By the day of
    the run somebody acts in Chiang Mai as well."""
    group = {"key": "HEADS", "scope": "PROVINCIAL", "posts": ["PROV_HEAD"]}
    await world.draft("heads", approvalRoute=[], targetGroups=[group])
    await world.allocate("heads", target="HEADS", PO_50=1, PO_83=1, PO_95=1)
    await _imported(world, HR, "PO-95,PROV_HEAD,yot,ACTING,1/3/2570,1/3/2570,x", unit="PO-95")
    await world.publish("heads")
    run: dict[str, Any] = {"run": world.made["heads-run"], "json": {"target": "HEADS"}, "of": Owner(CHIANG_MAI)}
    first = await world.done("POST", EX_OFFICIO, OFFICE, **run)
    world.nominated("head", first["results"][0]["nomination"])
    every = await world.done("POST", EX_OFFICIO, HR, **run)
    world.nominated("yot", every["results"][1]["nomination"])
    acting = f"{CHIANG_MAI},PROV_HEAD,anan,ACTING,1/3/2570,1/3/2570,x"
    await _imported(world, HR, acting)


async def _imported(
    world: World, who: Caller, *rows: str, unit: str = CHIANG_MAI, as_workbook: bool = False, **options: Any
) -> None:
    lines = (HEADER, *rows, "รวมทั้งสิ้น")
    content = partly_hidden(*lines) if as_workbook else "\r\n".join(lines).encode()
    options |= {"content": content, "headers": {"content-type": "text/csv"}, "of": Owner(unit)}
    answer = await world.done("POST", f"{API}/imports/posts", who, **options)
    for one in (*answer["posts"], *answer["ended"]):
        world.owners[one["id"]] = Owner(unit)
    if len(rows) == 1 and ",ACTING," in rows[0]:  # who acts is told so, as of a delegation
        world.owners[answer["posts"][0]["id"]] = Owner(unit, world.people[rows[0].split(",")[2]])


async def _by_hand(world: World, who: Caller) -> None:
    body = {
        "unit": CHIANG_MAI,
        "post": "PROV_HEAD",
        "person": world.people["chai"],
        "inPost": "ACTING",
        "validFrom": "2020-01-01",
        "validTo": "2020-01-01",
    }
    here = Owner(CHIANG_MAI)
    made = await world.done("POST", POSTS, who, of=here, json=body)
    world.owners[made["id"]] = here
    one = {"holding": made["id"], "of": here}
    await world.done("PATCH", f"{POSTS}/{{holding}}", who, json={"validTo": "2020-01-02"}, **one)
    await world.done("DELETE", f"{POSTS}/{{holding}}", who, **one)
    listed = await world.done("GET", POSTS, HR)
    world.made["holding"] = listed["items"][0]["id"]
    world.owners |= {item["id"]: Owner(item["unit"]) for item in listed["items"]}
