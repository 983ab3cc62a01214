"""The edition that a command works on: its address and key, its stores and its broker."""

import os
from pathlib import Path

from pattana.audit.audit import Where
from pattana.client import Client, NoKey, Tokens
from pattana.embedded.home import Home, NotRunning
from pattana.embedded.kafka import guarded
from pattana.embedded.keys import secret
from pattana.errors import Explained
from shared.settings import Settings


def stores(home: Path | None) -> Where:
    """From PATTANA_MONGO_URL and the like if set, else those of the edition that runs from the folder."""
    if "PATTANA_MONGO_URL" in os.environ or "PATTANA_MONGO_URL_FILE" in os.environ:
        settings = _settings()
        return Where(settings.mongo_url, settings.broker, settings.mongo_prefix, settings.topic_prefix)
    found = Home.find(home)
    try:
        run = found.read_run()
    except NotRunning as error:
        raise NotRunning(f"{error}; or name the stores: PATTANA_MONGO_URL and PATTANA_KAFKA_BOOTSTRAP") from None
    broker = guarded(run.kafka_bootstrap, secret(found.keys, os.environ, "PATTANA_KAFKA_PASSWORD"))
    return Where(run.mongo_url, broker, mail_folder=found.mail)


def _settings() -> Settings:
    try:
        return Settings()
    except ValueError as error:
        raise Explained(f"the environment cannot be read: {error}") from error


def client(home: Path | None, url: str | None, key: Path | None) -> Client:
    """For the edition that runs from the folder, or the one at `url`."""
    if url is None:
        run = Home.find(home).read_run()
        return Client(run.url, Tokens.of_folder(key or Path(run.token_key)))
    if key is None:
        raise NoKey("--url needs --key, the folder of the key that signs tokens there")
    return Client(url.rstrip("/"), Tokens.of_folder(key))
