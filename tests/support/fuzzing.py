"""Requests that schemathesis draws from an API document, and what the answers are held against: the same document."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Err
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

# `make fuzz` sets it; without it a few requests for each operation, the same at every run.
EXAMPLES: Final = int(os.environ.get("PATTANA_EXAMPLES", "0"))
FEW: Final = 8
CHECKS: Final = [
    not_a_server_error,
    response_schema_conformance,
    content_type_conformance,
    status_code_conformance,
]
Known = Mapping[str, Sequence[str]]


def closed(document: dict[str, Any]) -> dict[str, Any]:
    """The same, but no object has a field beside its own: so a field that nobody has described is found. Clients are
    told nothing of the sort, as answers may grow; a problem has its details."""
    strict = deepcopy(document)
    for name, schema in strict["components"]["schemas"].items():
        if schema.get("type") == "object" and "properties" in schema and name != "Problem":
            schema.setdefault("additionalProperties", False)
    return strict


def operations(document: dict[str, Any]) -> Iterator[Any]:
    for found in schemathesis.openapi.from_dict(closed(document)).get_all_operations():
        if isinstance(found, Err):
            raise found.err()
        yield found.ok()


def fuzz(operation: Any, url: str, headers: Callable[[str | None], dict[str, str]], known: Known) -> None:
    """Raises what schemathesis finds wrong, with the request that shows it. `headers` are those of somebody with a
    permission, or of anybody; `known` are ids of what is there, by the names that paths, queries and bodies have for
    them: three of four requests are about such things."""
    permission = operation.definition.raw.get("x-permission")
    asked = {parameter.name for parameter in operation.query}
    modes = st.sampled_from([schemathesis.GenerationMode.POSITIVE] * 2 + [schemathesis.GenerationMode.NEGATIVE])

    @settings(
        max_examples=EXAMPLES or FEW,
        derandomize=not EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=data.draw(modes)))
        case.query = dict(case.query or {}) | dict.fromkeys(asked & known.keys() - (case.query or {}).keys())
        for part in (case.path_parameters, case.query, case.body):
            _fill_in(part, known, data)
        case.call_and_validate(base_url=url, headers=headers(permission), checks=CHECKS)

    ask()


def _fill_in(part: Any, known: Known, data: st.DataObject) -> None:
    for name in known.keys() & part.keys() if isinstance(part, dict) else ():
        if data.draw(st.integers(0, 3)):
            part[name] = data.draw(st.sampled_from(known[name]))
        elif part[name] is None:
            del part[name]
