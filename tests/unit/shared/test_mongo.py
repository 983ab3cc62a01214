"""The driver's words in ours: what is a duplicate, a lost race, an absent server, and what is our own mistake."""

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteConcernError,
    WTimeoutError,
)

from shared.errors import Unavailable
from shared.mongo import (
    ASCENDING,
    DESCENDING,
    Conflict,
    DuplicateKey,
    Index,
    StoreError,
    StoreUnavailable,
    translated,
    translated_calls,
)


def labelled(error: PyMongoError, label: str) -> PyMongoError:
    error._add_error_label(label)
    return error


def bulk(*codes: int) -> BulkWriteError:
    return BulkWriteError({"writeErrors": [{"code": code} for code in codes]})


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (DuplicateKeyError("E11000"), DuplicateKey),
        (bulk(11000, 11000), DuplicateKey),
        (labelled(OperationFailure("WriteConflict", 112), "TransientTransactionError"), Conflict),
        (labelled(bulk(112), "TransientTransactionError"), Conflict),
        (labelled(NetworkTimeout("x"), "TransientTransactionError"), StoreUnavailable),
        (labelled(OperationFailure("x", 64), "UnknownTransactionCommitResult"), StoreUnavailable),
        (ServerSelectionTimeoutError("no primary"), StoreUnavailable),
        (ConnectionFailure("gone"), StoreUnavailable),
        (AutoReconnect("gone"), StoreUnavailable),
        (ExecutionTimeout("x", 50), StoreUnavailable),
        (NotPrimaryError("stepped down"), StoreUnavailable),
        # The write was taken, its confirmation was not: so a database that shuts down answers.
        (WriteConcernError("Replication is being shut down", 91), StoreUnavailable),
        (WTimeoutError("waiting for replication timed out", 64), StoreUnavailable),
        (BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 91}]}), StoreUnavailable),
    ],
)
def test_errors_have_our_names(error: PyMongoError, ours: type[StoreError]) -> None:
    assert type(translated(error)) is ours
    with pytest.raises(ours), translated_calls():
        raise error


@pytest.mark.parametrize("error", [OperationFailure("unknown operator: $nope", 2), bulk(121), bulk(11000, 121)])
def test_a_mistake_of_ours_stays_what_it_is(error: PyMongoError) -> None:
    assert translated(error) is error
    with pytest.raises(type(error)), translated_calls():
        raise error


def test_an_absent_store_is_answered_as_unavailable() -> None:
    assert issubclass(StoreUnavailable, Unavailable)
    assert not issubclass(Conflict, Unavailable)


def test_an_index_has_a_stable_name_and_only_the_options_it_needs() -> None:
    index = Index(("run", "-place.unit"), unique=True, only={"live": True})
    assert index.name == "run_down_place_unit"
    assert index.keys() == [("run", ASCENDING), ("place.unit", DESCENDING)]
    assert index.options() == {"name": index.name, "unique": True, "partialFilterExpression": {"live": True}}
    assert Index(("at",), expire_after_seconds=0).options() == {"name": "at", "expireAfterSeconds": 0}


def test_a_sparse_index_has_a_name_of_its_own() -> None:
    """A database from before has a partial one of the same field."""
    index = Index(("external_id",), unique=True, sparse=True)
    assert index.options() == {"name": "external_id_sparse", "unique": True, "sparse": True}
