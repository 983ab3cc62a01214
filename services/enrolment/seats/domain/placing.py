"""The check of eligibility, and the bucket that follows from it. Pure.

It is one of the target group that a person belongs to or, where the programme lets others in, of the first that has
seats for the person's unit."""

from collections.abc import Callable, Sequence

from services.enrolment.catalogue import Checks, NotEligible, Policy, TargetGroup, misfit
from services.enrolment.directory import Assignment, root_unit
from services.enrolment.seats.domain.checks import NominationWarning, Warnings
from services.enrolment.seats.domain.model import Bucket
from services.enrolment.seats.domain.refusals import NoSeatsForUnit
from shared.events.seats import WarningCode

# That has seats for the person's unit; or, when the person is an outsider to the group, for anybody in the group.
BucketIn = Callable[[TargetGroup, bool], Bucket | None]


def admitted(target: TargetGroup, person: Assignment, checks: Checks) -> Warnings:
    """What is to be said of the person in this target group. Raises NotEligible."""
    refusal = misfit(target, person)
    return () if refusal is None else _let_in(refusal, checks)


def placed(
    targets: Sequence[TargetGroup], person: Assignment, checks: Checks, bucket_in: BucketIn
) -> tuple[Bucket, Warnings]:
    """The first bucket of a group that the person belongs to; of another one only if there is no such group. Raises
    NotEligible and NoSeatsForUnit."""
    misfits: list[tuple[TargetGroup, NotEligible]] = []
    for target in targets:
        if (refusal := misfit(target, person)) is not None:
            misfits.append((target, refusal))
        elif (bucket := bucket_in(target, False)) is not None:
            return bucket, ()
    if misfits and len(misfits) == len(targets):
        _let_in(misfits[0][1], checks)
        for target, refusal in misfits:
            if (bucket := bucket_in(target, True)) is not None:
                return bucket, _let_in(refusal, checks)
    raise NoSeatsForUnit(unit=root_unit(person.unit))


def _let_in(refusal: NotEligible, checks: Checks) -> Warnings:
    if checks.eligibility is Policy.REFUSE:
        raise refusal
    return (NominationWarning(WarningCode(refusal.code)),) if checks.eligibility is Policy.WARN else ()
