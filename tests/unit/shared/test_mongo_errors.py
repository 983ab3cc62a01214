"""The driver's errors in our words: what passes by itself must be Unavailable, or a loop would end its process."""

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
    WTimeoutError,
)

from shared.errors import Unavailable
from shared.mongo import Conflict, DuplicateKey, StoreUnavailable, translated


def labelled(label: str, error: PyMongoError) -> PyMongoError:
    error._add_error_label(label)
    return error


@pytest.mark.parametrize(
    "error",
    [
        AutoReconnect("connection closed"),
        NetworkTimeout("timed out"),
        NotPrimaryError("stepped down"),
        ExecutionTimeout("maxTimeMS", 50),
        WriteConcernError("Replication is being shut down", 91),
        BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 91}]}),
        WTimeoutError("waiting for replication timed out", 64),
        labelled("UnknownTransactionCommitResult", OperationFailure("lost", 6)),
        labelled("TransientTransactionError", AutoReconnect("connection closed")),
    ],
)
def test_what_passes_by_itself_is_unavailable(error: PyMongoError) -> None:
    found = translated(error)

    assert isinstance(found, StoreUnavailable)
    assert isinstance(found, Unavailable)


def test_a_lost_transaction_is_a_conflict() -> None:
    assert isinstance(translated(labelled("TransientTransactionError", OperationFailure("conflict", 112))), Conflict)


@pytest.mark.parametrize(
    "error", [DuplicateKeyError("E11000"), BulkWriteError({"writeErrors": [{"code": 11000}, {"code": 11000}]})]
)
def test_a_refused_index_is_a_duplicate(error: PyMongoError) -> None:
    assert isinstance(translated(error), DuplicateKey)


@pytest.mark.parametrize("error", [OperationFailure("bad query", 2), BulkWriteError({"writeErrors": [{"code": 121}]})])
def test_a_mistake_of_ours_stays_what_it_is(error: PyMongoError) -> None:
    assert translated(error) is error
