"""Posts of offices and who is in them on which day, for drawn lives of seats: as the model has it, and as holdings.

Everybody is in the register as the head of a work group, so that all fit the target group, and nobody can be invited
for that post, which several have. Who is head of an office is recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from services.enrolment.directory import Held, root_unit
from services.enrolment.directory.domain.posts import Holding
from shared.events.directory import InPost

HEAD: Final = "PROV_HEAD"
GROUP_HEAD: Final = "GROUP_HEAD"
LONG_AGO: Final = date(2019, 10, 1)
Incumbent = tuple[str, InPost]
# Holders are of the office. Whoever acts may be of another one, and act in two; nobody is both in the same one.
CANDIDATES: Final = {
    ("PO-50", InPost.HOLDER): ("a0", "a1", None),
    ("PO-50", InPost.ACTING): ("head", "a2", None),
    ("PO-51", InPost.HOLDER): ("b0", "b1", None),
    ("PO-51", InPost.ACTING): ("head", "a0", None),
    ("PO-52", InPost.HOLDER): ("c0", "c1", None),
    ("PO-52", InPost.ACTING): ("b0", None, None),
}
FIRST: Final = [*((unit, InPost.HOLDER) for unit in ("PO-50", "PO-51", "PO-52")), ("PO-50", InPost.ACTING)]
HEADED: Final = sorted({unit for unit, _ in CANDIDATES})


@dataclass
class Posts:
    """Who is head of an office from which day on. None: nobody."""

    days: dict[tuple[str, InPost], dict[date, str | None]] = field(
        default_factory=lambda: {key: {LONG_AGO: CANDIDATES[key][0]} for key in FIRST}
    )

    def change(self, unit: str, in_post: InPost, first: date, person: str | None) -> None:
        """From that day on, whatever was said of it before."""
        before = {day: one for day, one in self.days.get((unit, in_post), {}).items() if day < first}
        self.days[unit, in_post] = {**before, first: person}

    def held(self, person: str, unit: str, day: date) -> Held | None:
        """As what this one is in the post."""
        for in_post in InPost:
            if self._in(unit, in_post, day) == person:
                return Held(unit, HEAD, in_post)
        return None

    def there(self, unit: str, day: date) -> Incumbent | None:
        """Whoever acts stands before the holder."""
        for in_post in (InPost.ACTING, InPost.HOLDER):
            if (person := self._in(unit, in_post, day)) is not None:
                return person, in_post
        return None

    def _in(self, unit: str, in_post: InPost, day: date) -> str | None:
        days = self.days.get((unit, in_post), {})
        return days[max(known)] if (known := [first for first in days if first <= day]) else None

    def holdings(self, unit: str) -> tuple[Holding, ...]:
        """The same as the directory records it."""
        return tuple(one for in_post in InPost for one in self._holdings(unit, in_post))

    def _holdings(self, unit: str, in_post: InPost) -> Iterator[Holding]:
        days = sorted(self.days.get((unit, in_post), {}).items())
        for at, (first, person) in enumerate(days):
            last = days[at + 1][0] - timedelta(days=1) if at + 1 < len(days) else None
            if person is not None:
                yield Holding(f"{unit}:{in_post}:{first}", unit, HEAD, person, in_post, first, last)


def drawn_posts(unit: str) -> list[tuple[str, str]]:
    """Of an office, which lives speak of."""
    return [(unit, HEAD), (f"{root_unit(unit)}.HR", GROUP_HEAD)]
