"""The services by their names, loaded when they are asked for."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from fastapi import FastAPI

from shared.settings import Settings


def settings_class(service: str) -> type[Settings]:
    """What a service may be told."""
    found: type[Settings] = getattr(import_module(f"services.{service}.settings"), f"{service.capitalize()}Settings")
    return found


def app_factory(service: str) -> Callable[[Any], FastAPI]:
    """`create_app(settings)` of a service."""
    found: Callable[[Any], FastAPI] = import_module(f"services.{service}.app").create_app
    return found
