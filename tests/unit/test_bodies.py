"""Every text, number and list that comes in as a body is bounded before anything is done with it."""

import importlib
from collections.abc import Iterator

import pytest

from shared.bodies import Body
from shared.patches import partial_of
from tests.support.schemas import unbounded
from tests.unit.test_refusals import modules


def bodies(root: type[Body] = Body) -> Iterator[type[Body]]:
    for kind in root.__subclasses__():
        if kind.__module__.startswith(("services.", "shared.")):
            yield kind
        yield from bodies(kind)


def all_bodies() -> list[type[Body]]:
    for module in modules():
        importlib.import_module(module)
    return sorted(bodies(), key=lambda kind: (kind.__module__, kind.__qualname__))


@pytest.mark.parametrize("kind", all_bodies(), ids=lambda kind: kind.__qualname__)
def test_a_body_has_nothing_of_any_size(kind: type[Body]) -> None:
    assert list(unbounded(kind.model_json_schema())) == []
    assert list(unbounded(partial_of(kind).model_json_schema())) == []
