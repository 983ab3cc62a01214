"""`python only_locked.py LOCK MODULE...`: imports the modules where only what LOCK pins is installed; prints as JSON
which of our own modules that loaded, with their files. Stands alone: it is run from copies of the tree."""

import importlib
import json
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

OURS = ("shared", "services", "pattana")


class Missing:
    """Hides installed packages."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.split(".")[0] in self._names:
            raise ModuleNotFoundError(f"No module named {name!r} (it is not in the lock)", name=name)


def not_in(lock: Path) -> set[str]:
    pinned = set(re.findall(r"^([a-z0-9][\w.-]*)==", lock.read_text(), flags=re.MULTILINE))
    known = packages_distributions()
    return {top for top, names in known.items() if top not in OURS and not pinned & {_plain(name) for name in names}}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main(lock: str, *modules: str) -> None:
    hidden = not_in(Path(lock))
    sys.meta_path.insert(0, Missing(hidden))
    for module in modules:
        importlib.import_module(module)
    loaded = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    print(json.dumps({name: path for name, path in loaded.items() if path and name.split(".")[0] in OURS}))


if __name__ == "__main__":
    main(*sys.argv[1:])
