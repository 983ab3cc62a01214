"""A run that has ended, and its certificates: one that was revoked, and two of which one takes the other's place."""

from typing import Any, Final

from shared.certificate_links import CertificateLink, CertificateLinks
from shared.fresh_keys import parse_key_ring
from tests.integration.rights.world import EXECUTIVE, HR, NOBODY, OFFICE, OPERATOR, OTHER_OFFICE, RUN, World
from tests.support.api import POSITION_KEYS
from tests.support.waiting import until

CERTIFICATES: Final = f"{RUN}/certificates"


async def certified(world: World) -> None:
    await world.draft("certified", approvalRoute=[], certificate={})
    await world.allocate("certified", PO_50=2, PO_95=1)
    await world.publish("certified")
    for who, person in ((OFFICE, "fah"), (OFFICE, "hom"), (OTHER_OFFICE, "ying")):
        await world.nominate(who, person, "certified-run", note=None)
    run: dict[str, Any] = {"run": world.made["certified-run"]}
    await world.done("PUT", f"{RUN}/clock", OPERATOR, json={"businessNow": "2027-03-02T09:00:00+07:00"}, **run)
    await world.done("POST", CERTIFICATES, HR, json={}, **run)

    async def issued() -> bool:
        return not (await world.done("GET", f"{CERTIFICATES}/issue", HR, **run))["running"]

    await until(issued, every=0.2, what="certificates are issued")
    names = {world.people[name]: name for name in ("fah", "hom", "ying")}
    rows = (await world.ask("GET", CERTIFICATES, HR, **run)).json()["items"]
    for row in rows:
        world.owners[row["id"]] = world.owners[row["person"]]
        world.made[f"certificate-{names[row['person']]}"] = row["id"]
        world.made[f"code-{names[row['person']]}"] = row["code"]
    link = CertificateLink(world.made["certified-run"], world.made["certificate-ying"])
    world.made["link-ying"] = CertificateLinks(parse_key_ring(POSITION_KEYS)).issue(link)
    for action, name in (("revoke", "fah"), ("reissue", "hom")):
        one: dict[str, Any] = {"id": world.made[f"certificate-{name}"], "of": world.person(name), **run}
        changed = await world.done("POST", f"{CERTIFICATES}/{{id}}/{action}", HR, json={"reason": "ตามคำขอ"}, **one)
        world.owners[changed["id"]] = world.person(name)
        world.made[f"{action}-{name}"] = changed["id"]
    await until(lambda: _reported(world, run), 60, every=0.2, what="the report counts two valid certificates")


async def _reported(world: World, run: dict[str, Any]) -> bool:
    read = await world.ask("GET", "/api/reporting/runs/{run}", EXECUTIVE, of=NOBODY, **run)
    report = read.json() if read.is_success else {}
    return report.get("certificates") == 2 and report.get("certificatePendingEvaluation") == 0
