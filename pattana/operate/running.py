"""Runs a command's coroutine, and turns the engines' errors into sentences."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from aiokafka.errors import KafkaError

from pattana.errors import Explained
from shared.errors import Refused
from shared.mongo import StoreError

T = TypeVar("T")


class NoAnswer(Explained):
    """An engine does not answer."""


def run(work: Coroutine[Any, Any, T]) -> T:
    """Raises Explained."""
    try:
        return asyncio.run(work)
    except StoreError as error:
        raise NoAnswer(f"the database does not answer: {str(error)[:300]}") from error
    except (KafkaError, OSError) as error:
        raise NoAnswer(f"the broker does not answer: {str(error)[:300]}") from error
    except Refused as error:
        raise Explained(str(error)) from error
