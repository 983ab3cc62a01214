"""Two devices without a network, their clocks apart; their uploads are cut, repeated and reordered. Against a model
that knows the true times: the first true time of each person counts, whatever the uploads did, and of whoever has given
the seat back the first before that."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.enrolment.attendance.domain.scans import (
    KeptScan,
    Outcome,
    Scan,
    first_of_each,
    put_right,
    scan_id,
    skew_of,
)
from services.enrolment.attendance.domain.sheet import Attendee, Sheet, apply
from services.enrolment.attendance.service.recording import Present, Working
from services.enrolment.attendance.service.uploads import Upload, entries_of, kept_of
from services.enrolment.seats import Holder
from shared.events.attendance import MarksFact, Via
from shared.events.seats import NominationState
from tests.unit.enrolment.attendance.people import CHIANG_MAI, MORNING, NINE
from tests.unit.enrolment.seats.builders import run

PEOPLE: Final = ("a", "b", "c")
DEVICES: Final = ("d1", "d2")
AFTER_ALL: Final = NINE + timedelta(days=3)
RUN: Final = run(id="r1", sessions=((MORNING.starts_at, MORNING.ends_at),))
HOLDERS: Final = {
    name: Holder(name, "r1", f"person-{name}", "PROV", "PO-50", CHIANG_MAI, NominationState.CONFIRMED)
    for name in PEOPLE
}


class TwoDevices(RuleBasedStateMachine):
    """`skews`: by how many seconds each clock is behind. The model is `uploaded`: the true moments, by person, with the
    id of the record, which tells two of one second apart."""

    @initialize(first=st.integers(-90_000, 90_000), second=st.integers(-90_000, 90_000))
    def clocks(self, first: int, second: int) -> None:
        self.skews = dict(zip(DEVICES, (first, second), strict=True))
        self.recorded: dict[str, list[tuple[Scan, datetime]]] = {device: [] for device in DEVICES}
        self.sheet = Sheet("r1", "p1", 2567)
        self.attendees: dict[str, Attendee] = {}
        self.kept: dict[str, KeptScan] = {}
        self.uploaded: dict[str, set[tuple[datetime, str]]] = {}
        self.told: dict[str, int] = {}
        self.holders = dict(HOLDERS)
        self.refused: set[str] = set()

    @rule(device=st.sampled_from(DEVICES), person=st.sampled_from(PEOPLE), minute=st.integers(-60, 170))
    def scan(self, device: str, person: str, minute: int) -> None:
        """Without a network: at its own time."""
        true, number = NINE + timedelta(minutes=minute), len(self.recorded[device])
        own = true - timedelta(seconds=self.skews[device])
        self.recorded[device].append((Scan(f"nonce-{number:04}", 1, own, person), true))

    @rule(device=st.sampled_from(DEVICES), data=st.data())
    def upload(self, device: str, data: st.DataObject) -> None:
        """Some of what it has, in any order, also what was uploaded before, also twice in one."""
        if not self.recorded[device]:
            return
        chosen = data.draw(st.lists(st.sampled_from(self.recorded[device]), min_size=1, max_size=6))
        before = (self.sheet, dict(self.attendees), dict(self.kept))
        self._take(device, [scan for scan, _ in chosen])
        for scan, true in chosen:
            person, id = scan.nomination or "", scan_id(device, scan.nonce)
            if id in before[2]:
                continue
            if self._seated(person, true):
                self.uploaded.setdefault(person, set()).add((true, id))
            else:
                self.refused.add(id)
        if all(scan_id(device, scan.nonce) in before[2] for scan, _ in chosen):
            assert (self.sheet, self.attendees, self.kept) == before

    @rule(person=st.sampled_from(PEOPLE), minute=st.integers(-60, 170))
    def withdraw(self, person: str, minute: int) -> None:
        """Not before what was uploaded of that person by now; what is uploaded later may be of any time."""
        if not self.holders[person].seated:
            return
        known = [true + timedelta(seconds=1) for true, _ in self.uploaded.get(person, ())]
        until = max([NINE + timedelta(minutes=minute), *known])
        self.holders[person] = replace(HOLDERS[person], state=NominationState.WITHDRAWN, seat_until=until)

    def _seated(self, person: str, true: datetime) -> bool:
        until = self.holders[person].seat_until
        return until is None or true < until

    def _take(self, device: str, scans: list[Scan]) -> None:
        clock = AFTER_ALL - timedelta(seconds=self.skews[device])
        upload = Upload(device, "r1", clock, AFTER_ALL, scans)
        assert upload.skew == skew_of(clock, AFTER_ALL) == self.skews[device]
        known = {one.nonce for one in self.kept.values() if one.device == device}
        fresh = first_of_each(scans, known)
        present = Present(RUN, self.sheet, self.holders, {}, self.attendees, AFTER_ALL)
        working = Working(present)
        entries = entries_of(upload, fresh, {}, 0)
        results = [working.take(entry) for entry in entries]
        self.kept |= {one.id: one for one in kept_of(upload, fresh, entries, results, 0)}
        outcome = apply(self.sheet, working.initial, working.sittings, working.changes())
        self.sheet, self.attendees = outcome.sheet, {**self.attendees, **outcome.attendees}
        for event in outcome.events:
            for mark in event.marks if isinstance(event, MarksFact) else ():
                assert mark.before_minutes == self.told.get(mark.nomination, 0)
                self.told[mark.nomination] = mark.minutes

    @invariant()
    def the_first_true_time_counts(self) -> None:
        for person, moments in getattr(self, "uploaded", {}).items():
            mark = self.attendees[person].marks[1]
            assert (mark.at, mark.source) == min(moments)
            assert mark.via is Via.DEVICE
            assert self.told[person] == mark.minutes

    @invariant()
    def everything_is_kept(self) -> None:
        kept = getattr(self, "kept", {})
        refused: set[str] = getattr(self, "refused", set())
        assert set(kept) == refused | {id for moments in getattr(self, "uploaded", {}).values() for _, id in moments}
        for one in kept.values():
            assert (one.outcome is Outcome.REFUSED) is (one.id in refused)
            assert one.code == ("seat-withdrawn" if one.id in refused else None)
            assert one.at == put_right(one.device_at, one.skew_seconds, 0)


TestTwoDevices = TwoDevices.TestCase
TestTwoDevices.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_of_two_devices_the_first_counts_and_the_other_is_evidence() -> None:
    machine = TwoDevices()
    machine.clocks(3_600, -120)
    machine.scan("d1", "a", 40)
    machine.scan("d2", "a", 10)
    machine._take("d1", [scan for scan, _ in machine.recorded["d1"]])
    machine._take("d2", [scan for scan, _ in machine.recorded["d2"]])
    machine._take("d1", [replace(machine.recorded["d1"][0][0], nonce="nonce-late")])
    outcomes = {one.id: one.outcome for one in machine.kept.values()}
    assert outcomes == {
        "d1:nonce-0000": Outcome.COUNTED,
        "d2:nonce-0000": Outcome.COUNTED,
        "d1:nonce-late": Outcome.KEPT,
    }
    assert machine.attendees["a"].marks[1].source == "d2:nonce-0000"
