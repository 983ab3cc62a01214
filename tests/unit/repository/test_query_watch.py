"""What finds queries without an index finds them, and nothing else."""

from typing import Any

import pytest

from shared.mongo import Index
from tests.support.commands import Command
from tests.support.query_watch import asked_by, is_served

INDEXES = (
    Index(("_id",)),
    Index(("unit", "-made")),
    Index(("place", "offset"), only={"offset": {"$gte": 0}}),
    Index(("mark",), only={"mark": {"$exists": True}}),
)
SERVED = [
    ("find", {"filter": {"_id": "a"}}),
    ("find", {"filter": {"unit": "PO-50"}, "sort": {"made": -1}, "limit": 20}),
    ("find", {"filter": {"$and": [{"unit": "PO-50"}, {}]}}),
    ("find", {"filter": {"$or": [{"_id": "a"}, {"unit": "PO-50"}]}}),
    ("find", {"filter": {"place": "t/1", "offset": {"$gte": 7}}, "sort": {"offset": -1}, "limit": 1}),
    ("find", {"filter": {"mark": {"$in": ["a", "b"]}}}),
    ("find", {"filter": {}, "limit": 1}),
    ("update", {"updates": [{"q": {"_id": "a"}}]}),
    ("aggregate", {"pipeline": [{"$changeStream": {}}]}),
    ("insert", {"documents": [{}]}),
]
UNSERVED = [
    ("find", {"filter": {}}),
    ("find", {"filter": {"level": "K2"}}),
    ("find", {"filter": {"unit": "PO-50"}, "sort": {"name": 1}, "limit": 20}),
    ("find", {"filter": {"$or": [{"_id": "a"}, {"level": "K2"}]}}),
    ("find", {"filter": {"place": "t/1"}}),
    ("update", {"updates": [{"q": {"_id": "a"}}, {"q": {"level": "K2"}}]}),
    ("delete", {"deletes": [{"q": {"level": "K2"}, "limit": 0}]}),
    ("count", {"query": {"level": "K2"}}),
    ("distinct", {"query": {}}),
    ("aggregate", {"pipeline": [{"$group": {"_id": "$unit"}}]}),
    ("aggregate", {"pipeline": []}),
]


def _unserved(name: str, body: dict[str, Any]) -> bool:
    return not all(is_served(asked, INDEXES) for asked in asked_by(Command(name, "people", body)))


@pytest.mark.parametrize(("name", "body"), SERVED)
def test_what_an_index_serves_passes(name: str, body: dict[str, Any]) -> None:
    assert not _unserved(name, body)


@pytest.mark.parametrize(("name", "body"), UNSERVED)
def test_what_would_read_a_whole_collection_is_found(name: str, body: dict[str, Any]) -> None:
    assert _unserved(name, body)
