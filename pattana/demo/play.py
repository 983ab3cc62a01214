"""The order of a play: every step once, with the role that would take it. Numbers come only from answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pattana.client import Caller, Rejected
from pattana.demo.api import EXECUTIVE, Api, before
from pattana.demo.bodies import programme_body, run_body
from pattana.demo.diary import Diary
from pattana.demo.people import sheet
from pattana.demo.plan import Nominee, Plan, plan_of
from pattana.demo.scenario import Scenario
from shared.rights import CENTRAL_POOL, Role

OPENING_DAYS = 30  # before the start
MOST_PLAYS = 1_000
Advance = Callable[[int], None]
Progress = Callable[[str, int | None], Advance]


class Play:
    """One scenario on one edition."""

    def __init__(self, scenario: Scenario, api: Api, diary: Diary, progress: Progress) -> None:
        self._scenario = scenario
        self._api = api
        self._diary = diary
        self._progress = progress
        self._people: dict[str, str] = {}
        self._nominations: dict[str, str] = {}
        self._programme = self._run = ""

    def perform(self) -> dict[str, Any]:
        """The actual numbers, by name."""
        api, start = self._api, self._scenario.programme.start
        day = start.date()
        plan = plan_of(self._scenario, api.offices(day), api.central_units())
        self._people = self._once("people", lambda: api.import_people(sheet(plan.everybody), plan.everybody))
        self._open(plan)
        actual = {"nominationRequestsSent": self._once("requests", lambda: api.requests_sent(self._run))}
        self._nominate(plan.nominees)
        self._approve(plan.nominees)
        actual |= after_approval(self._once("initial", lambda: api.report(self._run)))
        for place, leaving in enumerate(plan.leaving):
            self._leave(place, leaving.bucket_unit, leaving.successor, plan)
        actual |= reminded(list(self._remind()), self._scenario.actions.waves)
        actual |= at_the_end(self._once("final", lambda: api.report(self._run)))
        self._diary.end()
        return actual

    def _once(self, step: str, do: Callable[[], Any]) -> Any:
        """Also stores what is still to be waited for, so that a resumed play waits as well."""
        entry = self._diary.once(step, lambda: {"outcome": do(), "unseen": self._api.unseen})
        self._api.unseen = {service: list(positions) for service, positions in entry["unseen"].items()}
        return entry["outcome"]

    def _open(self, plan: Plan) -> None:
        """From a draft to an open run."""
        advance = self._progress("programme", 6)
        api, key = self._api, self._diary.key
        made = self._once("programme", self._create)
        self._programme, self._run = made["programme"], made["run"]
        advance(1)
        self._once("seats", lambda: api.allocate(self._run, plan.seats))
        advance(1)
        self._once("submit", lambda: api.move_programme(self._programme, "submit", api.officer, key("submit")))
        advance(1)
        self._once("agree", lambda: api.move_programme(self._programme, "approve", EXECUTIVE, key("agree")))
        advance(1)
        self._set_clock(OPENING_DAYS, unless=f"remind-{(*self._scenario.actions.waves, '')[0]}")
        advance(1)
        self._once("publish", lambda: api.move_programme(self._programme, "publish", api.officer, key("publish")))
        advance(1)

    def _create(self) -> dict[str, str]:
        """With the code of the file, or with -2, -3 and so on appended."""
        for number in range(1, MOST_PLAYS):
            suffix = "" if number == 1 else f"-{number}"
            try:
                body = programme_body(self._scenario, suffix) | {"runs": [run_body(self._scenario)]}
                made = self._api.create_programme(body, self._diary.key(f"programme{suffix}"))
            except Rejected as error:
                if error.code != "programme-code-taken":
                    raise
            else:
                return {"programme": made["id"], "run": made["runs"][0]["id"]}
        raise AssertionError("no free programme code")

    def _set_clock(self, days: int, unless: str) -> None:
        """Not recorded: a resumed play sets the time of its step again, unless a later step has been done."""
        if not self._diary.has(unless):
            self._api.set_clock(self._run, before(self._scenario.programme.start, days))

    def _nominate(self, nominees: Sequence[Nominee]) -> None:
        """By each unit for itself, primaries before reserves."""
        advance = self._progress("nominations", len(nominees))
        for unit, chosen in by_unit(nominees):
            self._nominate_unit(f"nominate-{unit}", unit, chosen)
            advance(len(chosen))

    def _nominate_unit(self, step: str, unit: str, nominees: Sequence[Nominee]) -> None:
        rows = [{"person": self._people[n.key], "target": n.target, "rank": n.rank} for n in nominees]
        key = self._diary.key(step)
        ids = self._once(step, lambda: self._api.nominate(self._run, self._of_unit(unit), rows, key))
        self._nominations |= dict(zip((nominee.key for nominee in nominees), ids, strict=True))

    def _approve(self, nominees: Sequence[Nominee]) -> None:
        """By the superior of each unit: whoever has made a nomination may not approve it."""
        advance = self._progress("approvals", len(nominees))
        for unit, chosen in by_unit(nominees):
            self._approve_unit(f"approve-{unit}", unit, chosen)
            advance(len(chosen))

    def _approve_unit(self, step: str, unit: str, nominees: Sequence[Nominee]) -> None:
        ids, key = [self._nominations[nominee.key] for nominee in nominees], self._diary.key(step)
        self._once(step, lambda: self._api.approve(self._run, Caller(Role.SUPERVISOR, unit), ids, key))

    def _leave(self, place: int, unit: str, successor: Nominee | None, plan: Plan) -> None:
        """A confirmed person withdraws; without a waiting list the unit nominates another."""
        leaving = self._once(f"leaving-{place}", lambda: self._confirmed_of(unit, plan))
        key = self._diary.key(f"withdraw-{place}")
        caller = self._of_unit(unit)
        self._once(f"withdraw-{place}", lambda: self._api.withdraw(self._run, leaving, caller, key))
        if successor is not None:
            self._nominate_unit(f"successor-{place}", unit, [successor])
            self._approve_unit(f"successor-{place}-approve", unit, [successor])

    def _confirmed_of(self, unit: str, plan: Plan) -> str:
        confirmed = self._api.confirmed(self._run, unit)
        ids = [self._nominations[nominee.key] for nominee in plan.nominees if nominee.bucket_unit == unit]
        return next(nomination for nomination in ids if nomination in confirmed)

    def _remind(self) -> Iterator[dict[str, int]]:
        """Wave after wave, each job run twice: the second run must change nothing."""
        waves = self._scenario.actions.waves
        advance = self._progress("reminders", 2 * len(waves))
        for wave in waves:
            self._set_clock(int(wave.removeprefix("D-")), unless=f"remind-{wave}")
            for name in (f"remind-{wave}", f"remind-{wave}-again"):
                self._once(name, lambda: self._api.remind(self._run))
                yield self._once(f"{name}-sent", lambda: self._api.reminders_sent(self._run))
                advance(1)

    def _of_unit(self, unit: str) -> Caller:
        return self._api.officer if unit == CENTRAL_POOL else Caller(Role.PROVINCIAL_HR, unit)


def by_unit(nominees: Sequence[Nominee]) -> list[tuple[str, list[Nominee]]]:
    """Pure. The people of each unit's seats, primaries before reserves; the units by key."""
    units = sorted({nominee.bucket_unit for nominee in nominees})
    ranked = sorted(nominees, key=lambda nominee: nominee.rank)
    return [(unit, [nominee for nominee in ranked if nominee.bucket_unit == unit]) for unit in units]


def after_approval(report: Mapping[str, Any]) -> dict[str, Any]:
    """Pure. The numbers after the first round of approvals."""
    return {
        "quotaBuckets": report["quotaBuckets"],
        "nominationsProvincialPrimary": report["nominationsProvincialPrimary"],
        "nominationsProvincialReserve": report["nominationsProvincialReserve"],
        "nominationsCentral": report["nominationsCentral"],
        "nominationsInitial": report["nominations"],
        "approvedInitial": report["confirmed"],
        "waitlistedInitial": report["waitlistRemaining"],
    }


def reminded(rounds: Sequence[Mapping[str, int]], waves: Sequence[str]) -> dict[str, Any]:
    """Pure. From the numbers after each run of the job: one number if all waves are equal, else each of them."""
    if not rounds:
        return {}
    by_wave = {wave: rounds[-1].get(wave, 0) for wave in waves}
    different = set(by_wave.values())
    each = different.pop() if len(different) == 1 else " / ".join(str(number) for number in by_wave.values())
    return {"remindersPerWave": each, "reminderMessages": sum(by_wave.values())}


def at_the_end(report: Mapping[str, Any]) -> dict[str, Any]:
    """Pure. The numbers of the final report."""
    names = (
        *("target", "nominations", "confirmed", "confirmedProvincial", "confirmedCentral"),
        *("waitlistRemaining", "withdrawn", "confirmedByRegion", "confirmedByGroup"),
    )
    return {"nominationsTotal": report["nominations"], **{name: report[name] for name in names}}
