"""Checks the groups and ideas of runs: every event against those before it, what is stored, and what consumers made
of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pattana.audit.documents import ENROLMENT, REPORTING
from pattana.audit.folding import Moments, check_messages, fold_events, unmoved
from pattana.audit.history import Kind
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.pages import pages
from pattana.audit.projection import Mailbox, Reports
from pattana.audit.unnamed import audited
from pattana.audit.verdict import Verdict
from services.notification.reacting import CONSUMER
from shared.events import workshops as events
from shared.events.workshops import GroupMember, PlacedBy, WorkshopFact, workshop_aggregate
from shared.mongo import Database, Document, majority

# From what an idea may come to each of these.
BEFORE: Final[Mapping[type[events.IdeaFact], frozenset[str]]] = {
    events.IdeaSubmitted: frozenset({"DRAFT"}),
    events.IdeaReopened: frozenset({"SUBMITTED"}),
    events.IdeaWithdrawn: frozenset({"SUBMITTED"}),
    events.IdeaAwarded: frozenset({"SUBMITTED"}),
    events.IdeaAdopted: frozenset({"SUBMITTED", "AWARDED", "ADOPTED"}),
    events.IdeaMeasured: frozenset({"ADOPTED"}),
}
AFTER: Final[Mapping[type[events.IdeaFact], str]] = {
    events.IdeaSubmitted: "SUBMITTED",
    events.IdeaReopened: "DRAFT",
    events.IdeaWithdrawn: "WITHDRAWN",
    events.IdeaAwarded: "AWARDED",
    events.IdeaAdopted: "ADOPTED",
    events.IdeaMeasured: "ADOPTED",
}


@dataclass(slots=True)
class WorkshopFold:
    """Pure. The groups and ideas of a run up to the event `seq`, from its events alone. `earlier`: who was where before
    groups were made anew."""

    seq: int = 0
    sizes: tuple[int, ...] = ()
    locked: bool = False
    groups: dict[str, int] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    earlier: dict[str, int] = field(default_factory=dict)
    ideas: dict[str, str] = field(default_factory=dict)
    awards: int = 0
    adoptions: int = 0
    closed: bool = False
    problems: list[str] = field(default_factory=list)

    def copy(self) -> "WorkshopFold":
        copied = (dict(self.groups), dict(self.people), dict(self.earlier), dict(self.ideas))
        return WorkshopFold(self.seq, self.sizes, self.locked, *copied, self.awards, self.adoptions, self.closed)

    def apply(self, seq: int, event: WorkshopFact) -> None:
        self.seq, what = seq, f"event {event.aggregate}:{seq}"
        if isinstance(event, events.GroupsFact):
            self._grouped(event, what)
        elif isinstance(event, events.IdeaFact):
            self._idea(event, what)
        elif isinstance(event, events.ScoringClosed):
            self._scored(event, what)

    def counts(self) -> dict[str, Any]:
        """As reports have them."""
        submitted = sum(state in ("SUBMITTED", "AWARDED", "ADOPTED") for state in self.ideas.values())
        found = {"sizes": self.sizes, "ideas": submitted, "with_indicator": submitted}
        return {**found, "awards": self.awards, "adoptions": self.adoptions}

    def _grouped(self, event: events.GroupsFact, what: str) -> None:
        if isinstance(event, events.GroupsMade):
            self.earlier, self.groups, self.people = self.groups, {}, {}
        if isinstance(event, events.GroupMembersPlaced):
            for member in event.members:
                self._placed(member, self.earlier if event.by == PlacedBy.RULE else self.groups, what)
            if event.last and max(event.sizes) - min(event.sizes) > 1:
                self.problems.append(f"{what} ends a deal with sizes of {min(event.sizes)} to {max(event.sizes)}")
        for member in event.members if isinstance(event, events.GroupMembersLeft) else ():
            self._left(member, what)
        if isinstance(event, events.GroupsLocked | events.GroupsUnlocked):
            self.locked = isinstance(event, events.GroupsLocked)
        counted = Counter(self.groups.values())
        self.sizes = event.sizes
        if event.sizes != tuple(counted[number] for number in range(1, len(event.sizes) + 1)):
            self.problems.append(f"{what} says that groups have {event.sizes}, its events say {dict(counted)}")

    def _placed(self, member: GroupMember, before: Mapping[str, int], what: str) -> None:
        if before.get(member.nomination) != member.before:
            self.problems.append(f"{what} does not say of {member.nomination} in which group it was")
        if self.people.setdefault(member.person, member.nomination) != member.nomination:
            self.problems.append(f"{what} puts person {member.person} into a second group")
        self.groups[member.nomination] = member.group

    def _left(self, member: GroupMember, what: str) -> None:
        if self.groups.pop(member.nomination, None) != member.group:
            self.problems.append(f"{what}: {member.nomination} leaves group {member.group} and was not in it")
        self.people.pop(member.person, None)

    def _idea(self, event: events.IdeaFact, what: str) -> None:
        before, kind = self.ideas.get(event.idea, "DRAFT"), type(event)
        if before not in BEFORE[kind]:
            self.problems.append(f"{what}: {kind.__name__} of an idea that is {before}")
        if isinstance(event, events.IdeaAwarded):
            members = {one.nomination for one in event.members}
            if members != {key for key, group in self.groups.items() if group == event.group}:
                self.problems.append(f"{what} does not name the people of group {event.group}")
        self.ideas[event.idea] = AFTER[kind]
        self.awards += isinstance(event, events.IdeaAwarded)
        self.adoptions += isinstance(event, events.IdeaAdopted)

    def _scored(self, event: events.ScoringClosed, what: str) -> None:
        ranks = [one.rank for one in event.results]
        if self.closed or any(one.rank != 1 + sum(rank < one.rank for rank in ranks) for one in event.results):
            self.problems.append(f"{what} closes scoring again, or leaves a rank out")
        if any(one.tied is not (ranks.count(one.rank) > 1) for one in event.results):
            self.problems.append(f"{what} does not show who is tied")
        self.closed = True


async def check_workshops(
    databases: Mapping[str, Database], outboxes: Outboxes, verdict: Verdict, advance: Advance, *, new_only: bool
) -> None:
    """All runs with groups, or those that have new events."""
    enrolment, there = databases[ENROLMENT], set[str]()
    mailbox = Mailbox(databases)
    for known in outboxes.ledger.pages(ENROLMENT, Kind.WORKSHOP, changed=new_only):
        reports = await Reports.answering(databases[REPORTING])
        for one in known:
            run = one.aggregate.removeprefix(workshop_aggregate(""))
            there.add(run)
            await _RunWorkshop(run, enrolment, reports, mailbox, outboxes, verdict).check(one.last, advance)
    if not new_only:
        async for page in pages(majority(enrolment["workshops"]), {"seq": True}):
            for row in page:
                if row["seq"] and row["_id"] not in there:
                    verdict["groups"].broken(f"workshop of run {row['_id']} has a document and no events")


@dataclass(frozen=True, slots=True)
class _RunWorkshop:
    run: str
    enrolment: Database
    reports: Reports
    mailbox: Mailbox
    outboxes: Outboxes
    verdict: Verdict

    async def check(self, least: int, advance: Advance) -> None:
        """Consumers first, then what is stored, then the events that both must have come from."""
        subject = workshop_aggregate(self.run)
        reported, document = await self.reports.workshop(subject, self.run)
        notified = (await self.mailbox.last_of([subject])).get(subject, 0)
        stored = await unmoved(majority(self.enrolment["workshops"]), self.run, "turn", self._members_and_ideas)
        check = self.verdict["groups"]
        if stored is None:
            check.broken(f"workshop of run {self.run} has events and no document")
            return
        workshop, (members, ideas) = stored
        moments = Moments(max(workshop["seq"], least), workshop["seq"], reported, notified)
        folded = await fold_events(WorkshopFold, WorkshopFact, subject, self.outboxes, moments, advance)
        await check_messages(self.mailbox, folded.messages, self.verdict)
        for consumer, at in ((self.reports.consumer, reported), (CONSUMER, notified)):
            self.verdict.behind(consumer, least - at)
        check.count("runs")
        check.count("people", len(members))
        check.count("ideas", len(ideas))
        check.all_broken(folded.problems)
        check.all_broken(stored_differences(folded.stored, workshop, members, ideas, least))
        if await self.reports.discarded(subject):
            self.verdict["worked"].could_not("runs of which something was discarded")
        else:
            self.verdict["worked"].count("runs")
            self.verdict["worked"].all_broken(report_differences(self.run, folded.reported, document))

    async def _members_and_ideas(self) -> tuple[list[Document], list[Document]]:
        members = await majority(self.enrolment["group_members"]).find({"run": self.run}).to_list(None)
        ideas, fields = await audited(self.enrolment, "ideas")
        return members, await majority(ideas).find({"run": self.run}, fields).to_list(None)


def stored_differences(
    fold: WorkshopFold,
    workshop: Mapping[str, Any],
    members: Sequence[Mapping[str, Any]],
    ideas: Sequence[Mapping[str, Any]],
    least: int,
) -> Iterator[str]:
    """Pure. What is stored of a run against its events, of which its outbox had `least`."""
    what = f"workshop of run {workshop['_id']}"
    if workshop["seq"] < least or fold.seq != workshop["seq"]:
        yield f"{what} stands at event {workshop['seq']}, its outbox reaches to {max(least, fold.seq)}"
        return
    if (tuple(workshop["sizes"]), workshop["locked"]) != (fold.sizes, fold.locked):
        yield f"{what} has groups of {workshop['sizes']}, its events say {fold.sizes}"
    stored = {row["_id"]: row["group"] for row in members}
    for key in sorted(stored.keys() | fold.groups.keys()):
        if stored.get(key) != fold.groups.get(key):
            yield f"{what}: {key} is in group {stored.get(key)}, its events say {fold.groups.get(key)}"
    states = {row["_id"]: row["state"] for row in ideas}
    for key in sorted(states.keys() | fold.ideas.keys()):
        told, known = fold.ideas.get(key, "DRAFT"), states.get(key)
        if known != told and not (known == "WITHDRAWN" and told == "DRAFT"):  # of drafts nothing is told
            yield f"{what}: idea {key} is {known}, its events say {told}"


def report_differences(run: str, fold: WorkshopFold, document: Mapping[str, Any] | None) -> Iterator[str]:
    """Pure. `fold` is the run up to the report's position."""
    expected = fold.counts()
    if document is None:
        if fold.seq:
            yield f"report of run {run} has no groups and ideas, its events have {expected}"
    else:
        reported = {name: document[name] for name in expected} | {"sizes": tuple(document["sizes"])}
        if reported != expected:
            yield f"report of run {run}: groups and ideas are {reported}, not {expected}"
