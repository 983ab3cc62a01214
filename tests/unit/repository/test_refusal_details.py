"""What a refusal tells beside its sentence is in the table of who may see what."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pattana.disclosure import DETAILS

ROOT: Final = Path(__file__).parents[3]
SOURCES: Final = [path for folder in ("services", "shared") for path in ROOT.glob(f"{folder}/**/*.py")]
MODULES: Final = [ast.parse(path.read_text()) for path in SOURCES]


def codes() -> dict[str, str]:
    """Of each class of refusals."""
    return {
        node.name: str(keyword.value.value)
        for module in MODULES
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
        for keyword in node.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    }


def raised() -> Iterator[tuple[str, str]]:
    """(class, detail) of every refusal that is made by its name."""
    for module in MODULES:
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield from ((node.func.id, keyword.arg) for keyword in node.keywords if keyword.arg)


def test_every_detail_is_in_the_table() -> None:
    known = codes()
    told = {(known[name], detail) for name, detail in raised() if name in known}
    assert len(told) > 50
    assert sorted(told - {(code, name) for code, names in DETAILS.items() for name in names.split()}) == []
    assert set(DETAILS) <= set(known.values())
