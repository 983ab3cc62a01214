"""Who may import now: each caller once at a time, and so many in all. A file, and what is read of it, fill memory."""

from services.enrolment.directory.domain.refusals import ImportRunning, ImportsBusy
from shared import turns


class Turns(turns.Turns):
    """One per process. Raises ImportRunning and ImportsBusy."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit, running=ImportRunning, busy=ImportsBusy)
