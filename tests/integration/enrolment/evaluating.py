"""A run with forms, with people in it, on a day on which they are answered. No tests in here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.support.waiting import until

ALL_FORMS = ["PRE", "POST", "REACTION", "TRANSFER"]
AFTER = "2048-09-01T08:30:00+07:00"
BEFORE = "2048-08-30T08:30:00+07:00"
LATER = "2048-12-20T08:30:00+07:00"
OVER = "2049-02-20T08:30:00+07:00"


@dataclass(frozen=True)
class Asking:
    """The forms of one run. `people` have seats."""

    driver: RunDriver
    people: Sequence[str]

    async def at(self, moment: str) -> None:
        await self.driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": moment})

    async def send(self, form: str, person: str, said: Any, **more: Any) -> httpx.Response:
        role = more.pop("role", Role.LEARNER)
        body = {"answers": said} | {name: more.pop(name) for name in ("about",) if name in more}
        return await self.driver.ask("POST", f"/forms/{form}/answers", role, person=person, json=body, **more)

    async def answer(self, form: str, person: str, said: Any, **more: Any) -> Any:
        answer = await self.send(form, person, said, **more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def refused(self, form: str, person: str, said: Any, **more: Any) -> tuple[int, str]:
        role = more.pop("role", Role.LEARNER)
        body = {"answers": said} | {name: more.pop(name) for name in ("about",) if name in more}
        before = await self.stored()
        sent = {"person": person, "json": body} | more
        answer = await self.driver.ask("POST", f"/forms/{form}/answers", role, **sent)
        assert answer.headers["content-type"] == "application/problem+json"
        assert await self.stored() == before
        return answer.status_code, answer.json()["code"]

    async def stored(self) -> dict[str, str]:
        """All that there is of the forms of this run, and how many commands were carried out in all."""
        run, db = self.driver.run, self.driver.office.db
        parts = {"$in": [f"{run}:{form}" for form in ALL_FORMS]}
        queries: dict[str, Any] = {"evaluations": {"run": run}, "evaluation_answers": {"run": run}}
        of_forms = ("evaluation_respondents", "evaluation_drafts", "evaluation_texts")
        queries |= {name: {"evaluation": parts} for name in of_forms}
        found = {name: repr(await db[name].find(query).sort("_id", 1).to_list(None)) for name, query in queries.items()}
        return {**found, "commands": str(await db["commands"].count_documents({}))}

    async def results(self, form: str) -> Any:
        return await self.driver.done("GET", f"/forms/{form}/results")

    async def released(self, form: str, count: int) -> Any:
        """The results, once so many are told."""

        async def look() -> bool:
            return bool((await self.results(form))["released"] == count)

        await until(look)
        return await self.results(form)

    async def state(self, form: str) -> Any:
        """What an organiser reads of the form."""
        rows = (await self.driver.done("GET", "/forms"))["items"]
        return next(row for row in rows if row["form"] == form)


async def asking(office: Office, people: Sequence[str], unit: str = "PO-50", **more: Any) -> Asking:
    driver = await opened(office, {unit: len(people)}, more={"forms": ALL_FORMS, **more})
    for person in people:
        assert (await driver.nominate(person))["state"] == "CONFIRMED"
    return Asking(driver, people)
