"""Which counts must be hidden from a caller who may see aggregates only. Pure.

A count of 1 to 4 is hidden. A sum that is published beside all but one of its parts would give the hidden part away, so
wherever something is hidden the smallest other part is hidden with it: then neither subtraction nor the knowledge that
a hidden count is below five reveals any of them. Zero is nobody, and is published.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

SMALLEST_PUBLISHED = 5

Path = tuple[str, ...]


@dataclass(slots=True)
class _Node:
    count: int = 0
    hidden: bool = False
    parts: dict[str, "_Node"] = field(default_factory=dict)


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST_PUBLISHED


def in_fives(count: int) -> int:
    """A count that can be told without saying whether it is none or few, nor letting it be found by subtracting answers
    from each other: each is off by up to four."""
    return count - count % SMALLEST_PUBLISHED


def hidden(leaves: Mapping[Path, int]) -> set[Path]:
    """The paths to hide, of leaves and of all sums above them; () is the whole."""
    root = _Node()
    for path, count in leaves.items():
        for node in _along(root, path):
            node.count += count
    _hide_small(root)
    _protect(root)
    return set(_hidden_paths(root, ()))


def _along(root: _Node, path: Path) -> Iterator[_Node]:
    node = root
    yield node
    for part in path:
        node = node.parts.setdefault(part, _Node())
        yield node


def _hide_small(node: _Node) -> None:
    node.hidden = is_small(node.count)
    for part in node.parts.values():
        _hide_small(part)


def _protect(node: _Node) -> None:
    """From the whole to its parts: a hidden sum needs a hidden part, a hidden part needs company."""
    published = [part for part in node.parts.values() if not part.hidden and part.count]
    if published and (node.hidden or any(part.hidden for part in node.parts.values())):
        min(published, key=lambda part: part.count).hidden = True
    for part in node.parts.values():
        _protect(part)


def _hidden_paths(node: _Node, path: Path) -> Iterator[Path]:
    if node.hidden:
        yield path
    for name, part in node.parts.items():
        yield from _hidden_paths(part, (*path, name))
