"""Nominations ex officio: a post is invited, and whoever is in it on the run's day is nominated. Pure.

Repeatable: a post for which somebody stands already, or whose nomination came to its end, gets no second one. When
somebody else has the post by now, that is told, and left to whoever substitutes.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.enrolment.catalogue import OfferedRun, TargetGroup, misfit
from services.enrolment.directory import Assignment, Held, Incumbents, SeveralRegistered, Unit, posts_of
from services.enrolment.seats.domain.ex_officio_refusals import (
    ExOfficioEnded,
    PredecessorNominated,
)
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.needed import bucket_ids
from services.enrolment.seats.domain.refusals import AlreadyNominated, TargetWithoutPosts, UnknownTarget
from shared.errors import Refused
from shared.events.seats import NominationState
from shared.rights import Scope

Post = tuple[str, str]  # unit and code


@dataclass(frozen=True, slots=True)
class Invited:
    """A post and who is in it: to be nominated, or not, and then `unless` says why. `standing` is the nomination that
    speaks against it."""

    held: Held
    person: str
    unless: Refused | None = None
    standing: Nomination | None = None


@dataclass(frozen=True, slots=True)
class Succession:
    """A live nomination whose person is not in the post any more, and who is there now (None: nobody)."""

    nomination: Nomination
    post: Held
    now: Incumbents


def target_with_posts(run: OfferedRun, key: str) -> TargetGroup:
    """Raises UnknownTarget and TargetWithoutPosts."""
    target = next((one for one in run.targets if one.key == key), None)
    if target is None:
        raise UnknownTarget(target=key)
    if not target.posts:
        raise TargetWithoutPosts(target=key)
    return target


def invited_posts(
    run: str, target: TargetGroup, units: Iterable[Unit], buckets: Container[str], scope: Scope, day: date
) -> list[Post]:
    """The posts of the target group in every unit that has seats there, by unit."""
    anybody = replace(target, levels=(), posts=(), positions=())
    return sorted(
        (unit.key, post)
        for unit in units
        if unit.in_force(day) and scope.covers_unit(unit.key) and misfit(anybody, Assignment(unit.key)) is None
        for post in posts_of(unit)
        if post in target.posts and any(id in buckets for id in bucket_ids(run, (target.key,), unit.key))
    )


def plan(
    asked: Sequence[Post], there: Mapping[Post, Incumbents], known: Mapping[Post, Sequence[Nomination]], run: str
) -> tuple[list[Invited], list[Post]]:
    """Whom to invite, and the posts that are vacant. `known` are the nominations ex officio of these posts so far."""
    invited, vacant = [], []
    for post in asked:
        now = there[post]
        if now.several:
            invited.append(Invited(Held(*post, now.in_post), "", SeveralRegistered(unit=post[0], post=post[1])))
        elif now.person is None:
            vacant.append(post)
        else:
            invited.append(_invited(Held(*post, now.in_post), now.person, known.get(post, ()), run))
    return invited, vacant


def _invited(held: Held, person: str, known: Sequence[Nomination], run: str) -> Invited:
    # Of several that live, as a merge of runs may leave them, that of whoever is in the post now.
    live = min((one for one in known if one.live), key=lambda one: one.person != person, default=None)
    ended = next((one for one in known if one.person == person), None)
    standing = live or ended
    if standing is None:
        return Invited(held, person)
    kind = PredecessorNominated if live is not None and live.person != person else AlreadyNominated
    refusal = kind if live is not None else ExOfficioEnded
    path = f"/api/enrolment/runs/{run}/nominations/{standing.id}"
    unless = refusal(nomination=standing.id, path=path, state=standing.state.value)
    return Invited(held, person, unless, standing)


def successions(live: Iterable[Nomination], there: Mapping[Post, Incumbents]) -> list[Succession]:
    """Those whose person is not in the post any more. Of an erased one nothing is left to be taken over: it
    is withdrawn unless its run has ended."""
    return [
        Succession(one, held, there[held.unit, held.post])
        for one in live
        if (held := one.ex_officio) is not None and not one.erased and there[held.unit, held.post].person != one.person
    ]


def to_take_over(found: Iterable[Succession], standing: Mapping[str, Nomination]) -> list[Succession]:
    """Without those whose successor is in the run already, as a merge of runs may leave them: nobody can take over
    who has a nomination, but by a swap who waits for this very seat. `standing`: live ones, by person."""

    def free(one: Succession) -> bool:
        own = standing.get(one.now.person or "")
        return own is None or (own.state is NominationState.WAITLISTED and own.bucket == one.nomination.bucket)

    return [one for one in found if free(one)]
