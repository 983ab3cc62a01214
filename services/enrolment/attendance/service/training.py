"""What other features ask about how much people were trained in a fiscal year."""

from collections.abc import Collection

from services.enrolment.attendance.domain.training import Trained, TrainingTarget, TrainingTargets, trained
from services.enrolment.attendance.storage.presences import Presences

NOTHING = Trained()


class Training:
    """The face for who has to know it, with what is expected."""

    def __init__(self, presences: Presences, targets: TrainingTargets) -> None:
        self._presences = presences
        self._targets = targets

    def target(self, year: int) -> TrainingTarget:
        return self._targets.of(year)

    async def reached(self, people: Collection[str], year: int) -> frozenset[str]:
        """Those who have been trained as much as is expected of that fiscal year."""
        target, found = self.target(year), await self.of(people, year)
        return frozenset(person for person in people if target.reached(found[person]))

    async def of(self, people: Collection[str], year: int) -> dict[str, Trained]:
        """Of each of them; also of who was never there."""
        found = await self._presences.of(people)
        return {person: trained(found[person], year) if person in found else NOTHING for person in people}
