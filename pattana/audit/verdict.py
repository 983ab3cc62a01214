"""The result of the audit: checks with their counts, their first counter-examples, and what could not be checked. Pure.

CHECKS is the table of all checks, by promise: what is compared with what. Each of them has defects of its own in
tests/integration/operate/test_audit_plants.py that turn it, and it alone or with others, red.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

EXAMPLES = 5

PROMISES: Final[Mapping[str, str]] = {
    "P1": "no bucket ever has more confirmed seats than seats",
    "P2": "what was accepted is stored and became events, in order",
    "P3": "nothing took effect twice",
    "P7": "certificates are numbered without a gap, and no number is given twice",
    "P8": "who was erased is gone, and nobody is handed out another's data",
    "P5": "reports and messages equal the fold of the events",
}
CHECKS: Final[Mapping[str, tuple[str, str]]] = {
    "seats": ("P1", "every prefix of a bucket's events, and its document, against its seats"),
    "sums": ("P1", "the seats of a run against those of its buckets, and its capacity"),
    "releases": ("P1", "seats that were released: no fewer and no more in all, and each of them listed"),
    "outbox": ("P2", "rows against their own fields, and no sequence missing"),
    "marks": ("P2", "the place of every published row against the record there, and no place twice"),
    "order": ("P2", "records of an aggregate: in the partition of their key, each first met after the one before"),
    "commands": ("P2", "positions in recorded answers against the outbox"),
    "journal": ("P2", "positions in a client's journal against the outbox"),
    "documents": (
        "P2",
        "programmes, runs, units, people, contacts, plans, delegations and messages against their events, both ways",
    ),
    "buckets": ("P2", "buckets and nominations against their events, both ways"),
    "evaluations": ("P2", "who has answered forms against what is held, told in fives and more, and withheld"),
    "attendance": (
        "P2",
        "sheets and what people have against their events, both ways, and what devices uploaded",
    ),
    "groups": ("P2", "groups and ideas against their events, both ways; nobody in two groups of a run"),
    "follow-ups": ("P2", "deliverables of runs and their tasks against their events, both ways"),
    "moves": ("P2", "the office that live nominations say their people belong to against the directory"),
    "records": ("P3", "every record of the log against its outbox row, attributes and headers"),
    "answers": ("P3", "repeated requests in the journal against their first answer"),
    "live": ("P3", "one live nomination of a person in a run"),
    "asked": ("P3", "who is asked to answer forms: by the events of a run once and once more, as far as it is stored"),
    "positions": ("P3", "no consumer ahead of the outbox"),
    "messages": ("P3", "every message against its reason, its id and its attempts"),
    "mails": ("P3", "the mail sink against the ledger of attempts"),
    "certificates": ("P7", "certificates and their registers against their events, number by number, both ways"),
    "erased": (
        "P8",
        "people whom notification knows as erased against directory, nominations, contacts and the outbox",
    ),
    "exports": ("P8", "data of people that were handed out in the last 31 days: one's own, or by who may erase"),
    "reports": ("P5", "roll-ups against the fold at the consumer's positions, both ways"),
    "rows": ("P5", "nominations in the report against the fold, both ways"),
    "persons": ("P5", "the people whom coverage counts in each bucket against the fold"),
    "attended": ("P5", "attendance in the report against the fold, both ways"),
    "worked": ("P5", "groups and ideas in the report against the fold, both ways"),
    "certified": ("P5", "valid certificates in the report against the events of registers, both ways"),
    "followed-up": ("P5", "what is left to do in the report against the fold, both ways"),
    "planned": ("P5", "development plans in the report, by unit and state, against the plans"),
    "descriptions": ("P5", "programmes, runs and units in the report against their events, both ways"),
    "delegated": ("P5", "who decides for whom, as notification knows it, against its events, both ways"),
    "requests": ("P5", "the messages that events must lead to"),
    "applied": ("P5", "what was published against what every consumer has applied, holds and has parked"),
}


@dataclass(slots=True)
class Check:
    """One check. Counter-examples beyond the first few are only counted. `unchecked`: how much, by reason."""

    name: str
    text: str
    counts: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    violations: int = 0
    unchecked: Counter[str] = field(default_factory=Counter)

    @property
    def kept(self) -> bool:
        return not self.violations

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] += number

    def broken(self, example: str) -> None:
        self.violations += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)

    def all_broken(self, examples: Iterable[str]) -> None:
        for example in examples:
            self.broken(example)

    def could_not(self, why: str, number: int = 1) -> None:
        """So many things were not checked, for this reason."""
        if number:
            self.unchecked[why] += number

    def take(self, other: "Check") -> None:
        """Adds the result of another round of the same check."""
        self.counts.update(other.counts)
        self.examples += other.examples[: EXAMPLES - len(self.examples)]
        self.violations += other.violations
        self.unchecked.update(other.unchecked)

    def line(self) -> str:
        """`records  every record ... (342 records; 2 differences)`."""
        parts = [", ".join(f"{number:,} {what}" for what, number in self.counts.items()) or "nothing to check"]
        if self.violations:
            parts.append(f"{self.violations:,} differences")
        parts += [f"NOT CHECKED {number:,}: {why}" for why, number in self.unchecked.items()]
        return f"{self.name:<12} {self.text} ({'; '.join(parts)})"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise, with the checks that it consists of."""

    name: str
    text: str
    checks: tuple[Check, ...]

    @property
    def kept(self) -> bool:
        return all(check.kept for check in self.checks)

    @property
    def violations(self) -> int:
        return sum(check.violations for check in self.checks)

    @property
    def examples(self) -> list[str]:
        return [example for check in self.checks for example in check.examples]

    @property
    def counts(self) -> Counter[str]:
        return sum((check.counts for check in self.checks), Counter())

    @property
    def unchecked(self) -> int:
        return sum(check.unchecked.total() for check in self.checks)

    def line(self) -> str:
        """`P1 kept    no bucket ever ...`."""
        state = "kept   " if self.kept else "BROKEN "
        more = [] if self.kept else [f"{self.violations:,} differences"]
        more += [f"{self.unchecked:,} not checked"] if self.unchecked else []
        return f"{self.name} {state}{self.text}" + (f" ({', '.join(more)})" if more else "")


class Verdict:
    """All checks of one audit, by name."""

    def __init__(self) -> None:
        self._checks = {name: Check(name, text) for name, (_, text) in CHECKS.items()}
        self.consumers: dict[str, dict[str, int]] = {}

    def __getitem__(self, name: str) -> Check:
        return self._checks[name]

    def behind(self, consumer: str, events: int) -> None:
        """A consumer that has not applied so many events of those that were read."""
        counts = self.consumers.setdefault(consumer, {})
        counts["behind"] = counts.get("behind", 0) + max(0, events)

    def __iter__(self) -> Iterator[Check]:
        return iter(self._checks.values())

    def _promise(self, name: str) -> Promise:
        mine = (self._checks[check] for check, (promise, _) in CHECKS.items() if promise == name)
        return Promise(name, PROMISES[name], tuple(mine))

    @property
    def p1(self) -> Promise:
        return self._promise("P1")

    @property
    def p2(self) -> Promise:
        return self._promise("P2")

    @property
    def p3(self) -> Promise:
        return self._promise("P3")

    @property
    def p5(self) -> Promise:
        return self._promise("P5")

    @property
    def promises(self) -> tuple[Promise, ...]:
        return tuple(self._promise(name) for name in PROMISES)

    @property
    def kept(self) -> bool:
        """No difference was found; see also `complete`."""
        return all(check.kept for check in self._checks.values())

    @property
    def complete(self) -> bool:
        """Nothing was left unchecked."""
        return not any(check.unchecked for check in self._checks.values())

    @property
    def exit_code(self) -> int:
        """0: all checked and right; 1: differences; 2: no difference, but something could not be checked."""
        if not self.kept:
            return 1
        return 0 if self.complete else 2

    def take(self, other: "Verdict") -> None:
        for name, check in self._checks.items():
            check.take(other[name])
        for consumer, counts in other.consumers.items():
            for what, number in counts.items():
                mine = self.consumers.setdefault(consumer, {})
                mine[what] = mine.get(what, 0) + number
