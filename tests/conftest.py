"""Fixtures of all tests: engines that start on first use, names that no other test has, settings made of both."""

import gc
import os
import re
import secrets
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest

from shared.fresh_keys import new_key_ring
from shared.issuer import EMBEDDED_ISSUER
from shared.mongo import connect
from shared.settings import Settings
from tests.engines import Engines, EngineSet, detect
from tests.support.api import POSITION_KEYS, Issuer, make_issuer, remember_validators
from tests.support.brokers import delete_topics
from tests.support.portions import Portions, rank
from tests.support.reds import Reds

S = TypeVar("S", bound=Settings)
MakeSettings = Callable[..., Any]

# The same in all processes of a session; a service takes those that it knows.
SECRETS = {
    "contact_keys": new_key_ring("tests"),
    "citizen_key": secrets.token_hex(32),
    "badge_keys": new_key_ring("tests"),
}
# A broker that lives for seconds is never worth the second compiler: it starts with half of the work.
QUICK_JAVA = "-XX:TieredStopAtLevel=1"
SELDOM_COLLECTED = 20_000, 20, 20  # thresholds of the three generations
# No test asserts how fast something is, and hypothesis's examples are tests: a busy machine fails none.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
ENGINE_SET = pytest.StashKey[EngineSet]()


def pytest_configure(config: pytest.Config) -> None:
    """Says first what the tests run on. Workers beside each other are told it, and each starts engines of its own."""
    os.environ.setdefault("JAVA_TOOL_OPTIONS", QUICK_JAVA)
    remember_validators()
    config.addinivalue_line("markers", "needs(*what): collected only where the engines can do it")
    told: str | None = getattr(config, "workerinput", {}).get("engines")
    try:
        engine_set = config.stash[ENGINE_SET] = detect(told)
    except LookupError as error:
        raise pytest.UsageError(str(error)) from None
    if told is None:
        print(f"engines: {engine_set}", flush=True)
        config.pluginmanager.register(Reds(config))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["engines"] = node.config.stash[ENGINE_SET].name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than processors: most of the long tests wait for something."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return Portions(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What these engines cannot do is not collected: neither skipped nor counted. The long ones come first, so that
    the end of the run is made of short ones."""
    can = config.stash[ENGINE_SET].can
    items[:] = sorted((item for item in items if _needs(item) <= can), key=lambda item: rank(item.nodeid))


def pytest_collection_finish() -> None:
    """What is imported and collected stays until the end: the collector of garbage need not look at it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM_COLLECTED)


def _needs(item: pytest.Item) -> frozenset[str]:
    return frozenset(name for marker in item.iter_markers("needs") for name in marker.args)


@pytest.fixture(scope="session")
def engine_set(pytestconfig: pytest.Config) -> EngineSet:
    return pytestconfig.stash[ENGINE_SET]


@pytest.fixture(scope="session")
def engines_folder() -> Iterator[Path]:
    """Not pytest's own temporary folder, which keeps the data files of three sessions."""
    with tempfile.TemporaryDirectory(prefix="pattana-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
async def engines(engine_set: EngineSet, engines_folder: Path) -> AsyncIterator[Engines]:
    """The session's engines, not started yet: ask for `mongo_url` or `kafka_bootstrap`. Never kill these."""
    engines = engine_set.make(engines_folder / "session")
    yield engines
    await engines.discard()


@pytest.fixture(scope="session")
async def mongo_url(engines: Engines) -> str:
    await engines.database.start()
    return engines.database.url


@pytest.fixture(scope="session")
async def kafka_bootstrap(engines: Engines) -> str:
    await engines.kafka.start()
    return engines.kafka.bootstrap


@pytest.fixture
def unique(request: pytest.FixtureRequest) -> str:
    """A short name that no other test has; says which test left something behind."""
    return f"t{uuid.uuid4().hex[:8]}_{re.sub(r'[^a-z0-9]+', '_', request.node.name.lower())[:16]}"


@pytest.fixture
async def mongo_prefix(mongo_url: str, engine_set: EngineSet, unique: str) -> AsyncIterator[str]:
    """Databases `<prefix>_...` belong to this test and are dropped after it."""
    yield unique
    await drop_databases(engine_set, mongo_url, unique)


async def drop_databases(engine_set: EngineSet, mongo_url: str, prefix: str) -> None:
    """A mongod has files for each. SecantusDB keeps all in the same few and takes seconds to drop one: there they go
    with the engine."""
    if "mongod" not in engine_set.can:
        return
    client = connect(mongo_url, app_name="tests")
    try:
        for name in await client.list_database_names():
            if name.startswith(prefix):
                await client.drop_database(name)
    finally:
        client.close()


@pytest.fixture
async def topic_prefix(kafka_bootstrap: str, unique: str) -> AsyncIterator[str]:
    """Topics and groups `<prefix>...` belong to this test; the topics are deleted after it."""
    prefix = f"{unique}."
    yield prefix
    await delete_topics(kafka_bootstrap, prefix)


@pytest.fixture(scope="session")
async def spare_engines(engine_set: EngineSet, engines_folder: Path) -> AsyncIterator[Engines]:
    engines = engine_set.make(engines_folder / "spare")
    yield engines
    await engines.discard()


@pytest.fixture
async def killable(spare_engines: Engines, engine_set: EngineSet, unique: str) -> AsyncIterator[Engines]:
    """Engines to kill, pause and start at will. They run when a test gets them, and its names begin with `unique`:
    the next one gets the same engines with what they hold."""
    await spare_engines.heal()
    yield spare_engines
    await spare_engines.heal()
    await drop_databases(engine_set, spare_engines.database.url, unique)
    await delete_topics(spare_engines.kafka.bootstrap, unique)


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Signs the tokens that `settings` trusts: `issuer.bearer(Role.HR_OFFICER, "PERS")` are the headers."""
    return make_issuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def make_settings(
    mongo_url: str, kafka_bootstrap: str, mongo_prefix: str, topic_prefix: str, issuer: Issuer
) -> MakeSettings:
    """`make_settings(EnrolmentSettings, relay_lanes=4)`: settings of any service on this test's own names."""

    def make(settings_class: type[S] = Settings, **changes: Any) -> S:  # type: ignore[assignment]
        names = {"mongo_prefix": mongo_prefix, "topic_prefix": topic_prefix, "group_prefix": topic_prefix}
        known = {name: value for name, value in SECRETS.items() if name in settings_class.model_fields}
        return settings_class(**names | known | settings_of(mongo_url, kafka_bootstrap, issuer) | changes)

    return make


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    made: Settings = make_settings()
    return made


def settings_of(mongo_url: str, kafka_bootstrap: str, issuer: Issuer) -> dict[str, Any]:
    """What every process of a test is told, in the words of `Settings`."""
    return {
        "edition": "embedded",
        "host": "127.0.0.1",
        "port": 0,
        "mongo_url": mongo_url,
        "kafka_bootstrap": kafka_bootstrap,
        "token_issuer": EMBEDDED_ISSUER,
        "token_jwks": str(issuer.key.jwks),
        "position_keys": POSITION_KEYS,
        "drain_seconds": 5,
        "log_level": "warning",
        "log_format": "console",
    }


@pytest.fixture(scope="session")
def rounds() -> int:
    """How often `make faults` repeats each fault; one round in `make test`."""
    return int(os.environ.get("PATTANA_ROUNDS", "1"))


@pytest.fixture(scope="session")
def outage_seconds() -> float:
    """Length of an outage in the fault tests: 15 s in `make test`, a minute in `make faults`."""
    return float(os.environ.get("PATTANA_OUTAGE", "15"))
