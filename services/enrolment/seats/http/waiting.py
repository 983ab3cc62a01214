"""Makes what waiting needs: the loops that end what nobody decides and offer what is free, and the routes."""

from fastapi import APIRouter

from services.enrolment.dependencies import Dependencies
from services.enrolment.seats.http.offer_links import router as link_routes
from services.enrolment.seats.http.offers import router as offer_routes
from services.enrolment.seats.service.batch import OfferedRuns
from services.enrolment.seats.service.deadlines import Deadlines
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.service.offer_links import Headings, OfferLinkService
from services.enrolment.seats.service.offers import Offers
from services.enrolment.seats.service.serving import OfficesServed, RunsOfYear
from services.enrolment.seats.service.standings import Standings
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.deadlines import DeadlineStore
from services.enrolment.seats.storage.offers import OfferStore
from services.enrolment.seats.storage.releases import ReleaseStore
from services.enrolment.seats.storage.taken import SeatsTaken
from shared.fresh_keys import parse_key_ring
from shared.offer_links import OfferLinks
from shared.public import Public


def waiting_routes(
    given: Dependencies, runs: OfferedRuns, headings: Headings, commands: SeatService, years: RunsOfYear
) -> list[APIRouter]:
    """`runs`, `headings` and `years` are the catalogue's."""
    settings, runtime, store = given.settings, given.runtime, given.store
    seats, offers, links = Seats(store), OfferStore(store), OfferLinks(parse_key_ring(settings.position_keys))
    Deadlines(given.units_of_work, DeadlineStore(store), seats, runs).attach(runtime)
    served = OfficesServed(ReleaseStore(store), SeatsTaken(store), years)
    Offers(given.units_of_work, offers, seats, runs, served).attach(runtime)
    public = Public(settings.check_per_second, settings.check_burst)
    opened = OfferLinkService(seats, runs, headings, commands, links, runtime.clock)
    return [offer_routes(commands, Standings(seats, offers, runs, runtime.clock)), link_routes(opened, public)]
