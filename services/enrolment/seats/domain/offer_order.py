"""Who is offered a free seat of the pool: among those who are first on the waiting lists of offices, by the share that
their offices have had. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Final

from services.enrolment.catalogue import PoolOrder
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.offer_reasons import OfferReason, OfferWhy
from services.enrolment.seats.domain.released import Served
from services.enrolment.seats.domain.serving import Tally

MOST_READ: Final = 1_000
Chosen = tuple[Nomination, OfferReason]
_WHY = {PoolOrder.WAITING: OfferWhy.WAITED_LONGEST, PoolOrder.PRIMARY_FIRST: OfferWhy.PRIMARY_FIRST}


def by_waiting(order: PoolOrder, nominations: Sequence[Nomination]) -> list[Chosen]:
    """These are in order already: by the time that they have waited."""
    return [(one, OfferReason(_WHY[order])) for one in nominations]


def share_of_lists(lists: int, most: int) -> int:
    """How many of each list to read, of which `most` in all may be next: seldom all of one."""
    return max(1, min(most, MOST_READ // max(1, lists)))


def under_served_first(
    lists: Mapping[str, Sequence[Nomination]], read: int, served: Mapping[str, Served], most: int
) -> list[Chosen]:
    """No more than `most`. `lists`: the first of each waiting list, in order, no more than `read` of each. Where that
    many are chosen of one nobody knows who would be next: the rest waits for another look.

    An offer counts as if it were accepted; the seat comes over to the office. Where only one list waits its people are
    next whatever they have had, and nothing needs to be counted."""
    tally, places = Tally(served), dict.fromkeys(lists, 0)
    chosen: list[Chosen] = []
    alone = len(lists) == 1
    while len(chosen) < most:
        heads = {key: rows[places[key]] for key, rows in lists.items() if places[key] < len(rows)}
        if not heads or any(places[key] == read for key in lists):
            break
        key = min(heads, key=lambda key: _order(tally, heads[key]))
        one = heads[key]
        chosen.append((one, OfferReason(OfferWhy.UNDER_SERVED, None if alone else tally.of(one))))
        tally.count(one, seats=1)
        places[key] += 1
    return chosen


def _order(tally: Tally, one: Nomination) -> tuple[bool, Fraction, datetime | None, str]:
    """Nobody is asked again before all who were not. Where the shares are the same: who has waited the longest."""
    return one.let_go, tally.of(one).share, one.waits_since, one.id
