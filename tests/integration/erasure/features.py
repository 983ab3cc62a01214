"""What a person goes through in a run, from the list to the last report: every feature that writes something down about
somebody does, about the marked one. No tests in here."""

from typing import Any, Final

from tests.integration.rights.evaluating import ALWAYS, FORM
from tests.integration.rights.grouping import CONTENT, GROUPS, IDEAS
from tests.integration.rights.planning import ONE as PLAN
from tests.integration.rights.planning import PLANS, YEAR
from tests.integration.rights.planning import ROW as PLANNED
from tests.integration.rights.world import API, HR, OFFICE, OPERATOR, RUN, SUPERVISOR, Caller, World
from tests.support.waiting import until

MARK: Final = "zqmarke"
OF_GROUP: Final = "zqgruppe"  # what a group thought out: nothing says who of it
ANONYMOUS: Final = "zqanonym"  # what somebody said without a name: nothing says who
DAY: Final = "2027-03-01"
OTHERS: Final = ("other", "three", "four", "five", "six")
DEPUTY: Final = Caller(SUPERVISOR.role, SUPERVISOR.unit, "supervisor-51")


class Followed(World):
    """Of the run `whole`."""

    async def go_through(self) -> None:
        await self.draft("whole", approvalRoute=[], certificate={}, checks={})
        await self.allocate("whole", PO_50=6)
        await self.publish("whole")
        for name in ("marked", *OTHERS):
            await self.nominate(OFFICE, name, "whole-run", note=None)
            self.attendees[name] = self.nominations[name]
        run: dict[str, Any] = {"run": self.made["whole-run"]}
        await self._answer(run)
        await self.done("PUT", f"{RUN}/clock", OPERATOR, json={"businessNow": f"{DAY}T10:00:00+07:00"}, **run)
        await self._come(run)
        await self._think(run)
        await self.done("PUT", f"{RUN}/clock", OPERATOR, json={"businessNow": "2027-03-02T09:00:00+07:00"}, **run)
        await self._certify(run)
        await self._follow_up(run)
        await self._plan()
        await self._be_offered()
        await until(lambda: self._released(run), every=0.2, what="what was said without a name is told")

    async def _answer(self, run: dict[str, Any]) -> None:
        """Five and she say something without a name; a draft of hers stays, and one about her; she is assessed."""
        for form in ("PRE", "REACTION", "TRANSFER"):
            await self.done("PUT", FORM, HR, json=ALWAYS, headers={"if-match": '"0"'}, form=form, **run)
        for name in ("marked", *OTHERS):
            said = {"overall": 5, "remarks": ANONYMOUS if name == "marked" else "ดี"}
            sent: dict[str, Any] = {"json": {"answers": said}, "form": "REACTION", **run}
            await self.done("POST", f"{FORM}/answers", self.learner(name), **sent)
        await self._keep_drafts(run)

    async def _keep_drafts(self, run: dict[str, Any]) -> None:
        about = {"about": self.people["marked"]}
        own = {"answers": {"knowledge": 3}}
        assessed = {"answers": {"applied": 4, "remarks": f"{MARK}assessed"}, **about}
        first: dict[str, Any] = {"headers": {"if-match": '"0"'}, **run}
        await self.done("PUT", f"{FORM}/draft", self.learner("marked"), form="PRE", json=own, **first)
        await self.done("PUT", f"{FORM}/draft", DEPUTY, form="TRANSFER", json=assessed, **first)
        await self.done("POST", f"{FORM}/answers", SUPERVISOR, form="TRANSFER", json=assessed, **run)

    async def _plan(self) -> None:
        """A plan of hers that came back once, was agreed, and of which a row is done."""
        hers = self.learner("marked")
        sent = {"fiscalYear": YEAR, "rows": [PLANNED | {"note": f"{MARK}note"}]}
        one: dict[str, Any] = {"plan": (await self.done("POST", PLANS, hers, json=sent))["id"]}
        for who, step, body in (
            (hers, "submit", {}),
            (SUPERVISOR, "return", {"reason": f"{MARK}returned"}),
            (hers, "submit", {}),
            (SUPERVISOR, "agree", {}),
        ):
            await self.done("POST", f"{PLAN}/{step}", who, json=body, **one)
        await self.done("POST", f"{PLAN}/rows/1/complete", hers, json={"result": f"{MARK}result"}, **one)

    async def _released(self, run: dict[str, Any]) -> bool:
        return bool((await self.done("GET", f"{FORM}/results", HR, form="REACTION", **run))["released"])

    async def _come(self, run: dict[str, Any]) -> None:
        """By list, by import and by a device; and one who stood at the door is her."""
        hers = {"nomination": self.attendees["marked"]}
        rows = [{"nomination": self.attendees[name]} for name in ("marked", *OTHERS)]
        await self.done("POST", f"{RUN}/check-ins", HR, json={"session": 1, "rows": rows}, **run)
        sheet = f"nomination,note\n{hers['nomination']},{MARK}sheet\n"
        options: dict[str, Any] = {"params": {**run, "session": 1}, "headers": {"content-type": "text/csv"}}
        await self.done("POST", f"{API}/imports/check-ins", HR, content=sheet.encode(), **options)
        told = await self.done("POST", f"{RUN}/devices", HR, json={"name": "ประตู"}, **run)
        token = (await self.done("POST", f"{API}/devices/enrol", HR, json={"code": told["code"]}))["token"]
        self.made["device-token"] = token
        record = {"session": 1, "at": f"{DAY}T09:40:00+07:00"}
        typed = {"name": f"{MARK}walk", "office": f"{MARK}office"}
        records = [{**record, **hers, "nonce": "nonce-marked"}, {**record, "walkIn": typed, "nonce": "nonce-walk-in"}]
        upload = {"deviceTime": f"{DAY}T10:00:00+07:00", "records": records}
        await self._of_device("POST", "uploads", json=upload)
        [walk_in] = (await self.done("GET", f"{RUN}/walk-ins", HR, **run))["items"]
        sent, path = {**hers, "reason": f"{MARK}came"}, f"{RUN}/walk-ins/{{walk_in}}/match"
        await self.done("POST", path, HR, json=sent, walk_in=walk_in["id"], **run)

    async def device_list(self) -> dict[str, Any]:
        """As the device takes it along."""
        listed: dict[str, Any] = await self._of_device("GET", "device-list")
        return listed

    async def _of_device(self, method: str, path: str, **options: Any) -> Any:
        bearer = {"authorization": f"Bearer {self.made['device-token']}"}
        address = f"{API}/runs/{self.made['whole-run']}/{path}"
        return (await self.http.request(method, address, headers=bearer, **options)).raise_for_status().json()

    async def _think(self, run: dict[str, Any]) -> None:
        """An idea of her group, which is judged."""
        await self.done("POST", GROUPS, HR, json={"count": 1}, **run)
        idea = {**CONTENT, "problem": OF_GROUP, "group": 1, "submit": True}
        await self.done("POST", IDEAS, self.learner("marked"), json=idea, **run)

    async def _certify(self, run: dict[str, Any]) -> None:
        path = f"{RUN}/certificates"
        await self.done("POST", path, HR, json={}, **run)

        async def issued() -> bool:
            return not (await self.done("GET", f"{path}/issue", HR, **run))["running"]

        await until(issued, every=0.2, what="certificates are issued")
        rows = (await self.done("GET", path, HR, **run))["items"]
        [hers] = [row for row in rows if row["person"] == self.people["marked"]]
        self.made["code"] = hers["code"]
        revoke = {"json": {"reason": f"{MARK}revoked"}, "id": hers["id"]}
        await self.done("POST", f"{path}/{{id}}/revoke", HR, **revoke, **run)

    async def checked(self) -> dict[str, Any]:
        """What everybody is told who has the code of her certificate."""
        answer = await self.http.get(f"{API}/certificates/{self.made['code']}")
        told: dict[str, Any] = answer.raise_for_status().json()
        return told

    async def come_late(self) -> None:
        """Somebody finds a name on a sheet of paper, and whose it is, when she is erased: it counts."""
        run: dict[str, Any] = {"run": self.made["whole-run"]}
        typed = {"session": 1, "at": f"{DAY}T09:50:00+07:00", "name": f"{MARK}late", "office": f"{MARK}late"}
        written = await self.done("POST", f"{RUN}/walk-ins", HR, json=typed, **run)
        sent, path = {"nomination": self.attendees["marked"], "reason": MARK}, f"{RUN}/walk-ins/{{walk_in}}/match"
        await self.done("POST", path, HR, json=sent, walk_in=written["id"], **run)

    async def refused_afterwards(self) -> list[tuple[int, str]]:
        """Whatever would write a text about her, when she is erased."""
        run: dict[str, Any] = {"run": self.made["whole-run"]}
        corrected: dict[str, Any] = {
            "nomination": self.attendees["marked"],
            "json": {"presence": "ABSENT", "reason": f"{MARK}late"},
        }
        assessed = {"answers": {"applied": 4, "remarks": f"{MARK}late"}, "about": self.people["marked"]}
        first: dict[str, Any] = {"headers": {"if-match": '"0"'}, "form": "TRANSFER", "json": assessed}
        task: dict[str, Any] = {"deliverable": "APPLIED", "task": self.made["task"], "json": {"text": f"{MARK}late"}}
        correct = f"{RUN}/sessions/{{session}}/attendance/{{nomination}}"
        report = f"{RUN}/follow-ups/{{deliverable}}/tasks/{{task}}/complete"
        third = Caller(SUPERVISOR.role, SUPERVISOR.unit, "supervisor-52")
        answers = (
            await self.ask("POST", correct, HR, session="1", **corrected, **run),
            await self.ask("PUT", f"{FORM}/draft", third, **first, **run),
            await self.ask("POST", report, HR, **task, **run),
        )
        return [(answer.status_code, answer.json()["code"]) for answer in answers]

    async def _follow_up(self, run: dict[str, Any]) -> None:
        """She reports, and it comes back."""
        path = f"{RUN}/follow-ups"
        asked = [{"key": "APPLIED", "per": "PERSON", "due": "2027-06-30"}]
        await self.done("POST", path, HR, json={"deliverables": asked}, **run)

        async def assigned() -> bool:
            return not any(one["assigning"] for one in (await self.done("GET", path, HR, **run))["items"])

        await until(assigned, every=0.2, what="everybody has the task")
        one: dict[str, Any] = {"deliverable": "APPLIED", **run}
        tasks = (await self.done("GET", f"{path}/{{deliverable}}/tasks", HR, **one))["items"]
        [task] = [row["id"] for row in tasks if row["person"] == self.people["marked"]]
        one["task"] = self.made["task"] = task
        path += "/{deliverable}/tasks/{task}"
        evidence = {"text": f"{MARK}evidence"}
        await self.done("POST", f"{path}/complete", self.learner("marked"), json=evidence, **one)
        await self.done("POST", f"{path}/return", HR, json={"reason": f"{MARK}returned"}, **one)

    async def _be_offered(self) -> None:
        """A seat of the pool, by a link in a mail; she has not answered yet."""
        await self.draft("offered", approvalRoute=[], checks={}, waitingLists={"pool": "OFFER"})
        await self.allocate("offered", PO_50=1, PO=1)
        await self.publish("offered")
        await self.nominate(OFFICE, "other", "offered-run", note=None)
        await self.nominate(OFFICE, "marked", "offered-run", note=f"{MARK}offered")
        offered: dict[str, Any] = {"run": self.made["offered-run"], "id": self.nominations["marked"]}

        async def there() -> bool:
            return bool((await self.done("GET", f"{RUN}/nominations/{{id}}", HR, **offered))["state"] == "OFFERED")

        await until(there, every=0.1, what="a seat is offered")
