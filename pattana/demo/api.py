"""The requests of a play, HTTP only. Remembers what it has reached."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from pattana.client import Answer, Caller, Client, Rejected, Unreachable
from pattana.demo.people import Person, sheet
from pattana.demo.scene import ENROLMENT, NOTIFICATION, Places, Request
from pattana.errors import Explained
from shared.rights import CENTRAL_POOL, Role

REPORTING = "/api/reporting"

OPERATOR = Caller(Role.OPERATOR)
EXECUTIVE = Caller(Role.EXECUTIVE, CENTRAL_POOL)
UNDECIDED = frozenset({"PENDING", "WAITING", "SENDING"})
LOOK_SECONDS = 0.2
SELDOM_SECONDS = 1.0  # while more than a few wait: to count them costs the service time to send them
FEW = 5
_REFUSED = 300  # the least status that is no success


class PersonRefused(Explained):
    """Somebody whom the play makes up cannot be: the unit does not exist, or has no such post."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a request: how many were accepted, the refusals of the others as code and sentence, and how many
    posts were found without anybody."""

    accepted: int
    refusals: Sequence[tuple[str, str]] = ()
    vacant: int = 0


@dataclass(slots=True)
class Api:
    """`officer` is the central HR officer of the play. `unseen` are, for each service that reads, the positions that it
    has not been asked to wait for."""

    client: Client
    officer: Caller
    patience: float = 120
    unseen: dict[str, list[str]] = field(default_factory=lambda: {NOTIFICATION: [], REPORTING: []})

    # ---- who and where

    def places(self, on: date) -> Places:
        """Provincial offices that belong to a group on that day, and central units."""
        offices = self.client.pages(f"{ENROLMENT}/units", self.officer, {"kind": "PROVINCIAL_OFFICE"})
        central = self.client.pages(f"{ENROLMENT}/units", self.officer, {"kind": "CENTRAL_UNIT"})
        there = sorted(unit["key"] for unit in offices if _exists(unit, on))
        return Places(tuple(there), tuple(unit["key"] for unit in central))

    def import_people(self, people: Sequence[Person]) -> list[str]:
        """The id of each. Importing the same people again changes nothing."""
        if not people:
            return []
        report = self.client.upload(f"{ENROLMENT}/imports/people", self.officer, sheet(people)).body
        if report["problems"]:
            first = report["problems"][0]
            raise PersonRefused(f"one of its people was refused: {first['reason']}")
        by_line = {row["line"]: row["id"] for row in report["people"]}
        return [by_line[line] for line, _ in enumerate(people, start=2)]

    # ---- programme and run

    def create_programme(self, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Raises Rejected, with the code programme-code-taken for one that is there."""
        answer = self.client.send("POST", f"{ENROLMENT}/programmes", self.officer, dict(body), key)
        self._note(answer)
        return dict(answer.body)

    def set_clock(self, run: str, business: datetime) -> None:
        """Sets the run's business time."""
        body = {"businessNow": business.isoformat()}
        self._note(self.client.send("PUT", f"{ENROLMENT}/runs/{run}/clock", OPERATOR, body))

    def nominations(self, run: str) -> list[dict[str, Any]]:
        """All of a run, in the order in which they were made."""
        rows = self.client.pages(f"{ENROLMENT}/runs/{run}/nominations", self.officer)
        return sorted(rows, key=lambda row: str(row["id"]))

    def buckets(self, run: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get(f"{ENROLMENT}/runs/{run}/buckets", self.officer)["buckets"]
        return found

    def described(self, run: str) -> dict[str, Any]:
        """The run itself, with what is to be warned of."""
        found: dict[str, Any] = self.client.get(f"{ENROLMENT}/runs/{run}", self.officer)
        return found

    # ---- steps

    def perform(self, request: Request, key: str) -> Done:
        """A request of a step. It is refused as a whole or row by row, and that is no error here."""
        if request.after is not None:
            self.read(request.after, "reminders", OPERATOR, {"run": request.body["run"]})
        if request.rows:
            return self._rows(request, key)
        version = self.client.get(request.path, request.caller)["version"] if request.replaces else None
        ends = time.monotonic() + self.patience
        command = None if request.method == "GET" else key
        try:
            while True:
                answer = self.client.send(
                    request.method, request.path, request.caller, request.body, command, version=version
                )
                if not _goes_on(request, answer) or time.monotonic() > ends:
                    break
                time.sleep(LOOK_SECONDS)
        except Rejected as error:
            return Done(0, [(error.code, error.detail)])
        self._note(answer)
        return Done(1)

    def ask(self, request: Request) -> dict[str, Any]:
        """A question that stores nothing; of a list all pages. Raises Rejected."""
        if request.method == "GET":
            return {"items": list(self.client.pages(request.path, request.caller, request.params))}
        body: dict[str, Any] = self.client.send(request.method, request.path, request.caller, request.body).body
        return body

    def _rows(self, request: Request, key: str) -> Done:
        """A list command, page by page where its answer says what is next."""
        done, after = Done(0), None
        while True:
            body = request.body if after is None else request.body | {"after": after}
            try:
                answer = self._list(request, body, key if after is None else f"{key}-{after}")
            except Rejected as error:
                return replace(done, refusals=[*done.refusals, (error.code, error.detail)])
            done = _with(done, answer)
            after = answer.get("next")
            if after is None:
                return done

    def _list(self, request: Request, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """While the service is busy for some rows, it is asked again with the same key."""
        ends = time.monotonic() + self.patience
        while True:
            answer = self.client.send(request.method, request.path, request.caller, body, key)
            busy = [row["problem"] for row in answer.body["results"] if row["status"] == HTTPStatus.SERVICE_UNAVAILABLE]
            if not busy:
                self._note(answer)
                return dict(answer.body)
            if time.monotonic() > ends:
                raise Unreachable(f"POST {request.path}: {busy[0]['detail']}")
            time.sleep(LOOK_SECONDS)

    # ---- reports and messages

    def report(self, run: str) -> dict[str, Any]:
        """The run's report, once it has consumed everything that this play has reached."""
        report: dict[str, Any] = self.read(REPORTING, f"runs/{run}", EXECUTIVE)
        return report

    def messages(self, run: str) -> dict[str, dict[str, int]]:
        """How many messages of each kind there are (`made`) and were sent, when none waits any more."""
        counts: dict[str, dict[str, int]] = {}

        def look() -> int:
            rows = self.client.get(f"{NOTIFICATION}/messages/counts", self.officer, {"run": run})["rows"]
            counts.clear()
            for row in rows:
                of_kind = counts.setdefault(row["kind"], {"made": 0, "sent": 0})
                of_kind["made"] += row["count"]
                of_kind["sent"] += row["count"] if row["state"] == "SENT" else 0
            return sum(row["count"] for row in rows if row["state"] in UNDECIDED)

        self.read(NOTIFICATION, "messages/counts", self.officer, {"run": run})
        self._settle(look)
        return counts

    def waves(self, run: str) -> dict[str, int]:
        """Sent reminders of each wave, when every one has been sent or given up."""
        sent: dict[str, int] = {}

        def look() -> int:
            by_wave = self.client.get(f"{NOTIFICATION}/reminders", OPERATOR, {"run": run})["byWave"]
            tallies = {wave: _tally(states["byState"].items()) for wave, states in by_wave.items()}
            sent.update({wave: number for wave, (number, _) in tallies.items()})
            return sum(waiting for _, waiting in tallies.values())

        self.read(NOTIFICATION, "reminders", OPERATOR, {"run": run})
        self._settle(look)
        return sent

    def read(self, service: str, path: str, caller: Caller, params: Mapping[str, Any] | None = None) -> Any:
        """Once the service knows all that this play has reached."""
        try:
            body = self.client.get(f"{service}/{path}", caller, params, after=self.unseen[service])
        except Rejected as error:
            if error.code != "expired-position":  # of a play that was left alone for a day: all of it is visible
                raise
            body = self.client.get(f"{service}/{path}", caller, params)
        self.unseen[service].clear()
        return body

    def _settle(self, look: Callable[[], int]) -> None:
        """Until nothing waits, or what waits has been the same for as long as patience lasts: a busy machine sends
        slowly."""
        waiting, ends = look(), time.monotonic() + self.patience
        while waiting and time.monotonic() < ends:
            time.sleep(LOOK_SECONDS if waiting <= FEW else SELDOM_SECONDS)
            if (now := look()) != waiting:
                waiting, ends = now, time.monotonic() + self.patience

    def _note(self, answer: Answer) -> None:
        if answer.position is not None:
            for positions in self.unseen.values():
                positions.append(answer.position)


def _goes_on(request: Request, answer: Answer) -> bool:
    """A job that goes on by itself is asked again until it has done all; a session is looked at until it is closed, and
    certificates until they are issued, and what is assigned until everybody has it."""
    if not answer.body:
        return False
    seen = answer.body if request.method == "GET" else {}
    looks = any(seen.get(name) for name in ("closing", "running"))
    looks = looks or any(one.get("assigning") for one in seen.get("items", ()))
    return looks or not answer.body.get("complete", True)


def _with(done: Done, answer: Mapping[str, Any]) -> Done:
    """What came of one more page."""
    rows = answer["results"]
    refused = [row["problem"] for row in rows if row["status"] >= _REFUSED]
    refusals = [*done.refusals, *((told["code"], told["detail"]) for told in refused)]
    return Done(done.accepted + len(rows) - len(refused), refusals, done.vacant + len(answer.get("vacantPosts", ())))


def _exists(unit: Mapping[str, Any], on: date) -> bool:
    """Whether an office belongs to a group on that day."""
    day = on.isoformat()
    return any(
        member["validFrom"] <= day and (member["validTo"] is None or day < member["validTo"])
        for member in unit["memberships"]
    )


def _tally(states: Iterable[tuple[str, int]]) -> tuple[int, int]:
    """The numbers of sent and of undecided messages."""
    sent = waiting = 0
    for state, number in states:
        sent += number if state == "SENT" else 0
        waiting += number if state in UNDECIDED else 0
    return sent, waiting
