"""Answers to offers where nobody is offered a seat: what is told of an offer is tried in test_offers.py."""

from typing import Any, Final

from tests.integration.rights.world import API, HR, OFFICE, RUN, World

NO_TOKEN: Final = "x" * 40


async def unoffered(world: World) -> None:
    """Each is refused."""
    nomination: dict[str, Any] = {"run": world.made["open-run"], "id": world.nominations["anan"]}
    link = f"{API}/offers/{{token}}"
    refused = [await world.ask("GET", link, HR, token=NO_TOKEN)]
    for action in ("accept", "decline"):
        refused.append(await world.ask("POST", f"{link}/{action}", HR, token=NO_TOKEN))
        refused.append(await world.ask("POST", f"{RUN}/offers/{{id}}/{action}", OFFICE, json={}, **nomination))
    assert {answer.status_code for answer in refused} == {404, 409}
