"""The objects of this feature and who knows whom: a part of the composition root, which gets too long for one page.
What is of the features behind this one comes from there."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from services.enrolment.dependencies import Dependencies
from services.enrolment.directory.http.routes import router
from services.enrolment.directory.service.directory import DirectoryService
from services.enrolment.directory.service.erasures import Erasures, Seats, Texts
from services.enrolment.directory.service.filling import Fillings
from services.enrolment.directory.service.followers import Followers
from services.enrolment.directory.service.moves import Moves
from services.enrolment.directory.service.moves import Seats as MovedSeats
from services.enrolment.directory.service.paced import GiveWay
from services.enrolment.directory.service.people_import import PeopleImport
from services.enrolment.directory.service.posts import PostService
from services.enrolment.directory.service.posts_import import PostsImport
from services.enrolment.directory.service.resealing import Resealing
from services.enrolment.directory.service.turns import Turns
from services.enrolment.directory.service.written import Written
from services.enrolment.directory.storage import COLLECTIONS as DIRECTORY
from services.enrolment.directory.storage import People, Posts, Units
from services.enrolment.directory.storage.moving import MovedPeople
from shared.citizens import CitizenKeys
from shared.sealing import KeyRing
from shared.sheets.process import SheetParser

__all__ = ["DIRECTORY", "Behind", "directory"]


@dataclass(frozen=True)
class Behind:
    """What the features behind this one hold of people. `texts` and `followers` in an order that stays: pages of what
    is being erased or moved say by its number which one they are of. `give_way`: an import waits while seats wait."""

    texts: Sequence[Texts]
    seats: Seats
    followers: Sequence[MovedSeats]
    give_way: GiveWay


def directory(given: Dependencies, units: Units, people: People, behind: Behind) -> APIRouter:
    settings, units_of_work, runtime = given.settings, given.units_of_work, given.runtime
    ring, citizen_keys = KeyRing.parse(settings.contact_keys), CitizenKeys.parse(settings.citizen_key)
    parser = SheetParser(settings.import_memory_bytes, settings.import_parse_seconds)
    moves = Moves(units_of_work, MovedPeople(given.store), Followers(behind.followers), runtime.clock)
    outbox, texts, give_way = given.publisher.outbox, Written(behind.texts), behind.give_way
    erasures = Erasures(units_of_work, people, outbox, texts, behind.seats, runtime.clock)
    for part in (moves, erasures):
        part.attach(runtime)
    people_import = PeopleImport(
        runtime, units_of_work, units, people, parser, moves, citizen_keys=citizen_keys, ring=ring, give_way=give_way
    )
    posts = Posts(given.store)
    fillings = Fillings(posts, people, citizen_keys)
    return router(
        DirectoryService(units_of_work, units, people, erasures, citizen_keys=citizen_keys),
        people_import,
        PostService(units_of_work, units, posts, fillings),
        PostsImport(units_of_work, units, fillings, parser, citizen_keys=citizen_keys, give_way=give_way),
        Turns(settings.import_limit),
        Resealing(units_of_work, people, outbox, ring),
        upload_seconds=settings.import_upload_seconds,
    )
