"""Every refusal of the enrolment service has a stable code of its own and a sentence in both languages."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import services.enrolment
from services.enrolment.app import PROBLEMS
from services.enrolment.catalogue.eligibility import NotEligible
from shared.errors import Refused
from shared.problems import problem_body
from shared.texts import COMMON

THAI = re.compile("[ก-์]")


def refusals(root: type[Refused] = Refused) -> Iterator[type[Refused]]:
    for kind in root.__subclasses__():
        if kind.__module__.startswith(("services.enrolment.", "shared.")):
            yield kind
        yield from refusals(kind)


def all_refusals() -> list[type[Refused]]:
    for module in pkgutil.walk_packages(services.enrolment.__path__, "services.enrolment."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = {kind.__qualname__ + kind.__module__: kind for kind in refusals()}
    return [kind for _, kind in sorted(found.items()) if kind is not NotEligible]


@pytest.mark.parametrize("kind", all_refusals(), ids=lambda kind: kind.__qualname__)
def test_every_refusal_has_its_sentence(kind: type[Refused]) -> None:
    assert kind.code != Refused.code
    assert kind.code in PROBLEMS or kind.code in COMMON


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_a_sentence_is_thai_and_english_and_needs_no_fact_to_be_read(code: str) -> None:
    kind = type("Told", (Refused,), {"code": code})
    thai, english = (problem_body(kind(), language, PROBLEMS) for language in ("th", "en"))
    assert THAI.search(thai["detail"])
    assert not THAI.search(english["detail"])
    assert english["detail"][0].isupper() or english["detail"][0] in "“{–"
    assert 400 <= thai["status"] < 500


def test_a_code_means_one_thing() -> None:
    """Two classes may share a code only where they say the same; then one sentence serves both."""
    by_code: dict[str, set[str]] = {}
    for kind in all_refusals():
        by_code.setdefault(kind.code, set()).add(kind.__qualname__)
    assert {code: names for code, names in by_code.items() if len(names) > 1} == {}
