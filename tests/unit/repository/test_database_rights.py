"""The database users of the compose edition: what they may not do, and that what finds a missing right finds it."""

from typing import Any

import pytest
from pymongo import monitoring

from pattana.audit.unnamed import READ, SHOWN, view_of
from services import SERVICES
from shared.security_log.storage import SECURITY_LOG
from tests.support.rights_watch import RIGHTS, RightsWatch, allowed

USERS: dict[str, list[dict[str, Any]]] = RIGHTS["users"]


def test_every_service_and_those_who_operate_have_a_user() -> None:
    assert set(USERS) == {*SERVICES, "operator", "erasure"}


def test_who_looks_for_traces_of_a_person_can_change_nothing() -> None:
    assert {action for right in USERS["erasure"] for action in right["actions"]} == {"find", "listCollections"}


@pytest.mark.parametrize("user", USERS)
def test_nobody_can_change_forget_or_empty_a_security_log(user: str) -> None:
    given = {action for right in USERS[user] if right["db"].endswith("_log") for action in right["actions"]}

    assert given <= {"find", "insert", "listIndexes", "listCollections"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reaches_its_own_database_and_log(service: str) -> None:
    assert {right["db"] for right in USERS[service]} == {f"pattana_{service}", f"pattana_{service}_log"}


def test_the_operator_reads_neither_names_nor_what_was_typed() -> None:
    enrolment = [right for right in USERS["operator"] if right["db"] == "pattana_enrolment"]

    assert {action for right in enrolment if "*" in right["collections"] for action in right["actions"]} == {
        "listCollections"
    }
    assert not any(allowed("operator", "pattana_enrolment", name, "find") for name in READ)


def test_the_operator_changes_only_what_orders_change() -> None:
    changed = {
        (name, action)
        for right in USERS["operator"]
        for name in right["collections"]
        for action in right["actions"]
        if action not in ("find", "listCollections")
    }

    assert changed == {
        *(("outbox", "update"), ("held", "update"), ("pauses", "remove")),
        *(("discards", "insert"), ("discards", "update"), ("security_log", "insert")),
    }


def test_views_show_what_an_audit_reads() -> None:
    shown = [(view["on"], view["db"], view["name"], view["fields"], view.get("match")) for view in RIGHTS["views"]]

    assert shown == [
        (name, database, view_of(name), list(fields), SHOWN.get(name))
        for name, fields in READ.items()
        for database in (RIGHTS["logs"] if name in SHOWN else ["pattana_enrolment"])
    ]


def test_the_indexes_of_the_logs_are_those_that_services_look_for() -> None:
    expected = []
    for index in SECURITY_LOG.indexes:
        forgets = {} if index.expire_after_seconds is None else {"expireAfterSeconds": index.expire_after_seconds}
        expected.append({"name": index.name, "key": dict(index.keys()), **forgets})

    assert RIGHTS["logIndexes"] == expected
    assert RIGHTS["logs"] == [f"pattana_{service}_log" for service in SERVICES]


def asked(user: str, database: str, command: dict[str, Any]) -> list[str]:
    watch = RightsWatch(user)
    watch.started(monitoring.CommandStartedEvent(command, database, 1, ("localhost", 27017), 1))
    return watch.take()


@pytest.mark.parametrize(
    ("user", "database", "command"),
    [
        ("enrolment", "t1_enrolment", {"update": "people", "updates": [{"q": {}, "u": {}, "upsert": True}]}),
        ("enrolment", "t1_enrolment_log", {"insert": "security_log"}),
        ("enrolment", "t1_enrolment_log", {"createIndexes": "security_log"}),
        ("reporting", "t1_reporting", {"drop": "rollups_g3"}),
        ("operator", "t1_enrolment", {"find": "people", "filter": {}, "projection": {"seq": True, "unit": True}}),
        ("operator", "t1_enrolment", {"find": "nominations", "filter": {}, "projection": {"_id": True}}),
        ("operator", "t1_notification", {"find": "messages", "filter": {}}),
        ("operator", "admin", {"ping": 1}),
        ("operator", "t1_enrolment", {"getMore": 7, "collection": "outbox"}),
    ],
)
def test_what_is_allowed_passes(user: str, database: str, command: dict[str, Any]) -> None:
    assert asked(user, database, command) == []


@pytest.mark.parametrize(
    ("user", "database", "command", "missing"),
    [
        ("enrolment", "t1_enrolment_log", {"delete": "security_log"}, "remove pattana_enrolment_log.security_log"),
        (
            "enrolment",
            "t1_enrolment_log",
            {"update": "security_log", "updates": [{}]},
            "update pattana_enrolment_log.security_log",
        ),
        ("enrolment", "t1_reporting", {"find": "rollups_g1"}, "find pattana_reporting.rollups_g1"),
        ("reporting", "t1_reporting", {"renameCollection": "a"}, "renameCollection pattana_reporting.a"),
        ("operator", "t1_enrolment", {"find": "people", "filter": {}}, "find pattana_enrolment.people"),
        (
            "operator",
            "t1_enrolment",
            {"find": "people", "filter": {}, "projection": {"seq": True, "first_name": True}},
            "find pattana_enrolment.people",
        ),
        ("operator", "t1_enrolment", {"distinct": "people"}, "find pattana_enrolment.people"),
        ("operator", "t1_enrolment_log", {"find": "security_log"}, "find pattana_enrolment_log.security_log"),
    ],
)
def test_what_is_not_allowed_is_found(user: str, database: str, command: dict[str, Any], missing: str) -> None:
    assert asked(user, database, command) == [missing]
