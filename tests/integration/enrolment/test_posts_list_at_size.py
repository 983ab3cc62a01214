"""The list of posts at many times what a page looks at: it shows all, once and in order, to whom it may."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import product
from typing import Final

import pytest

from services.enrolment.directory.domain.posts import Holding
from services.enrolment.directory.storage import COLLECTIONS, Posts
from services.enrolment.directory.storage.posts import PostsWanted, holding_document, holding_of
from shared.events.directory import InPost
from shared.mongo import Database, connect, database, prepare
from shared.rights import Scope

PAGE: Final = 4
BEGIN: Final = date(2024, 1, 1)
UNITS: Final = ("PO-50", "PO-50.HR", "PO-51", "PO-5", "PERS", "PERS.HRD", "DRI")
POSTS: Final = ("PROV_HEAD", "GROUP_HEAD")


def holding(number: int) -> Holding:
    first = BEGIN + timedelta(days=number)
    last = None if number % 4 == 0 else first + timedelta(days=number % 9)
    return Holding(
        id=f"h{number:04}",
        unit=UNITS[number % len(UNITS)],
        post=POSTS[number % len(POSTS)],
        person=f"p{number % 5}",
        in_post=InPost.HOLDER,
        valid_from=first,
        valid_to=last,
    )


STOCK: Final = [holding(number) for number in range(30 * PAGE)]
SCOPES: Final = (Scope(all=True), Scope(unit="PO-50"), Scope(unit="PERS"), Scope(unit="OPS"), Scope(person="p1"))
WANTED: Final = (
    PostsWanted(),
    PostsWanted(unit="PO-50"),
    PostsWanted(unit="PO-50.HR", post="GROUP_HEAD"),
    PostsWanted(unit="OPS", on=BEGIN + timedelta(days=40)),
    PostsWanted(unit="PERS", person="p2"),
    PostsWanted(person="p3"),
    PostsWanted(on=BEGIN + timedelta(days=60)),
    PostsWanted(unit="PO-99"),
)


def shown(scope: Scope, wanted: PostsWanted, one: Holding) -> bool:
    """By the holding alone. Who sees nothing but himself or herself keeps no posts."""
    return (
        (scope.all or (scope.unit is not None and scope.covers_unit(one.unit)))
        and (wanted.unit is None or Scope(unit=wanted.unit).covers_unit(one.unit))
        and wanted.post in (None, one.post)
        and wanted.person in (None, one.person)
        and (wanted.on is None or one.on(wanted.on))
    )


@pytest.fixture(scope="module")
async def stored(mongo_url: str) -> AsyncIterator[Database]:
    client = connect(mongo_url, app_name="tests")
    try:
        db = database(client, "posts_list_at_size")
        await client.drop_database(db.name)
        await prepare(db, COLLECTIONS)
        await db["holdings"].insert_many([holding_document(one) for one in STOCK])
        yield db
    finally:
        client.close()


@pytest.mark.parametrize("passed", [2 * PAGE, 10_000])
async def test_posts_are_shown_once_and_in_order(stored: Database, passed: int) -> None:
    posts = Posts(stored, passed=passed)
    for scope, wanted in product(SCOPES, WANTED):
        expected = sorted(str(holding_document(one)["key"]) for one in STOCK if shown(scope, wanted, one))
        seen: list[str] = []
        after, turned = None, 0
        while turned == 0 or after is not None:
            found = await posts.page(scope, wanted, after, PAGE)
            keys = [str(row["key"]) for row in found.rows]
            assert all(shown(scope, wanted, holding_of(row)) for row in found.rows)
            after = keys[PAGE - 1] if len(keys) > PAGE else None if found.end is None else found.end[0]
            seen += keys[:PAGE]
            turned += 1
        assert seen == expected, (scope, wanted)
        assert turned <= len(STOCK) // PAGE + 2
