"""What a running edition says of itself on /readyz, part by part."""

import json
from collections.abc import Mapping

from pattana.embedded.asking import NoAnswer, ask


def problems_of(url: str) -> dict[str, str]:
    """What is wrong, by the name of the part; empty when all are ready to work. Raises NoAnswer."""
    _, body = ask(f"{url}/readyz")
    try:
        return {str(part): str(wrong) for part, wrong in json.loads(body)["problems"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NoAnswer(f"{url} is not pattana") from None


def not_ready(url: str) -> str | None:
    """The same in one sentence; None when all parts are ready to work."""
    try:
        return sentence(problems_of(url))
    except NoAnswer as error:
        return str(error)


def sentence(problems: Mapping[str, str]) -> str | None:
    return "; ".join(f"{part}: {wrong}" for part, wrong in problems.items()) or None
