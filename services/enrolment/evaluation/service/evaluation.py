"""What other features may know of evaluation: who has answered. What was said is told to nobody here."""

from collections.abc import Collection

from services.enrolment.evaluation.storage import Respondents
from shared.events.evaluation import FormKind

AT_ONCE = 500


class Evaluation:
    """One per process."""

    def __init__(self, respondents: Respondents) -> None:
        self._respondents = respondents

    async def answered(self, run: str, form: FormKind, persons: Collection[str]) -> set[str]:
        """Those of these people who have answered the form; of TRANSFER, those about whom their superior has."""
        people, found = sorted(persons), set[str]()
        for start in range(0, len(people), AT_ONCE):
            found |= await self._respondents.among(run, form, people[start : start + AT_ONCE])
        return found
