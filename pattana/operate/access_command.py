"""`pattana access`: what the compose edition runs once before its services."""

import click

from pattana.operate.access import give_access
from pattana.operate.running import run
from shared.settings import Settings


@click.command()
def access() -> None:
    """Make the topics, and give every service its rights at the broker that PATTANA_KAFKA_* name."""
    settings = Settings()
    given, taken = run(
        give_access(settings.broker, replication=settings.topic_replication, prefix=settings.topic_prefix)
    )
    click.echo(f"the broker is ready: {given} rights given, {taken} taken away")
