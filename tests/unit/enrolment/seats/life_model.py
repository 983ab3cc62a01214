"""A simple model of the seats of runs: per bucket who has a seat, who is asked, who waits in which order, who is not
decided on. It knows no documents, events, pages or versions. For drawn lives of seats."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from services.enrolment.catalogue import NotTaken, PoolOrder, ReleaseRule, WaitingLists
from tests.unit.enrolment.seats.life_desks import Card, Desk, ModelRun

POOL = "PO"


@dataclass
class Model:
    """`steps` of the route, `lists` and `rule` are the programme's."""

    steps: int
    lists: WaitingLists
    rule: ReleaseRule
    runs: dict[str, ModelRun] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    out: dict[str, str] = field(default_factory=dict)
    count: int = 0

    # ---- where things are

    def where(self, id: str) -> tuple[str, str]:
        """Run and unit of a nomination that lives."""
        return next((key, unit) for key, unit, desk in self._desks() if id in self._ids(desk))

    def state(self, id: str) -> str:
        if id in self.out:
            return self.out[id]
        run, unit = self.where(id)
        desk = self.runs[run].desks[unit]
        if id in desk.lying:
            return "SUBMITTED"
        if id in desk.line:
            return "WAITLISTED"
        return "CONFIRMED" if id in desk.seated else "OFFERED"

    def live(self, run: str, person: str) -> str | None:
        desks = self.runs[run].desks.values()
        return next((id for desk in desks for id in self._ids(desk) if self.cards[id].person == person), None)

    def _desks(self) -> Iterator[tuple[str, str, Desk]]:
        return ((key, unit, desk) for key, run in self.runs.items() for unit, desk in run.desks.items())

    @staticmethod
    def _ids(desk: Desk) -> list[str]:
        return [*desk.seated, *desk.asked, *desk.line, *desk.lying]

    def desk_for(self, run: str, unit: str) -> tuple[str, Desk] | None:
        """The own, or that of the pool."""
        desks = self.runs[run].desks
        return next(((key, desks[key]) for key in (unit, POOL) if key in desks), None)

    def beside(self, id: str) -> list[str]:
        """The people who wait for a seat of the same bucket."""
        if id in self.out:
            return []
        run, unit = self.where(id)
        return [self.cards[one].person for one in self.runs[run].desks[unit].line]

    # ---- what happens to nominations

    def enter(self, run: str, id: str, card: Card, *, steps: int | None = None) -> str:
        found = self.desk_for(run, card.unit)
        assert found is not None
        self.cards[id] = card
        if (self.steps if steps is None else steps) > card.step:
            found[1].lying.append(id)
            return "SUBMITTED"
        return self._seat_or_wait(found[1], id)

    def approve(self, id: str, steps: int) -> str:
        run, unit = self.where(id)
        card, desk = self.cards[id], self.runs[run].desks[unit]
        card.step += 1
        if card.step < steps:
            return "SUBMITTED"
        desk.lying.remove(id)
        return self._seat_or_wait(desk, id)

    def expire(self, id: str, steps: int, *, escalates: bool) -> str:
        card = self.cards[id]
        if escalates and card.step + 1 < steps:
            card.step += 1
            return "SUBMITTED"
        return self.end(id, "EXPIRED", moves_up=False)

    def end(self, id: str, state: str, *, moves_up: bool) -> str:
        """It leaves; its seat goes to the first who waits there, or back to the pool if it is one of the pool's."""
        run, unit = self.where(id)
        desk = self.runs[run].desks[unit]
        self.out[id] = state
        if id in desk.lying:
            desk.lying.remove(id)
        elif id in desk.line:
            desk.line.remove(id)
        elif id in desk.asked:
            desk.asked.remove(id)
            desk.back += 1
        else:
            of_pool = desk.lent > len(desk.asked) + desk.back and not desk.line
            desk.seated.remove(id)
            if of_pool:
                desk.back += 1
            elif desk.line and moves_up:
                desk.seated.add(desk.line.pop(0))
        return state

    def replace(self, id: str, new: str, card: Card) -> str:
        run, unit = self.where(id)
        desk = self.runs[run].desks[unit]
        desk.seated.remove(id)
        desk.seated.add(new)
        self.out[id], self.cards[new] = "WITHDRAWN", card
        return "CONFIRMED"

    def seat(self, run: str, id: str, card: Card) -> str:
        found = self.desk_for(run, card.unit)
        assert found is not None
        self.cards[id] = card
        found[1].seated.add(id)
        return "CONFIRMED"

    def _seat_or_wait(self, desk: Desk, id: str) -> str:
        if desk.free > 0 and not self.cards[id].reserve and not desk.owed:
            desk.seated.add(id)
            return "CONFIRMED"
        return self.wait(desk, id)

    def wait(self, desk: Desk, id: str) -> str:
        self.count += 1
        self.cards[id].since = self.count
        desk.line.append(id)
        return "WAITLISTED"

    # ---- offers

    def next_offered(self, run: str, most: int) -> list[str]:
        """Who has waited longest where nobody could have a seat of the own; reserves last, or the first of the office
        that has had least, by the programme's order."""
        desks = self.runs[run].desks
        full = [desk for unit, desk in desks.items() if unit != POOL and not desk.free and desk.due is None]
        if self.lists.order is PoolOrder.UNDER_SERVED_FIRST:
            return self._least_served([[*desk.line] for desk in full], min(most, desks[POOL].free))
        last = self.lists.order is PoolOrder.PRIMARY_FIRST
        waiting = [id for desk in full for id in desk.line]
        waiting.sort(key=lambda id: (last and self.cards[id].reserve, self.cards[id].since))
        return waiting[: min(most, desks[POOL].free)]

    def _had(self, *, asked: bool) -> tuple[Counter[str], Counter[str]]:
        """Of each office, in all runs that take place: people with a seat, and seats."""
        people: Counter[str] = Counter()
        seats: Counter[str] = Counter()
        for key, unit, desk in self._desks():
            if self.runs[key].state != "CANCELLED":
                seats[unit] += desk.seats + desk.gave
                people.update(self.cards[id].unit for id in (*desk.seated, *(desk.asked if asked else ())))
        return people, seats

    def _least_served(self, lines: list[list[str]], most: int) -> list[str]:
        had, seats = self._had(asked=True)
        chosen: list[str] = []
        while len(chosen) < most and any(lines):

            def order(line: list[str]) -> tuple[bool, Fraction, int]:
                card = self.cards[line[0]]
                more = sum(self.cards[id].unit == card.unit for id in chosen)
                share = Fraction(had[card.unit] + more, seats[card.unit] + more or 1)
                return card.let_go, share, card.since

            chosen.append(min((line for line in lines if line), key=order).pop(0))
        return chosen

    def offer(self, run: str, id: str) -> None:
        _, unit = self.where(id)
        desk, pool = self.runs[run].desks[unit], self.runs[run].desks[POOL]
        pool.seats, pool.lent = pool.seats - 1, pool.lent - 1
        desk.seats, desk.lent = desk.seats + 1, desk.lent + 1
        desk.line.remove(id)
        desk.asked.add(id)

    def accept(self, id: str) -> str:
        run, unit = self.where(id)
        self.runs[run].desks[unit].asked.remove(id)
        self.runs[run].desks[unit].seated.add(id)
        return "CONFIRMED"

    def let_go(self, id: str, then: NotTaken) -> str:
        run, unit = self.where(id)
        desk = self.runs[run].desks[unit]
        if then is NotTaken.WITHDRAWN:
            return self.end(id, "WITHDRAWN", moves_up=False)
        desk.asked.remove(id)
        desk.back += 1
        self.cards[id].let_go = True
        return self.wait(desk, id)

    def take_back(self, run: str, unit: str, *, moves_up: bool) -> None:
        desk, pool = self.runs[run].desks[unit], self.runs[run].desks[POOL]
        seats, desk.back = desk.back, 0
        desk.seats, desk.lent = desk.seats - seats, desk.lent - seats
        pool.seats, pool.lent = pool.seats + seats, pool.lent + seats
        for _ in range(seats if moves_up else 0):
            if pool.line:
                pool.seated.add(pool.line.pop(0))

    # ---- seats

    def resize(self, desk: Desk, seats: int, most: int, *, moves_up: bool) -> None:
        """Towards that many; who waits has the new ones, as many at a time."""
        if seats >= desk.seats and moves_up:
            waits = min(seats - desk.seats, len(desk.line))
            now = min(waits, most)
            for _ in range(now):
                desk.seated.add(desk.line.pop(0))
            desk.seats, desk.due = (desk.seats + now, seats) if now < waits else (seats, None)
        else:
            desk.seats, desk.due = seats, None
        desk.due = seats if desk.owed else desk.due

    def begin_page(self, run: str) -> None:
        the = self.runs[run]
        the.page = sorted(unit for unit, one in the.desks.items() if unit != POOL and unit > the.after and one.free)
        if the.served is None:
            seated, seats = self._had(asked=False)
            the.served = {unit: (seated[unit], seats[unit]) for unit in {*seats, *seated}}

    def release(self, run: str) -> tuple[str, str, str | None] | None:
        """The next seat of this page: (whose it was, whose it is, who has it now); None when all is done."""
        the = self.runs[run]
        pool = the.desks[POOL]
        if pool.free and (who := self._winner(the)) is not None:
            return self._give(the, POOL, who)
        for unit in (key for key in the.page if key > the.after):
            source = the.desks[unit]
            if not source.free:
                the.after = unit
                continue
            if source.line:
                source.seated.add(id := source.line.pop(0))
                self._count(the, id, seats=0)
                return unit, unit, id
            winner = self._winner(the)
            source.seats, source.gave, pool.seats = source.seats - 1, source.gave + 1, pool.seats + 1
            return (unit, POOL, None) if winner is None else self._give(the, unit, winner)
        the.released = True
        return None

    def _winner(self, the: ModelRun) -> str | None:
        """The unit of the best of those who are first on their lists."""
        rivals = [
            unit
            for unit, desk in the.desks.items()
            if desk.line and not (unit in the.page and desk.free)
            if self.rule is not ReleaseRule.BY_HAND or unit == POOL
        ]
        return min(rivals, key=lambda unit: self._order(the, the.desks[unit].line[0]), default=None)

    def _order(self, the: ModelRun, id: str) -> tuple[Fraction, str]:
        confirmed, seats = (the.served or {}).get(self.cards[id].unit, (0, 0))
        share = Fraction(confirmed, seats or 1)
        return (share if self.rule is ReleaseRule.UNDER_SERVED_FIRST else Fraction(0)), id

    def _give(self, the: ModelRun, source: str, unit: str) -> tuple[str, str, str | None]:
        pool, desk = the.desks[POOL], the.desks[unit]
        pool.seats -= 1
        desk.seats += 1
        id = desk.line.pop(0)
        desk.seated.add(id)
        self._count(the, id, seats=int(unit != POOL))
        return source, unit, id

    def _count(self, the: ModelRun, id: str, *, seats: int) -> None:
        if self.rule is ReleaseRule.UNDER_SERVED_FIRST and the.served is not None:
            confirmed, had = the.served.get(self.cards[id].unit, (0, 0))
            the.served[self.cards[id].unit] = (confirmed + 1, had + seats)

    def owe(self, run: str) -> None:
        """Who waits beside seats that are free is to have them first."""
        for desk in self.runs[run].desks.values():
            if desk.free and desk.line:
                desk.due, desk.owed = desk.seats if desk.due is None else desk.due, True

    def catch_up(self, desk: Desk, most: int, *, moves_up: bool) -> None:
        primaries = [id for id in desk.line if not self.cards[id].reserve][: min(most, desk.free) if moves_up else 0]
        for id in primaries:
            desk.line.remove(id)
            desk.seated.add(id)
        if len(primaries) < most or not desk.free:
            desk.due, desk.owed = None, False

    # ---- two runs

    def settle(self, run: str) -> None:
        """What was lent is of whoever has it."""
        for desk in self.runs[run].desks.values():
            desk.lent = 0

    def carry(self, id: str, to: str) -> None:
        """With its seat, or to the end of the list there."""
        run, unit = self.where(id)
        desk = self.runs[run].desks[unit]
        there = self.runs[to].desks.setdefault(unit, Desk(0))
        if id in desk.seated:
            desk.seated.remove(id)
            there.seated.add(id)
            desk.seats, there.seats = desk.seats - 1, there.seats + 1
        elif id in desk.line:
            desk.line.remove(id)
            self.wait(there, id)
        else:
            desk.lying.remove(id)
            there.lying.append(id)
        self.cards[id].run = to

    def carry_free(self, run: str, to: str, unit: str, seats: int, *, moves_up: bool) -> None:
        there = self.runs[to].desks.setdefault(unit, Desk(0))
        self.runs[run].desks[unit].seats -= seats
        self.resize(there, there.seats + seats, seats, moves_up=moves_up)
