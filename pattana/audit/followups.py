"""Checks what is to be done after runs: every event against those before it, what is stored, and the report."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pattana.audit.documents import ENROLMENT, REPORTING
from pattana.audit.folding import Moments, fold_events, unmoved
from pattana.audit.history import Kind
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.pages import pages
from pattana.audit.projection import Reports
from pattana.audit.verdict import Verdict
from services.reporting.storage.documents import field_name
from shared.events.followups import (
    FollowUpCompleted,
    FollowUpFact,
    FollowUpReopened,
    FollowUpsAssigned,
    FollowUpTask,
    followups_aggregate,
)
from shared.mongo import Database, Document, majority

Counts = Counter[tuple[str, str, str]]


class Given(NamedTuple):
    """A task as its events have it."""

    deliverable: str
    unit: str
    place: str
    person: str | None
    due: str
    done: bool = False


@dataclass(slots=True)
class FollowUpsFold:
    """Pure. The follow-up of a run up to the event `seq`, from its events alone."""

    seq: int = 0
    tasks: dict[str, Given] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def apply(self, seq: int, event: FollowUpFact) -> None:
        self.seq = seq
        what = f"event {event.aggregate}:{seq}"
        if isinstance(event, FollowUpsAssigned):
            for task in event.tasks:
                if task.task in self.tasks:
                    self.problems.append(f"{what} assigns task {task.task} again")
                self.tasks[task.task] = _given(event, task)
        elif isinstance(event, FollowUpCompleted):
            self._turn(what, event, event.task, done=True)
        elif isinstance(event, FollowUpReopened):
            self._turn(what, event, event.task, done=False)

    def copy(self) -> "FollowUpsFold":
        return FollowUpsFold(self.seq, dict(self.tasks))

    def counts(self) -> Counts:
        """By deliverable, place and name, as reports have them."""
        counts: Counts = Counter()
        for task in self.tasks.values():
            counts[task.deliverable, task.place, "tasks"] += 1
            counts[task.deliverable, task.place, "done"] += task.done
        return +counts

    def _turn(self, what: str, event: FollowUpFact, task: FollowUpTask, *, done: bool) -> None:
        known, said = self.tasks.get(task.task), _given(event, task)
        if known is None or known._replace(done=False) != said:
            self.problems.append(f"{what} is about task {task.task}, which was never assigned so")
        elif known.done is done:
            self.problems.append(f"{what} makes task {task.task} {'done' if done else 'pending'}, and it was so before")
        self.tasks[task.task] = said._replace(done=done)


def _given(event: FollowUpFact, task: FollowUpTask) -> Given:
    place = field_name(task.place.unit, task.place.province, task.place.group, task.place.region)
    return Given(event.deliverable, task.place.unit, place, task.person, event.due.isoformat())


async def check_follow_ups(
    databases: Mapping[str, Database], outboxes: Outboxes, verdict: Verdict, advance: Advance, *, new_only: bool
) -> None:
    """All runs that are followed up, or those that have new events."""
    enrolment, there = databases[ENROLMENT], set[str]()
    reports = await Reports.answering(databases[REPORTING])
    for known in outboxes.ledger.pages(ENROLMENT, Kind.FOLLOW_UPS, changed=new_only):
        for one in known:
            run = one.aggregate.removeprefix(followups_aggregate(""))
            there.add(run)
            await _RunFollowUp(run, enrolment, reports, outboxes, verdict).check(one.last, advance)
    if not new_only:
        await _check_superfluous(enrolment, reports, there, verdict)


async def _check_superfluous(enrolment: Database, reports: Reports, there: set[str], verdict: Verdict) -> None:
    """What is stored of runs without events."""
    async for page in pages(majority(enrolment["follow_ups"]), {"seq": True}):
        for row in page:
            if row["seq"] and row["_id"] not in there:
                verdict["follow-ups"].broken(f"follow-up of run {row['_id']} is stored and has no events")
    async for page in pages(reports.collection("follow_ups"), {"run": True}):
        for row in page:
            if row["run"] not in there:
                verdict["followed-up"].broken(f"report of deliverable {row['_id']}, which has no events")


@dataclass(frozen=True, slots=True)
class _RunFollowUp:
    run: str
    enrolment: Database
    reports: Reports
    outboxes: Outboxes
    verdict: Verdict

    async def check(self, least: int, advance: Advance) -> None:
        """The report first, then what is stored, then the events that both must have come from."""
        subject = followups_aggregate(self.run)
        reported, documents = await self.reports.follow_ups(subject, self.run)
        stored = await unmoved(majority(self.enrolment["follow_ups"]), self.run, "seq", self._tasks)
        if stored is None:
            self.verdict["follow-ups"].broken(f"follow-up of run {self.run} has events and is not stored")
            return
        board, tasks = stored
        moments = Moments(max(board["seq"], least), board["seq"], reported)
        folded = await fold_events(FollowUpsFold, FollowUpFact, subject, self.outboxes, moments, advance)
        self.verdict.behind(self.reports.consumer, least - reported)
        check = self.verdict["follow-ups"]
        check.count("runs")
        check.count("tasks", len(tasks))
        check.all_broken(folded.problems)
        check.all_broken(stored_differences(folded.stored, board, tasks, least))
        if await self.reports.discarded(subject):
            self.verdict["followed-up"].could_not("runs of which something was discarded")
        else:
            self.verdict["followed-up"].count("runs")
            self.verdict["followed-up"].all_broken(follow_up_differences(self.run, folded.reported, documents))

    async def _tasks(self) -> list[Document]:
        tasks: list[Document] = await majority(self.enrolment["follow_up_tasks"]).find({"run": self.run}).to_list(None)
        return tasks


def stored_differences(
    fold: FollowUpsFold, board: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]], least: int
) -> Iterator[str]:
    """Pure. What is stored of a run against its events, of which its outbox had `least`."""
    what = f"follow-up of run {board['_id']}"
    if board["seq"] < least or fold.seq != board["seq"]:
        yield f"{what} stands at event {board['seq']}, its outbox reaches to {max(least, fold.seq)}"
        return
    stored = {row["_id"]: row for row in tasks}
    for key in sorted(stored.keys() | fold.tasks.keys()):
        task, row = fold.tasks.get(key), stored.get(key)
        if task is None or row is None:
            yield f"{what}: task {key} has {'events and no document' if row is None else 'a document and no events'}"
            continue
        said = (row["deliverable"], row["place"]["unit"], row.get("person"), row["due"], row["state"] == "DONE")
        if said != (task.deliverable, task.unit, task.person, task.due, task.done):
            yield f"{what}: task {key} is stored as {said}, not as its events say"
    for one in board["deliverables"]:
        mine = [task for task in fold.tasks.values() if task.deliverable == one["key"]]
        expected = (len(mine), sum(task.done for task in mine))
        if (one["tasks"], one["done"]) != expected:
            yield f"{what}: {one['key']} counts {one['tasks'], one['done']}, its events {expected}"


def follow_up_differences(run: str, fold: FollowUpsFold, documents: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Pure. `fold` is the run up to the report's position."""
    expected, reported = fold.counts(), Counter[tuple[str, str, str]]()
    for document in documents:
        for place, counts in document.get("cells", {}).items():
            for name, count in counts.items():
                reported[document["deliverable"], place, name] += count
    for cell in sorted(expected.keys() | reported.keys()):
        if expected[cell] != reported[cell]:
            deliverable, place, name = cell
            yield f"report of run {run}: {deliverable} {place} counts {reported[cell]} {name}, not {expected[cell]}"
