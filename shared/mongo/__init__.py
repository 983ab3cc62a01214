"""The one place that knows the MongoDB driver: connections, transactions, collections, and errors in our own words."""

from pymongo import ASCENDING, DESCENDING, DeleteOne, InsertOne, ReplaceOne, ReturnDocument, UpdateMany, UpdateOne
from pymongo.errors import ConfigurationError, OperationFailure

from shared.mongo.collections import CollectionSpec, Index, prepare
from shared.mongo.connecting import (
    Client,
    Collection,
    Database,
    Document,
    Session,
    connect,
    database,
    majority,
    relaxed,
)
from shared.mongo.errors import (
    Conflict,
    DuplicateKey,
    StoreError,
    StoreUnavailable,
    translated,
    translated_calls,
)
from shared.mongo.transactions import transaction

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "Client",
    "Collection",
    "CollectionSpec",
    "ConfigurationError",
    "Conflict",
    "Database",
    "DeleteOne",
    "Document",
    "DuplicateKey",
    "Index",
    "InsertOne",
    "OperationFailure",
    "ReplaceOne",
    "ReturnDocument",
    "Session",
    "StoreError",
    "StoreUnavailable",
    "UpdateMany",
    "UpdateOne",
    "connect",
    "database",
    "majority",
    "prepare",
    "relaxed",
    "transaction",
    "translated",
    "translated_calls",
]
