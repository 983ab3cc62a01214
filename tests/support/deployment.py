"""What docker-compose.yml says, with its anchors resolved, and the settings that each of its services reads."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pattana.services import settings_class
from services import SERVICES
from shared.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, type[Settings]] = {name: settings_class(name) for name in SERVICES}


@dataclass(frozen=True)
class Compose:
    services: dict[str, dict[str, Any]]
    secrets: dict[str, dict[str, str]]

    def variables(self, service: str) -> dict[str, str]:
        """Ours alone, without the prefix."""
        given: dict[str, str] = self.services[service].get("environment", {})
        return {name.removeprefix(PREFIX): value for name, value in given.items() if name.startswith(PREFIX)}


def read_compose() -> Compose:
    content = YAML(typ="safe").load(ROOT / "docker-compose.yml")
    return Compose(content["services"], content["secrets"])
