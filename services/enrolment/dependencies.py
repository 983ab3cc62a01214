"""What every feature of this service is made with."""

from dataclasses import dataclass

from services.enrolment.settings import EnrolmentSettings
from shared.documents.press import Press
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
    press: Press

    @classmethod
    def of(
        cls, settings: EnrolmentSettings, runtime: Runtime, store: Database, publisher: EventPublisher
    ) -> "Dependencies":
        press = Press(settings.document_processes)
        press.attach(runtime)
        return cls(settings, runtime, store, publisher, UnitOfWork(runtime, store, publisher), press)
