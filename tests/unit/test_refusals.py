"""Every refusal there is: a stable code of its own, and a sentence that can be read in both languages."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import services
import shared
from shared.errors import Refused
from shared.problems import problem_body
from shared.texts import TITLES

THAI = re.compile("[ก-๙]")


def modules() -> Iterator[str]:
    for package in (shared, services):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                yield module.name


def refusals(root: type[Refused] = Refused) -> Iterator[type[Refused]]:
    for kind in root.__subclasses__():
        if kind.__module__.startswith(("services.", "shared.")):
            yield kind
        yield from refusals(kind)


def all_refusals() -> list[type[Refused]]:
    for module in modules():
        importlib.import_module(module)
    return sorted(refusals(), key=lambda kind: (kind.__module__, kind.__qualname__))


@pytest.mark.parametrize("kind", all_refusals(), ids=lambda kind: kind.__qualname__)
def test_a_refusal_is_read_in_thai_and_english(kind: type[Refused]) -> None:
    thai, english = (problem_body(kind(), language)["detail"] for language in ("th", "en"))

    assert THAI.search(thai)
    assert not THAI.search(english)
    assert english[0].isupper() or english[0] in "“{–" or english.startswith("after=")
    assert set(re.findall(r"{(\w+)", kind.th)) == set(re.findall(r"{(\w+)", kind.en))


@pytest.mark.parametrize("kind", all_refusals(), ids=lambda kind: kind.__qualname__)
def test_a_refusal_has_a_code_and_a_status_that_has_a_title(kind: type[Refused]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)
    assert kind.status in TITLES


def test_a_code_means_one_thing() -> None:
    by_code: dict[str, set[str]] = {}
    for kind in all_refusals():
        by_code.setdefault(kind.code, set()).add(f"{kind.__module__}.{kind.__qualname__}")

    assert {code: names for code, names in by_code.items() if len(names) > 1} == {}
