"""The result of the audit for each promise: counts, and the first counter-examples. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

EXAMPLES = 5


@dataclass(slots=True)
class Promise:
    """One promise. Counter-examples beyond the first few are only counted."""

    name: str
    text: str
    counts: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    violations: int = 0

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

    def take(self, other: "Promise") -> None:
        """Adds the result of another check of the same promise."""
        self.counts.update(other.counts)
        self.examples += other.examples[: EXAMPLES - len(self.examples)]
        self.violations += other.violations

    def line(self) -> str:
        """`P1 kept    never more ... (77 buckets, 342 events)`."""
        counted = ", ".join(f"{number:,} {what}" for what, number in self.counts.items()) or "nothing to check"
        word = "kept  " if self.kept else "BROKEN"
        suffix = "" if self.kept else f"; {self.violations:,} counter-examples"
        return f"{self.name} {word} {self.text} ({counted}{suffix})"


@dataclass(slots=True)
class Verdict:
    """The promises that an audit can check."""

    p1: Promise = field(default_factory=lambda: Promise("P1", "no bucket ever has more confirmed seats than seats"))
    p2: Promise = field(
        default_factory=lambda: Promise("P2", "what was accepted is stored and became events, in order")
    )
    p3: Promise = field(default_factory=lambda: Promise("P3", "nothing took effect twice"))
    p5: Promise = field(default_factory=lambda: Promise("P5", "reports and messages equal the fold of the events"))

    @property
    def promises(self) -> tuple[Promise, ...]:
        return self.p1, self.p2, self.p3, self.p5

    @property
    def kept(self) -> bool:
        return all(promise.kept for promise in self.promises)

    def take(self, other: "Verdict") -> None:
        for mine, theirs in zip(self.promises, other.promises, strict=True):
            mine.take(theirs)
