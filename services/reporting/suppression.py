"""Which counts must not be shown to somebody who may see aggregates only. Pure.

A count of 1 to 4 is hidden. A sum that is shown beside all but one of its parts would give the hidden part away, so
wherever something is hidden the smallest other part is hidden with it: then neither subtraction nor the knowledge that
a hidden count is below five tells a single one. Zero is nobody, and is shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

SMALLEST_SHOWN = 5

Path = tuple[str, ...]


@dataclass(slots=True)
class _Node:
    count: int = 0
    hidden: bool = False
    parts: dict[str, "_Node"] = field(default_factory=dict)


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST_SHOWN


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
    shown = [part for part in node.parts.values() if not part.hidden and part.count]
    if shown and (node.hidden or any(part.hidden for part in node.parts.values())):
        min(shown, key=lambda part: part.count).hidden = True
    for part in node.parts.values():
        _protect(part)


def _hidden_paths(node: _Node, path: Path) -> Iterator[Path]:
    if node.hidden:
        yield path
    for name, part in node.parts.items():
        yield from _hidden_paths(part, (*path, name))
