"""People as seats need them: by themselves, as those who are in a post, and nominated. Pure."""

from dataclasses import dataclass, replace
from functools import lru_cache

from services.enrolment.directory import Assignment, Held, bundled
from services.enrolment.seats.domain.checks import Warnings
from services.enrolment.seats.domain.model import Bucket, Nomination
from shared.events.directory import TrainingClass
from shared.events.seats import NominationState, Place, Rank


@dataclass(frozen=True, slots=True)
class Person:
    """What seats need to know about a person. `place` is copied into the nomination. `posts` are those of the run's
    target groups that the person is in on its day, each with its place; `ex_officio` is the one that speaks here."""

    id: str
    assignment: Assignment
    place: Place
    posts: tuple[tuple[Held, Place], ...] = ()
    ex_officio: Held | None = None

    def in_post(self, unit: str, post: str) -> "Person":
        """As that post is seen: of its unit and in its place, wherever somebody who acts belongs. The same person, who
        speaks for no post, if he or she is not in it."""
        for held, place in self.posts:
            if (held.unit, held.post) == (unit, post):
                assignment = replace(self.assignment, unit=held.unit, held=(held,))
                return replace(self, assignment=assignment, place=place, ex_officio=held)
        return self


@lru_cache(maxsize=100)
def class_of(level: str | None) -> TrainingClass | None:
    """As the Ministry of Finance sorts levels. None of one that is not known."""
    position = None if level is None else bundled().positions.get(level)
    return None if position is None else TrainingClass(position.training_class)


def nomination_of(
    id: str, bucket: Bucket, person: Person, rank: Rank, by: str, warnings: Warnings, pool: str | None = None
) -> Nomination:
    """As it is made, before anything is decided. `pool`: from which it may be offered a seat while it waits."""
    return Nomination(
        id,
        bucket.id,
        person.id,
        rank,
        person.place,
        NominationState.SUBMITTED,
        nominated_by=by,
        warnings=warnings,
        ex_officio=person.ex_officio,
        pool=pool,
        training_class=class_of(person.assignment.level),
    )
