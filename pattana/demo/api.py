"""The requests of a play: one method each, HTTP only. Remembers what it has reached."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pattana.client import Answer, Caller, Client, Rejected
from pattana.demo.plan import Nominee, Office, Seat
from pattana.errors import Explained
from shared.rights import CENTRAL_POOL, Role

ENROLMENT = "/api/enrolment"
NOTIFICATION = "/api/notification"
REPORTING = "/api/reporting"

OPERATOR = Caller(Role.OPERATOR)
EXECUTIVE = Caller(Role.EXECUTIVE, CENTRAL_POOL)
UNDECIDED = frozenset({"PENDING", "WAITING", "SENDING"})
LOOK_SECONDS = 0.2
_BANGKOK = ZoneInfo("Asia/Bangkok")


class Refused(Explained):
    """A step of the play was refused: the file does not fit the rules of the services."""


@dataclass(slots=True)
class Api:
    """`officer` is the central HR officer of the play. `unseen` are, for each service that reads, the positions that it
    has not been asked to wait for."""

    client: Client
    officer: Caller
    patience: float = 120
    unseen: dict[str, list[str]] = field(default_factory=lambda: {NOTIFICATION: [], REPORTING: []})

    # ---- who and where

    def offices(self, on: date) -> list[Office]:
        """Provincial offices with their group and region on that day."""
        units = self.client.pages(f"{ENROLMENT}/units", self.officer, {"kind": "PROVINCIAL_OFFICE"})
        return [office for unit in units if (office := _office(unit, on)) is not None]

    def central_units(self) -> list[str]:
        return [unit["key"] for unit in self.client.pages(f"{ENROLMENT}/units", self.officer, {"kind": "CENTRAL_UNIT"})]

    def import_people(self, sheet: bytes, people: Sequence[Nominee]) -> dict[str, str]:
        """The id of each person by key. Importing the same people again changes nothing."""
        report = self.client.upload(f"{ENROLMENT}/imports/people", self.officer, sheet).body
        if report["problems"]:
            first = report["problems"][0]
            raise Refused(f"row {first['line']} of the people was refused: {first['reason']}")
        by_line = {row["line"]: row["id"] for row in report["people"]}
        return {person.key: by_line[line] for line, person in enumerate(people, start=2)}

    # ---- programme and run

    def create_programme(self, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Raises Rejected with the code programme-code-taken."""
        return self._command("POST", f"{ENROLMENT}/programmes", self.officer, dict(body), key)

    def allocate(self, run: str, seats: Iterable[Seat]) -> None:
        buckets = [{"target": seat.target, "bucketUnit": seat.bucket_unit, "seats": seat.seats} for seat in seats]
        path = f"{ENROLMENT}/runs/{run}/buckets"
        version = self.client.get(path, self.officer)["version"]
        answer = self.client.send("PUT", path, self.officer, {"buckets": buckets}, "seats", version=version)
        self._note(answer)

    def move_programme(self, programme: str, action: str, caller: Caller, key: str) -> None:
        """submit, approve or publish."""
        self._command("POST", f"{ENROLMENT}/programmes/{programme}/{action}", caller, {}, key)

    def set_clock(self, run: str, business: datetime) -> None:
        """Sets the run's business time."""
        self._command("PUT", f"{ENROLMENT}/runs/{run}/clock", OPERATOR, {"businessNow": business.isoformat()}, None)

    # ---- seats

    def nominate(self, run: str, caller: Caller, rows: Sequence[Mapping[str, Any]], key: str) -> list[str]:
        """The ids of the nominations, in order."""
        path = f"{ENROLMENT}/runs/{run}/nominations"
        return [row["nomination"]["id"] for row in self._rows(path, caller, {"nominations": list(rows)}, key)]

    def approve(self, run: str, caller: Caller, ids: Sequence[str], key: str) -> None:
        self._rows(f"{ENROLMENT}/runs/{run}/nominations/approve", caller, {"ids": list(ids)}, key)

    def withdraw(self, run: str, nomination: str, caller: Caller, key: str) -> None:
        path = f"{ENROLMENT}/runs/{run}/nominations/{nomination}/withdraw"
        self._command("POST", path, caller, {"reason": "ติดราชการเร่งด่วน"}, key)

    def confirmed(self, run: str, bucket_unit: str) -> set[str]:
        """The nominations that have a seat of this unit now."""
        query = {"bucketUnit": bucket_unit, "state": "CONFIRMED"}
        return {row["id"] for row in self.client.pages(f"{ENROLMENT}/runs/{run}/nominations", self.officer, query)}

    # ---- reports and messages

    def report(self, run: str) -> dict[str, Any]:
        """The run's report, once it has consumed everything that this play has reached."""
        report: dict[str, Any] = self._read(REPORTING, f"runs/{run}", EXECUTIVE)
        return report

    def requests_sent(self, run: str) -> int:
        """Units that were asked for nominations, when every request has been sent or given up."""

        def look() -> tuple[int, int]:
            counts = self.client.get(f"{NOTIFICATION}/messages/counts", self.officer, {"run": run})
            rows = [row for row in counts["rows"] if row["kind"] == "NOMINATION_REQUEST"]
            return _tally((row["state"], row["count"]) for row in rows)

        self._read(NOTIFICATION, "messages/counts", self.officer, {"run": run})
        return self._settled(look)

    def remind(self, run: str) -> None:
        """Runs the reminder job for this run."""
        self._read(NOTIFICATION, "reminders", OPERATOR, {"run": run})
        self.client.send("POST", f"{NOTIFICATION}/reminders", OPERATOR, {"run": run})

    def reminders_sent(self, run: str) -> dict[str, int]:
        """Sent reminders of each wave, when every one has been sent or given up."""
        waves: dict[str, int] = {}

        def look() -> tuple[int, int]:
            by_wave = self.client.get(f"{NOTIFICATION}/reminders", OPERATOR, {"run": run})["byWave"]
            tallies = {wave: _tally(states["byState"].items()) for wave, states in by_wave.items()}
            waves.update({wave: sent for wave, (sent, _) in tallies.items()})
            return sum(sent for sent, _ in tallies.values()), sum(waiting for _, waiting in tallies.values())

        self._settled(look)
        return waves

    # ---- requests

    def _command(self, method: str, path: str, caller: Caller, body: Any, key: str | None) -> dict[str, Any]:
        answer = self.client.send(method, path, caller, body, key)
        self._note(answer)
        return dict(answer.body or {})

    def _rows(self, path: str, caller: Caller, body: Any, key: str) -> list[dict[str, Any]]:
        """A list command. While the service is busy for some rows, it is repeated with the same key."""
        ends = time.monotonic() + self.patience
        while True:
            answer = self.client.send("POST", path, caller, body, key)
            rows: list[dict[str, Any]] = answer.body["results"]
            refused = [row["problem"] for row in rows if row["status"] >= 300]
            if not refused:
                self._note(answer)
                return rows
            if any(problem["status"] != 503 for problem in refused) or time.monotonic() > ends:
                raise Rejected(f"POST {path}", refused[0]["status"], refused[0]["code"], refused[0]["detail"])
            time.sleep(LOOK_SECONDS)

    def _settled(self, look: Callable[[], tuple[int, int]]) -> int:
        """The number sent, once nothing waits or patience is over."""
        ends = time.monotonic() + self.patience
        while True:
            sent, waiting = look()
            if not waiting or time.monotonic() > ends:
                return sent
            time.sleep(LOOK_SECONDS)

    def _note(self, answer: Answer) -> None:
        if answer.position is not None:
            for positions in self.unseen.values():
                positions.append(answer.position)

    def _read(self, service: str, path: str, caller: Caller, params: Mapping[str, Any] | None = None) -> Any:
        """Once the service knows all that this play has reached."""
        try:
            body = self.client.get(f"{service}/{path}", caller, params, after=self.unseen[service])
        except Rejected as error:
            if error.code != "expired-position":  # of a play that was left alone for a day: all of it is visible
                raise
            body = self.client.get(f"{service}/{path}", caller, params)
        self.unseen[service].clear()
        return body


def _office(unit: Mapping[str, Any], on: date) -> Office | None:
    """None for an office that belongs to no group on that day."""
    day = on.isoformat()
    for member in unit["memberships"]:
        if member["validFrom"] <= day and (member["validTo"] is None or day < member["validTo"]):
            return Office(unit["key"], unit["province"], member["group"], member["region"])
    return None


def _tally(states: Iterable[tuple[str, int]]) -> tuple[int, int]:
    """The numbers of sent and of undecided messages."""
    sent = waiting = 0
    for state, number in states:
        sent += number if state == "SENT" else 0
        waiting += number if state in UNDECIDED else 0
    return sent, waiting


def before(start: datetime, days: int) -> datetime:
    """Nine in the morning in Bangkok, this many days before the day of the start."""
    local = start.astimezone(_BANGKOK)
    return local.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=days)
