"""What offices have had in the fiscal year, counted on with every seat that is given: the measure of "under-served
first", for seats that are released and for seats that are offered. Pure."""

from collections.abc import Mapping

from services.enrolment.directory import root_unit
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.released import Served


class Tally:
    """Begins with what was counted. The smaller the share of an office, the sooner its people are next."""

    def __init__(self, served: Mapping[str, Served]) -> None:
        self.served = dict(served)

    def of(self, nomination: Nomination) -> Served:
        """Its office; one without any seat in the year has had nothing."""
        return self.served.get(root_unit(nomination.place.unit), Served())

    def count(self, nomination: Nomination, *, seats: int) -> None:
        """It has a seat by now, and so many seats more are its office's."""
        before = self.of(nomination)
        self.served[root_unit(nomination.place.unit)] = Served(before.confirmed + 1, before.seats + seats)
