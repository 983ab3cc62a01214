"""The reports as a read model: what fills their generations, and which of them this release can read."""

from typing import Final

from services.reporting.projecting.domain.generations import CONSUMER, FOLD_VERSION, OLDEST_READABLE
from services.reporting.projecting.handlers import HANDLERS
from services.reporting.projecting.projection import Projection
from services.reporting.storage import Generation, specs
from shared.messaging.feeds import Feeds
from shared.messaging.folding import Feed, Folding
from shared.messaging.generations import Fold
from shared.mongo import Database
from shared.runtime import Runtime
from shared.settings import GenerationSettings

FOLD: Final = Fold.of(FOLD_VERSION, HANDLERS)
GenerationFeed = Feed[Generation]
Projector = Feeds[Generation]


def projector_of(runtime: Runtime, settings: GenerationSettings, database: Database) -> Projector:
    reports = Folding(
        consumer=CONSUMER,
        fold=FOLD,
        oldest_readable=OLDEST_READABLE,
        handled=HANDLERS,
        specs=specs,
        open=lambda number: Generation(database, number),
        react=lambda generation, _: Projection(generation).apply,
    )
    return Feeds(reports, runtime, settings, database)
