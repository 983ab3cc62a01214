"""Letterheads of two offices, and papers of a run."""

from collections.abc import Iterator
from typing import Any, Final

from tests.integration.rights.world import API, CHIANG_MAI, OFFICE, OTHER_OFFICE, RUN, YALA, Owner, World

DOCUMENTS: Final = f"{RUN}/documents"
LETTERHEAD: Final = f"{API}/letterheads/{{unit}}"
BODY: Final = {
    "numberPrefix": "มท 0202",
    "office": ["สำนักงานจังหวัด"],
    "addressedAs": "ผู้ว่าราชการจังหวัด",
    "orderOf": "จังหวัด",
    "authority": "อาศัยอำนาจ",
    "signerTitles": ["หัวหน้าสำนักงานจังหวัด"],
    "contact": ["โทร. 1"],
}


async def with_letterheads(world: World) -> None:
    for who, unit, signer in ((OFFICE, CHIANG_MAI, "head"), (OTHER_OFFICE, YALA, "ying")):
        sent = {**BODY, "signer": world.people[signer]}
        one: dict[str, Any] = {"of": Owner(unit), "unit": unit}
        await world.done("PUT", LETTERHEAD, who, json=sent, headers={"if-match": '"0"'}, **one)


def of_papers(world: World) -> Iterator[tuple[str, dict[str, str], dict[str, Any], Owner]]:
    """Routes with what stands in their braces, their queries, and whose they are."""
    for unit in (CHIANG_MAI, YALA):
        yield LETTERHEAD, {"unit": unit}, {}, Owner(unit)
        run = {"run": world.made["certified-run"]}
        for form in ("pdf", "docx"):
            query = {"unit": unit, "format": form}
            yield f"{DOCUMENTS}/nomination-request", run, query, Owner()
            for kind in ("nomination-letter", "appointment-order", "attendance-sheet", "certificate-list"):
                yield f"{DOCUMENTS}/{kind}", run, query, Owner(unit)
