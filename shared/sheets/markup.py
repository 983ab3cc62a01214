"""XML of a stranger as a stream of what begins, ends and stands between: neither tree nor entity is ever made of it.

Elements come without the prefix of the root's, if it has one; namespaces count for nothing, because they differ between
the two dialects of the same format (Transitional and Strict).
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import IO, Any, Final, Protocol
from xml.parsers import expat

_PIECE: Final = 64 * 1024


class Listener(Protocol):
    def begin(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class ForbiddenMarkup(Exception):
    """It declares a document type: with one come entities, by which XML explodes, or reads what is not in it."""


def pieces_of(part: IO[bytes]) -> Iterator[bytes]:
    while piece := part.read(_PIECE):
        yield piece


def stream(pieces: Iterator[bytes], listener: Listener) -> Iterator[None]:
    """Goes on by one piece at each step. Raises ForbiddenMarkup, and ExpatError for what is no XML."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _forbidden

    def root(name: str, attributes: dict[str, str]) -> None:
        prefix = name[: name.rfind(":") + 1]
        parser.StartElementHandler = _without(prefix, listener.begin)
        parser.EndElementHandler = _without(prefix, listener.end)
        parser.CharacterDataHandler = listener.text
        listener.begin(name.removeprefix(prefix), attributes)

    parser.StartElementHandler = root
    for piece in chain(pieces, [b""]):
        parser.Parse(piece, not piece)
        yield


def read(pieces: Iterator[bytes], listener: Listener) -> None:
    """All of it at once."""
    for _ in stream(pieces, listener):
        pass


def _forbidden(*_: Any) -> None:
    raise ForbiddenMarkup()


def _without(prefix: str, call: Callable[..., None]) -> Callable[..., None]:
    """Most files have no prefix, and half of the time goes by in these calls."""
    return (lambda name, *rest: call(name.removeprefix(prefix), *rest)) if prefix else call
