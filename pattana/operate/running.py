"""Runs a command's coroutine, and turns the engines' errors into sentences."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from aiokafka.errors import KafkaError

from pattana.errors import Explained
from shared.errors import Refused
from shared.mongo import OperationFailure, StoreError

T = TypeVar("T")
_NO_RIGHT: Final = (13, 18)  # Unauthorized, AuthenticationFailed


class NoAnswer(Explained):
    """An engine does not answer."""


class NoRight(Explained):
    """The database's user may not do this."""


def run(work: Coroutine[Any, Any, T]) -> T:
    """Raises Explained."""
    try:
        return asyncio.run(work)
    except StoreError as error:
        raise NoAnswer(f"the database does not answer: {str(error)[:300]}") from error
    except OperationFailure as error:
        if error.code not in _NO_RIGHT:
            raise
        raise NoRight("this user of the database may not read that: docs/operations.md names one who may") from error
    except (KafkaError, OSError) as error:
        raise NoAnswer(f"the broker does not answer: {str(error)[:300]}") from error
    except Refused as error:
        raise Explained(str(error)) from error
