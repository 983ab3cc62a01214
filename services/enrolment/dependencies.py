"""What every feature of this service is made with."""

from dataclasses import dataclass

from services.enrolment.settings import EnrolmentSettings
from shared.messaging.publisher import EventPublisher
from shared.mongo import Database
from shared.runtime import Runtime
from shared.write import UnitOfWork


@dataclass(frozen=True)
class Dependencies:
    settings: EnrolmentSettings
    runtime: Runtime
    store: Database
    publisher: EventPublisher
    units_of_work: UnitOfWork
