"""The part of the compose edition that needs no image of MongoDB: on a real Docker Engine, from images built here."""

import asyncio
import os
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from pattana.client import Client, Tokens
from pattana.embedded.ports import free_port
from services import SERVICES
from shared.ids import new_id
from shared.signing import SigningKey, create_key
from tests.engines import KAFKA_IMAGE, docker_says
from tests.support.deployment import ROOT, read_compose

OVERRIDE: Final = ROOT / "tests/support/compose/override.yml"
STARTED: Final = (*SERVICES, "gateway")
URL: Final = "mongodb://mongodb:27017/?directConnection=true&retryWrites=false"


def base_images() -> tuple[str, ...]:
    """What images are built from, and those that are started as they are."""
    gateway = read_compose().services["gateway"]["image"]
    keycloak = read_compose().services["keycloak"]["image"].replace("pattana-", "quay.io/keycloak/")
    return "python:3.11-slim-bookworm", keycloak, KAFKA_IMAGE, gateway


def possible() -> bool:
    """Where an engine answers that has all base images: no registry is asked for one."""
    if docker_says("info") is None or docker_says("compose", "version") is None:
        return False
    return all(docker_says("image", "inspect", image) is not None for image in base_images())


@dataclass(frozen=True)
class Slice:
    """`folder` holds its secrets and its issuer's key."""

    folder: Path
    project: str
    port: int
    key: SigningKey

    async def compose(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        files = ("-f", "docker-compose.yml", "-f", str(OVERRIDE), "-f", str(self.folder / "secrets.yml"))
        told = os.environ | {"FOLDER": str(self.folder), "SITE_PORT": str(self.port)}
        done = await asyncio.to_thread(
            subprocess.run,
            ["docker", "compose", "-p", self.project, *files, *arguments],
            cwd=ROOT,
            env=told,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done

    def client(self) -> Client:
        trusted = ssl.create_default_context(cafile=str(self.folder / "secrets/gateway_certificate"))
        transport = httpx.HTTPTransport(verify=trusted)
        return Client(f"https://localhost:{self.port}", Tokens(self.key), transport=transport)

    async def state(self, service: str) -> tuple[int, str]:
        """How often it was started again, and how it is."""
        container = (await self.compose("ps", "-q", service)).stdout.strip()
        said = docker_says("inspect", "-f", "{{.RestartCount}} {{.State.Health.Status}}", container)
        count, _, health = (said or "0 gone").strip().partition(" ")
        return int(count), health


def make_secrets(folder: Path) -> None:
    """As `make secrets`, but for the addresses of a database that knows no users; and where they are."""
    script = shutil.copy(ROOT / "deploy/secrets.sh", folder)
    subprocess.run(["sh", script], check=True, capture_output=True)
    for path in (folder / "secrets").glob("mongo_url_*"):
        path.unlink()
        path.write_text(URL)
    names = "".join(f"  {name}: {{ file: {folder}/secrets/{name} }}\n" for name in read_compose().secrets)
    (folder / "secrets.yml").write_text(f"secrets:\n{names}")


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Slice]:
    """Builds all images and starts the slice; takes it away again with its volumes."""
    make_secrets(folder)
    made = Slice(folder, f"pattana-test-{new_id()[-12:]}", free_port(), create_key(folder / "keys"))
    index = os.environ.get("PIP_INDEX_URL")
    try:
        await made.compose("build", *(("--build-arg", f"PIP_INDEX_URL={index}") if index else ()))
        await made.compose("up", "-d", "--wait", "--wait-timeout", "300", *STARTED)
        yield made
    finally:
        await made.compose("down", "--volumes", "--timeout", "5", check=False)
