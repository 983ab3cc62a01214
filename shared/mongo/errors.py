"""The database's errors in our own words."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pymongo
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    PyMongoError,
    WriteConcernError,
)

from shared.errors import Unavailable

_DUPLICATE = 11000
_UNCERTAIN = ("UnknownTransactionCommitResult", "RetryableWriteError")


# StoreError
# ├── DuplicateKey       a unique index refused a document; running again changes nothing
# ├── Conflict           another transaction won; running the whole work again may succeed
# └── StoreUnavailable   the database did not answer (in time); it is also shared.errors.Unavailable
class StoreError(Exception):
    """What the database said no to."""


class DuplicateKey(StoreError):
    """A unique index refused the write."""


class Conflict(StoreError):
    """The transaction lost against another one and left nothing behind."""


class StoreUnavailable(StoreError, Unavailable):
    """No answer, or none in time. Whether a commit took effect may be unknown: look before repeating."""


def translated(error: PyMongoError) -> StoreError | PyMongoError:
    """The driver's error in our words; what is none of them (a mistake of ours) comes back as it is."""
    if error.has_error_label("TransientTransactionError"):
        return StoreUnavailable(str(error)) if isinstance(error, ConnectionFailure) else Conflict(str(error))
    codes = _write_errors(error)
    if isinstance(error, DuplicateKeyError) or (codes and set(codes) == {_DUPLICATE}):
        return DuplicateKey(str(error))
    passing = isinstance(error, ConnectionFailure | ExecutionTimeout | WriteConcernError) or error.timeout
    if passing or codes == [] or any(error.has_error_label(label) for label in _UNCERTAIN):
        return StoreUnavailable(str(error))
    return error


@contextmanager
def translated_calls(seconds: float | None = None) -> Iterator[None]:
    """Around plain calls of the driver: its errors leave as ours, and after `seconds` in all there is one."""
    try:
        with pymongo.timeout(seconds) if seconds is not None else nullcontext():  # None would lift an outer deadline
            yield
    except PyMongoError as error:
        raise translated(error) from error


def _write_errors(error: PyMongoError) -> list[int] | None:
    """Codes of a bulk write's errors; empty when only its write concern failed."""
    failures = (error.details or {}).get("writeErrors", []) if isinstance(error, BulkWriteError) else None
    return None if failures is None else [failure.get("code", 0) for failure in failures]
