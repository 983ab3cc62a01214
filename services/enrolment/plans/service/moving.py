"""What happens here when a person has moved: all plans of this person lie where the person belongs."""

from collections.abc import Collection

from services.enrolment.directory import place_on
from services.enrolment.plans.service.sources import Units
from services.enrolment.plans.storage import PlanStore
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.thai import local_date


class MovedPlans:
    """What an import of people needs of this feature."""

    def __init__(self, store: PlanStore, units: Units) -> None:
        self._store = store
        self._units = units

    async def hopeful(self, people: Collection[str]) -> set[str]:
        """Those of these people who have plans."""
        return await self._store.with_plans(people)

    async def follow(self, person: str, unit: str, after: str, session: Session, recorder: EventRecorder) -> str | None:
        """So few that they are one page. What was published stays: a plan was agreed where its person belonged then."""
        place = place_on(await self._units.units(), unit, local_date(recorder.now))
        await self._store.move(person, place, session)
        return None
