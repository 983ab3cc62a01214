"""Every query that a service makes in these tests is served by an index, or asks a collection that stays small; and
what services and the operator's commands do is within the rights of their users in the compose edition."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from shared.mongo import connecting
from tests.support.query_watch import QueryWatch
from tests.support.rights_watch import COMMANDS, RightsWatch

# Collections that may be read whole, and why they stay small.
SMALL: Final = {
    "outbox_lanes": "one document for each lane, a setting",
    "outbox_relays": "one for each replica; those that ended long ago are swept away",
    "outbox_aside": "one for each aggregate that the broker refuses, until somebody has mended it",
    "outbox_checked": "one for each partition",
    "discards": "one for each event that an operator has given up",
    "units": "as many as the ministry has, about a thousand",
    "capability_": "made and dropped to find out what the engine can do",
}
DRIVER: Final = "AsyncIOMotorClient"
_WATCHES: Final[dict[str, QueryWatch]] = {}
_RIGHTS: Final[dict[str, RightsWatch]] = {}


@pytest.fixture(scope="session", autouse=True)
def watched() -> Iterator[None]:
    """Services call themselves `<service>@<instance>`; tests and the audit ask what they like."""
    make: Any = getattr(connecting, DRIVER)

    def watching(*places: Any, **options: Any) -> Any:
        service, is_service, _ = options.get("appname", "").partition("@")
        watches: list[Any] = [_WATCHES.setdefault(service, QueryWatch(tuple(SMALL)))] if is_service else []
        if is_service or service in COMMANDS:
            user = service if is_service else COMMANDS[service]
            watches.append(_RIGHTS.setdefault(user, RightsWatch(user)))
        options["event_listeners"] = [*options.get("event_listeners", ()), *watches]
        return make(*places, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connecting, DRIVER, watching)
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """The test that asked first is the one that fails."""
    unserved = [f"{service}: {query}" for service, watch in _WATCHES.items() for query in watch.take()]
    assert not unserved, "no index serves:\n" + "\n".join(unserved)
    missing = [f"{user}: {right}" for user, watch in _RIGHTS.items() for right in watch.take()]
    assert not missing, "no right to this in deploy/mongodb/rights.json:\n" + "\n".join(missing)
