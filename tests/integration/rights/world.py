"""Who asks, whose things are, and how things are made through the HTTP API; every answer is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from shared.ids import new_id
from shared.rights import Role
from tests.integration.rights.bodies import PERSONNEL, PROGRAMME
from tests.support.api import Issuer
from tests.support.waiting import until

API: Final = "/api/enrolment"
RUN: Final = f"{API}/runs/{{run}}"
CHIANG_MAI, YALA, DAMRONG = "PO-50", "PO-95", "DRI"
Body = Any


@dataclass(frozen=True)
class Caller:
    """`acts_for`: the unit of whom this one acts for."""

    role: Role
    unit: str | None = None
    person: str | None = None
    acts_for: str | None = None

    def __str__(self) -> str:
        return f"{self.role}@{self.unit or self.person or '-'}"


@dataclass(frozen=True)
class Owner:
    """Whose an object of an answer is. Of nobody: it is a sum, or everybody's. `part`: a sum over what
    the caller sees of that unit."""

    unit: str | None = None
    person: str | None = None
    draft: bool = False
    part: bool = False


NOBODY: Final = Owner()
HR: Final = Caller(Role.HR_OFFICER, PERSONNEL)
SECOND_HR: Final = Caller(Role.HR_OFFICER, PERSONNEL, "officer-2")  # nobody approves the own nomination
EXECUTIVE: Final = Caller(Role.EXECUTIVE, "OPS")
OFFICE: Final = Caller(Role.PROVINCIAL_HR, CHIANG_MAI)
OTHER_OFFICE: Final = Caller(Role.PROVINCIAL_HR, YALA)
SUPERVISOR: Final = Caller(Role.SUPERVISOR, f"{CHIANG_MAI}.HR", "supervisor-50")
OTHER_SUPERVISORS: Final = {
    unit: Caller(Role.SUPERVISOR, unit, f"supervisor-{unit}") for unit in (YALA, PERSONNEL, DAMRONG)
}
OBSERVER: Final = Caller(Role.OCSC_OBSERVER)
OPERATOR: Final = Caller(Role.OPERATOR)
MACHINE: Final = Caller(Role.INTEGRATION)


@dataclass(frozen=True)
class Seen:
    """An answer that somebody got, and whose it is as a whole."""

    route: str
    caller: Caller
    owner: Owner
    body: Body


@dataclass
class World:
    """`owners` by id: people, nominations, messages, runs and programmes. `people` are ids by name, `seen` the answers
    to the commands that made all this."""

    http: httpx.AsyncClient
    issuer: Issuer
    people: dict[str, str] = field(default_factory=dict)
    owners: dict[str, Owner] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    nominations: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    attendees: dict[str, str] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    async def ask(
        self, method: str, route: str, caller: Caller, *, of: Owner = NOBODY, **options: Any
    ) -> httpx.Response:
        """`route` as in the API document; what stands in its braces comes from `options`, or from what was made."""
        names = {name: options.pop(name) for name in list(options) if f"{{{name}}}" in route}
        path = route.format_map({**self.made, **names})
        headers = self.issuer.bearer(caller.role, caller.unit, caller.person) | {"accept-language": "en"}
        headers |= options.pop("headers", {})
        answer = await self.http.request(method, path, headers=headers, **options)
        if answer.content:
            is_json = answer.headers["content-type"].partition(";")[0].endswith("json")
            self.seen.append(Seen(f"{method} {route}", caller, of, answer.json() if is_json else None))
        return answer

    async def done(self, method: str, route: str, caller: Caller, **options: Any) -> Body:
        """Asked again, as the same command, while the service says that it is busy."""
        options["headers"] = {"idempotency-key": new_id()} | options.get("headers", {})

        async def settled() -> httpx.Response | None:
            answer = await self.ask(method, route, caller, **options)
            return None if answer.status_code == 503 else answer

        answer = await until(settled, every=0.5, what=f"{method} {route} is answered")
        assert answer is not None
        assert answer.is_success, f"{caller} {method} {route}: {answer.status_code} {answer.text}"
        return answer.json()

    def learner(self, name: str) -> Caller:
        return Caller(Role.LEARNER, None, self.people[name])

    def deputy(self) -> Caller:
        """Who decides while the supervisor of Chiang Mai is away."""
        return Caller(Role.LEARNER, None, self.people["head"], acts_for=SUPERVISOR.unit)

    def person(self, name: str) -> Owner:
        return self.owners[self.people[name]]

    # ---- what is made of it

    async def import_people(self, rows: Mapping[str, str]) -> None:
        """From names to units."""
        lines = ["externalId,prefix,firstName,lastName,unit,level,post,position,email,phone,startDate"]
        for name, unit in rows.items():
            post = "PROV_HEAD" if name == "head" else ""
            words = f"{name},นาง,{name},ทดสอบ,{unit},K2,{post},นักทรัพยากรบุคคล"
            lines.append(f"{words},{name}@example.go.th,02 222 1234,1 ต.ค. 2555")
        options: dict[str, Any] = {"content": "\r\n".join(lines).encode(), "headers": {"content-type": "text/csv"}}
        report = await self.done("POST", f"{API}/imports/people", HR, **options)
        assert report["problems"] == [], report
        for (name, unit), row in zip(rows.items(), report["people"], strict=True):
            self.people[name] = row["id"]
            self.owners[row["id"]] = Owner(unit, row["id"])

    async def draft(self, name: str, **changes: Any) -> None:
        """A programme with a run; their ids are `<name>` and `<name>-run`."""
        body = PROGRAMME | {"code": name.upper(), "title": f"โครงการ {name}"} | changes
        draft = Owner(draft=True)
        answer = await self.done("POST", f"{API}/programmes", HR, of=draft, json=body)
        self.made |= {name: answer["id"], f"{name}-run": answer["runs"][0]["id"]}
        self.owners |= {answer["id"]: draft, answer["runs"][0]["id"]: draft}

    async def allocate(self, name: str, target: str = "PROV", **seats: int) -> None:
        rows = [
            {"target": "CENTRE" if unit == "OPS" else target, "bucketUnit": unit.replace("_", "-"), "seats": count}
            for unit, count in seats.items()
        ]
        run, drafted = self.made[f"{name}-run"], Owner(draft=True)
        buckets = await self.done("GET", f"{RUN}/buckets", HR, run=run, of=drafted)
        read = {"if-match": f'"{buckets["version"]}"'}
        await self.done("PUT", f"{RUN}/buckets", HR, run=run, of=drafted, json={"buckets": rows}, headers=read)

    async def publish(self, name: str) -> None:
        path = f"{API}/programmes/{{programme}}"
        for step, who in (("submit", HR), ("approve", EXECUTIVE), ("publish", HR)):
            draft = Owner(draft=step != "publish")
            await self.done("POST", f"{path}/{step}", who, programme=self.made[name], of=draft)
        for id in (self.made[name], self.made[f"{name}-run"]):
            self.owners[id] = NOBODY

    async def nominate(self, who: Caller, person: str, run: str = "open-run", **body: Any) -> str:
        """The new nomination, also known by the name of the person."""
        sent = {"person": self.people[person], "note": "เหมาะสม"} | body
        answer = await self.done(
            "POST", f"{RUN}/nominations", who, run=self.made[run], of=self.person(person), json=sent
        )
        return self.nominated(person, answer)

    async def apply(self, person: str, run: str = "open-run") -> str:
        answer = await self.done(
            "POST", f"{RUN}/applications", self.learner(person), run=self.made[run], of=self.person(person), json={}
        )
        return self.nominated(person, answer)

    def nominated(self, person: str, answer: Body) -> str:
        self.nominations[person] = answer["id"]
        self.owners[answer["id"]] = self.person(person)
        return str(answer["id"])

    async def approve(self, supervisor: Caller, person: str, run: str = "open-run") -> None:
        """By both steps."""
        await self.decide(supervisor, "approve", person, run, reason="เหมาะสม")
        await self.decide(SECOND_HR, "approve", person, run)

    async def decide(self, who: Caller, action: str, person: str, run: str = "open-run", **body: Any) -> Body:
        return await self.done(
            "POST",
            f"{RUN}/nominations/{{id}}/{action}",
            who,
            run=self.made[run],
            id=self.nominations[person],
            of=self.person(person),
            json=body,
        )
