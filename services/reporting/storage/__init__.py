"""Documents and indexes of the reporting service: one set of collections per generation. Nothing else knows the form of
a document."""

from services.reporting.storage.documents import rollups_of
from services.reporting.storage.generation import SEATED, Generation, specs
from services.reporting.storage.queries import Queries

__all__ = ["SEATED", "Generation", "Queries", "rollups_of", "specs"]
