"""A module of the standard library with other names in it, for one of our modules. A change of the module itself
reaches every thread of the process: pymongo's monitors spin in a `time.sleep` that does not sleep."""

from types import ModuleType, SimpleNamespace
from typing import Any


def changed(module: ModuleType, **names: Any) -> SimpleNamespace:
    """For `monkeypatch.setattr(user, "module", changed(module, name=...))`."""
    return SimpleNamespace(**vars(module) | names)
