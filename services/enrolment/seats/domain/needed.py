"""What must be on the board before commands are decided: which buckets, and how many of those who wait. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from services.enrolment.directory import root_unit
from services.enrolment.seats.domain.commands import Command, Decide, Substitute
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.transitions import Action
from shared.events.seats import bucket_id
from shared.rights import POOLS, pool_of


def bucket_ids(run: str, targets: Iterable[str], unit: str, *, outsider: bool = False) -> list[str]:
    """Buckets that may hold a seat for this unit, nearest first: the unit's own, its office's, that of the
    pool: of all provincial offices, or the central one. An `outsider` to the group may take one of the other pool."""
    units = dict.fromkeys((unit, root_unit(unit), pool_of(unit), *(sorted(POOLS) if outsider else ())))
    return [bucket_id(run, target, where) for target in targets for where in units]


def waiters_needed(commands: Sequence[Command], nominations: Mapping[str, Nomination]) -> dict[str, int]:
    """By bucket, how many from the head of its waiting list must be on the board for these commands.

    A withdrawal takes at most one of them: the person who gets the seat that it frees, or the one who waits no longer;
    so does a swap. So the first n are enough for n of these, in whatever order they come and whoever they name. What
    the batch itself makes cannot be named in it: its id has been told to nobody.
    """
    taken = (c.nomination for c in commands if isinstance(c, Decide | Substitute) and _takes_one(c))
    return dict(Counter(nominations[one].bucket for one in taken if one in nominations))


def _takes_one(command: Decide | Substitute) -> bool:
    return command.swap if isinstance(command, Substitute) else command.action in (Action.WITHDRAW, Action.RELEASE)
