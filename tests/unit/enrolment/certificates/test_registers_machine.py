"""Two writers on the same registers, each with what it has read a while ago: whoever loses begins anew, whoever is
killed is gone with all that was not stored, and the fiscal year changes between. No number is missing or given twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.enrolment.certificates.domain.certificates import Certificate
from services.enrolment.certificates.domain.registers import (
    Draft,
    Register,
    issue,
    put_in_place,
    register_of,
    revoke,
)
from shared.errors import Refused
from shared.events.certificates import CertificateFact, CertificateIssued, CertificateRevoked
from shared.events.envelope import Event
from tests.unit.enrolment.certificates.test_registers import draft, facts

ORGANISER = "PERS"
YEARS = [datetime(year, 9, 30, 16, tzinfo=UTC) for year in range(2020, 2028)]
PEOPLE = "abc"


class Lost(Exception):
    """Somebody else has written since it was read: the database refuses it, and nothing of it is stored."""


@dataclass
class Store:
    """What is committed. Events by register, in the order of their sequence."""

    registers: dict[str, Register] = field(default_factory=dict)
    certificates: dict[str, Certificate] = field(default_factory=dict)
    events: dict[str, list[CertificateFact]] = field(default_factory=dict)

    def register(self, id: str) -> Register:
        organiser, _, year = id.rpartition(":")
        return self.registers.get(id, Register(organiser, int(year)))

    def holder(self, person: str) -> Certificate | None:
        """The one that counts: whoever has had one in the run gets no other by the rule."""
        return next((one for one in self.certificates.values() if one.person == person and not one.replaced_by), None)

    def copy(self) -> "Store":
        return Store(
            dict(self.registers), dict(self.certificates), {id: list(made) for id, made in self.events.items()}
        )


class Transaction:
    """What it reads stays as it was when it began, with its own writes in it."""

    def __init__(self, store: Store) -> None:
        self.began, self.seen = store.copy(), store.copy()

    def write(self, after: Register, certificates: list[Certificate], made: list[Event]) -> None:
        self.seen.registers[after.id] = after
        self.seen.certificates |= {one.id: one for one in certificates}
        self.seen.events.setdefault(after.id, []).extend(facts(made))

    def commit(self, store: Store) -> Store:
        """As the guards of the storage have it: a register by its sequence, a certificate by its state, one of a
        person. Raises Lost."""
        for id, after in self.seen.registers.items():
            if after != self.began.register(id) and store.register(id).seq != self.began.register(id).seq:
                raise Lost
        for id, one in self.seen.certificates.items():
            before = self.began.certificates.get(id)
            if before != one and store.certificates.get(id) != before:
                raise Lost
            if before is None and one.replaces is None and store.holder(one.person) is not None:
                raise Lost
        changed = {id: one for id, one in self.seen.certificates.items() if self.began.certificates.get(id) != one}
        told = {id: made for id, made in self.seen.events.items() if made != self.began.events.get(id)}
        written = {id: self.seen.registers[id] for id in told}
        return Store(store.registers | written, store.certificates | changed, store.events | told)


Work = Callable[[Transaction], None]


class Registers(RuleBasedStateMachine):
    """`under_way`: by writer, what it does and the transaction in which it has done so."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self.year = 0
        self.made = 0
        self.under_way: dict[int, tuple[Work, Transaction]] = {}
        self.lost = 0

    @rule(writer=st.integers(0, 1), people=st.sets(st.sampled_from(PEOPLE), min_size=1))
    def issue_what_is_due(self, writer: int, people: set[str]) -> None:
        def work(at: Transaction) -> None:
            due = [person for person in sorted(people) if at.seen.holder(person) is None]
            self.give([self.draft_of(person) for person in due], at)

        self.begin(writer, work)

    @rule(writer=st.integers(0, 1), person=st.sampled_from(PEOPLE))
    def revoke_one(self, writer: int, person: str) -> None:
        def work(at: Transaction) -> None:
            if (found := at.seen.holder(person)) is not None:
                after, one, made = revoke(at.seen.register(found.register), found, "x", YEARS[self.year])
                at.write(after, [one], made)

        self.begin(writer, work)

    @rule(writer=st.integers(0, 1), person=st.sampled_from(PEOPLE))
    def reissue_one(self, writer: int, person: str) -> None:
        def work(at: Transaction) -> None:
            if (found := at.seen.holder(person)) is None:
                return
            by = replace(self.draft_of(person), replaces=found.id)
            after, one, made = put_in_place(at.seen.register(found.register), found, by, "x", YEARS[self.year])
            at.write(after, [one], made)
            self.give([by], at)  # in the register of now

        self.begin(writer, work)

    @rule(writer=st.integers(0, 1))
    def commit(self, writer: int) -> None:
        if (begun := self.under_way.pop(writer, None)) is None:
            return
        work, transaction = begun
        try:
            self.store = transaction.commit(self.store)
        except Lost:
            self.lost += 1
            self.begin(writer, work)

    @rule(writer=st.integers(0, 1))
    def kill(self, writer: int) -> None:
        self.under_way.pop(writer, None)

    @rule()
    def new_year(self) -> None:
        self.year = min(self.year + 1, len(YEARS) - 1)

    def begin(self, writer: int, work: Work) -> None:
        """Reads now; what comes of it is stored by `commit`, if nobody else was faster."""
        if writer in self.under_way:
            return
        transaction = Transaction(self.store)
        try:
            work(transaction)
        except Refused:
            return
        self.under_way[writer] = work, transaction

    def draft_of(self, person: str) -> Draft:
        self.made += 1
        return draft(f"c{self.made}", person=person)

    def give(self, drafts: list[Draft], at: Transaction) -> None:
        """As the service does: nothing is written for nobody."""
        if drafts:
            moment = YEARS[self.year]
            after, issued, made = issue(at.seen.register(register_of(ORGANISER, moment)), drafts, moment)
            at.write(after, issued, made)

    @invariant()
    def no_number_is_missing_and_none_is_given_twice(self) -> None:
        for id, register in self.store.registers.items():
            given = [one for one in self.store.certificates.values() if one.register == id]
            told = [one.serial for one in self.store.events[id] if isinstance(one, CertificateIssued)]
            assert sorted(one.serial for one in given) == told == list(range(1, register.last + 1))
            assert register.seq == len(self.store.events[id])
            gone = [one.serial for one in self.store.events[id] if isinstance(one, CertificateRevoked)]
            assert sorted(gone) == sorted(one.serial for one in given if not one.valid)

    @invariant()
    def nobody_has_two(self) -> None:
        for person in PEOPLE:
            of_person = [one for one in self.store.certificates.values() if one.person == person]
            assert sum(one.replaced_by is None for one in of_person) == bool(of_person)
            replaced = {one.replaced_by for one in of_person} - {None}
            assert replaced == {one.id for one in of_person if one.replaces}


Registers.TestCase.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
TestRegisters = Registers.TestCase


def test_whoever_loses_gives_the_numbers_behind() -> None:
    """What the machine comes upon, once without luck."""
    machine = Registers()
    machine.issue_what_is_due(0, {"a", "b"})
    machine.issue_what_is_due(1, {"b", "c"})
    machine.commit(1)
    machine.commit(0)
    assert (machine.lost, machine.store.register("PERS:2563").last) == (1, 2)
    machine.commit(0)
    machine.reissue_one(0, "a")
    machine.revoke_one(1, "c")
    machine.new_year()
    machine.commit(1)
    machine.commit(0)
    machine.commit(0)
    assert (machine.lost, machine.store.register("PERS:2563").last) == (2, 3)
    numbers = sorted(one.number for one in machine.store.certificates.values())
    assert numbers == ["PERS-2563-000001", "PERS-2563-000002", "PERS-2563-000003", "PERS-2564-000001"]
    machine.no_number_is_missing_and_none_is_given_twice()
    machine.nobody_has_two()


def test_of_two_who_replace_what_was_revoked_in_two_years_one_loses() -> None:
    """They write to two registers, so it is the certificate that tells."""
    machine = Registers()
    machine.issue_what_is_due(0, {"a"})
    machine.commit(0)
    machine.revoke_one(0, "a")
    machine.commit(0)
    machine.reissue_one(0, "a")
    machine.new_year()
    machine.reissue_one(1, "a")
    machine.commit(1)
    machine.commit(0)
    assert machine.lost == 1
    machine.commit(0)  # another one, in place of the one that was faster
    assert [one.number for one in machine.store.certificates.values() if one.valid] == ["PERS-2564-000002"]
    machine.nobody_has_two()
