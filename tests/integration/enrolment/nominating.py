"""An open run for tests, and commands for its nominations. No tests in here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from services.enrolment.attendance.domain.training import TrainingTargets
from services.enrolment.attendance.service.training import Training
from services.enrolment.attendance.storage.presences import Presences
from services.enrolment.catalogue.storage import Catalogue
from services.enrolment.catalogue.storage.courses import Courses
from services.enrolment.catalogue.storage.related import RelatedRuns
from services.enrolment.certificates.service.held_courses import HeldCourses
from services.enrolment.certificates.storage import Certificates
from services.enrolment.seats.service.checking import Checking
from services.enrolment.seats.storage.elsewhere import SeatsElsewhere
from shared.ids import new_id
from shared.mongo import Database
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.programmes import created, run_body, step
from tests.support.waiting import until

OFFICES = {"key": "OFFICES", "scope": "PROVINCIAL", "unit": "PO.HR"}
SECOND_OFFICER = "01992f6e-8c00-7000-8000-0000000000f0"  # approves what the first one has nominated
CENTRE = {"key": "CENTRE", "scope": "CENTRAL"}


@dataclass(frozen=True)
class RunDriver:
    """The nominations of one run; paths are below /runs/{run}. The default role is HR officer."""

    office: Office
    programme: str
    run: str

    async def ask(self, method: str, path: str, role: Role = Role.HR_OFFICER, **options: Any) -> httpx.Response:
        if path.endswith("/approve") and role is Role.HR_OFFICER:
            options = {"person": SECOND_OFFICER, **options}
        options = _of_the_organiser(path, role) | options
        return await self.office.ask(method, f"/runs/{self.run}{path}", role, **options)

    async def done(self, method: str, path: str, role: Role = Role.HR_OFFICER, **options: Any) -> Any:
        answer = await self.ask(method, path, role, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def refused(self, path: str, role: Role = Role.HR_OFFICER, **options: Any) -> tuple[int, str]:
        """(status, code) of a command that changed nothing."""
        options = _of_the_organiser(path, role) | options
        return await self.office.refused("POST", f"/runs/{self.run}{path}", role, **options)

    async def insist(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """As a good client does: a command that met a busy service is sent again under its key."""
        headers = {"idempotency-key": new_id()}

        async def answered() -> httpx.Response | None:
            answer = await self.ask("POST", path, json=body, headers=headers)
            return None if answer.status_code == 503 else answer

        answer = await until(answered, what=f"{path} is answered")
        assert answer is not None
        return answer

    async def nominate(self, person: str, **body: Any) -> Any:
        """The nomination in the answer."""
        return await self._carried_out("/nominations", {"person": person, **body})

    async def act(self, action: str, nomination: Any, **body: Any) -> Any:
        """Approve, reject, withdraw or substitute what `nominate` gave."""
        if action == "reject":
            body.setdefault("reason", "ไม่ตรงสายงาน")
        return await self._carried_out(f"/nominations/{nomination['id']}/{action}", body)

    async def _carried_out(self, path: str, body: Mapping[str, Any]) -> Any:
        answer = await self.insist(path, body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def states(self) -> dict[str, str]:
        """By person, the last nomination of each."""
        rows = (await self.done("GET", "/nominations", params={"limit": "500"}))["items"]
        return {row["person"]: row["state"] for row in rows}

    async def bucket(self, unit: str = "PO-50") -> tuple[int, int, int]:
        """(confirmed, free, waiting) of the seats of this unit."""
        answer = await self.done("GET", "/buckets")
        row = next(bucket for bucket in answer["buckets"] if bucket["bucketUnit"] == unit)
        return row["confirmed"], row["free"], row["waiting"]

    async def history(self, unit: str = "PO-50") -> list[str]:
        """The types of the events of a bucket, in order; their sequence has no gap."""
        bucket = f"{self.run}:{'OFFICES' if unit.startswith('PO-') else 'CENTRE'}:{unit}"
        rows = await self.office.db["outbox"].find({"aggregate": bucket}).sort("seq", 1).to_list(None)
        assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
        return [row["type"].split(".")[1] for row in rows]


async def planned(
    office: Office,
    seats: Mapping[str, int],
    *,
    approval: bool | Sequence[Any] = False,
    four_eyes: bool = True,
    groups: Any = None,
    more: Mapping[str, Any] | None = None,
    on_move: str = "STAY",
    **run: Any,
) -> RunDriver:
    """A draft whose run has these seats by unit; `more` of the programme."""
    capacity = sum(seats.values())
    programme, made = await created(
        office,
        code=f"N-{new_id()}",
        approvalRoute=(["ORGANISER"] if approval else []) if isinstance(approval, bool) else list(approval),
        fourEyes=four_eyes,
        onMove=on_move,
        targetGroups=groups or [OFFICES, CENTRE],
        runs=[run_body(capacity=capacity, **run)],
        **(more or {}),
    )
    buckets = [{"target": target_of(unit, groups), "bucketUnit": unit, "seats": count} for unit, count in seats.items()]
    await office.done("PUT", f"/runs/{made}/buckets", json={"buckets": buckets})
    return RunDriver(office, programme, made)


async def opened(office: Office, seats: Mapping[str, int], **options: Any) -> RunDriver:
    """A run with these seats by unit that takes nominations; `approval`: each has to be approved, by the
    organiser or along this route."""
    driver = await planned(office, seats, **options)
    await step(office, driver.programme, "submit", "approve", "publish")
    return driver


def _of_the_organiser(path: str, role: Role) -> dict[str, Any]:
    """The unit of officers who do what is the organiser's."""
    its = path.endswith(("/approve", "/reject", "/late-entries", "/move"))
    return {"unit": "PERS"} if its and role is Role.HR_OFFICER else {}


def target_of(unit: str, groups: Any) -> str:
    if groups:
        return str(groups[0]["key"])
    return "OFFICES" if unit.startswith("PO-") else "CENTRE"


def codes(nomination: Any) -> list[str]:
    """Of what checks have found about it."""
    return [warning["code"] for warning in nomination["warnings"]]


def checking(db: Database) -> Checking:
    """As the composition root makes it."""
    held = HeldCourses(Certificates(db), Courses(Catalogue(db)))
    return Checking(RelatedRuns(db), SeatsElsewhere(db), held, Training(Presences(db), TrainingTargets(10, 360)))
