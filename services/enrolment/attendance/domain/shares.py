"""How much of a run somebody was there. Pure."""

from typing import NamedTuple


class Share(NamedTuple):
    """Minutes present of the minutes that were held. `times`: in how many sessions the person was present."""

    minutes_present: int
    minutes_held: int
    times: int = 0

    @property
    def attended(self) -> bool:
        return self.times > 0

    def reaches(self, percentage: int) -> bool:
        """Whether it is at least so many per cent of what was held. Of nothing held nothing is reached."""
        return self.minutes_held > 0 and self.minutes_present * 100 >= percentage * self.minutes_held
