"""The compose edition against the code: variables, secrets, images, paths, roles and metrics that it names exist."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from annotated_types import Le
from ruamel.yaml import YAML

from pattana.cli import COMMANDS
from pattana.embedded.jars import KAFKA_VERSION
from services.enrolment.seats.service.attempts import PATIENCE
from services.enrolment.seats.service.queue import SWEEP_SECONDS
from services.enrolment.settings import EnrolmentSettings
from shared.mongo.transactions import ABORT_SECONDS
from shared.rights import Role
from shared.settings import Settings
from shared.telemetry import Metrics
from tests.support.deployment import ROOT, SETTINGS, read_compose

COMPOSE = read_compose()
DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text()
GATEWAY = (ROOT / "deploy/gateway/nginx.conf").read_text()
READERS: dict[str, type[Settings]] = {**SETTINGS, "operate": Settings, "erasure": Settings, "kafka-init": Settings}
ONE_SHOT = {"kafka-init", "mongodb-init", "operate", "erasure"}
KEYCLOAK = (ROOT / "deploy/docker/keycloak.Dockerfile").read_text()
REALM = json.loads((ROOT / "deploy/keycloak/realm.json").read_text())
CLIENTS = {client["clientId"]: client for client in REALM["clients"]}
FLOWS = {flow["alias"]: flow for flow in REALM["authenticationFlows"]}
# Whoever has one of these reaches what is others'. INTEGRATION is a machine and signs in with a secret.
ACCOUNTS = set(Role) - {Role.DEVICE}  # a device has a token of the enrolment service, and signs in nowhere
OFFICERS = ACCOUNTS - {Role.LEARNER, Role.INTEGRATION}


def setting(variable: str) -> str:
    return variable.removesuffix("_FILE").lower()


@pytest.mark.parametrize("service", READERS)
def test_every_variable_is_a_setting(service: str) -> None:
    named = {setting(variable) for variable in COMPOSE.variables(service)}

    assert named - set(READERS[service].model_fields) == set()


@pytest.mark.parametrize("service", SETTINGS)
def test_every_needed_setting_is_given(service: str) -> None:
    needed = {name for name, field in SETTINGS[service].model_fields.items() if field.is_required()}
    given = {setting(variable) for variable in COMPOSE.variables(service)}

    assert (
        needed
        | {
            "mongo_url",
            "kafka_bootstrap",
            "kafka_user",
            "kafka_password",
            "token_issuer",
            "token_jwks",
            "position_keys",
        }
        <= given
    )


def test_the_gateway_waits_longer_than_any_command_may_take() -> None:
    """Whoever gets no answer from the gateway does not know whether the command was carried out."""
    field = EnrolmentSettings.model_fields["queue_seconds"]
    longest_turn = next(limit.le for limit in field.metadata if isinstance(limit, Le))
    answered_after = SWEEP_SECONDS + PATIENCE.whole + ABORT_SECONDS
    assert answered_after < 15, "what is promised of PATTANA_QUEUE_SECONDS"
    waits = [int(seconds) for seconds in re.findall(r"proxy_read_timeout (\d+)s", GATEWAY)]
    assert isinstance(longest_turn, float | int)
    assert longest_turn + 15 < min(waits)


def test_what_is_secret_comes_from_a_file() -> None:
    for service in COMPOSE.services.values():
        for name in service.get("environment", {}):
            if re.search("PASSWORD|SECRET|_KEY|MONGO_URL", name):
                assert name.endswith("_FILE"), name


def test_every_secret_file_is_declared_and_given() -> None:
    for service in COMPOSE.services.values():
        given = set(service.get("secrets", []))
        told = json.dumps([service.get(part) for part in ("environment", "command", "entrypoint", "volumes")])
        assert set(re.findall(r"/run/secrets/(\w+)", told)) <= given
        assert given <= set(COMPOSE.secrets)


def test_the_script_makes_every_secret_once(tmp_path: Path) -> None:
    script = shutil.copy(ROOT / "deploy/secrets.sh", tmp_path)
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name in (
        "gateway_certificate",
        "gateway_key",
        "kafka_keystore",
        "kafka_authorities",
    ):  # else openssl makes some
        (folder / name).write_text(f"own {name.partition('_')[0]}")

    subprocess.run(["sh", script], check=True, capture_output=True)
    made = {path.name: path.read_text() for path in folder.iterdir()}
    again = subprocess.run(["sh", script], check=True, capture_output=True)

    assert set(made) == set(COMPOSE.secrets) == {Path(one["file"]).name for one in COMPOSE.secrets.values()}
    assert again.stdout == b""
    assert {path.name: path.read_text() for path in folder.iterdir()} == made
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(set(made.values())) == len(made) - 2


@pytest.mark.parametrize("service", SETTINGS)
def test_services_start_from_the_secrets_that_are_made(service: str, tmp_path: Path) -> None:
    script = shutil.copy(ROOT / "deploy/secrets.sh", tmp_path)
    (tmp_path / "secrets").mkdir()
    for name in ("gateway_certificate", "kafka_keystore"):
        (tmp_path / "secrets" / name).write_text("own")
    subprocess.run(["sh", script], check=True, capture_output=True)
    told = {
        f"PATTANA_{name}": re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value).replace("/run", str(tmp_path))
        for name, value in COMPOSE.variables(service).items()
    }
    module = f"services.{service}.settings"
    code = f"import {module} as m; print(m.{SETTINGS[service].__name__}().model_dump_json())"

    answer = subprocess.run(
        [sys.executable, "-c", code], env=told | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["edition"] == "compose"
    assert json.loads(answer.stdout)["kafka_user"] == service
    assert json.loads(answer.stdout)["token_issuer"] == "https://localhost:8443/auth/realms/pattana"


@pytest.mark.parametrize("name", sorted(set(COMPOSE.services) - ONE_SHOT))
def test_everything_that_stays_restarts_is_watched_and_bounded(name: str) -> None:
    service = COMPOSE.services[name]

    assert service["restart"] == "unless-stopped"
    assert "healthcheck" in service or (name in SETTINGS and "/readyz" in DOCKERFILE)
    assert service["deploy"]["resources"]["limits"]["memory"]


def test_the_broker_is_asked_how_it_is_where_it_needs_no_tls() -> None:
    """On its container's loopback: what asks on the services' port would have to speak TLS first."""
    told = (ROOT / "deploy/kafka/server.properties").read_text()
    inside = re.findall(r"INTERNAL://127\.0\.0\.1:(\d+)$", told, flags=re.MULTILINE)[0]

    assert inside in " ".join(COMPOSE.services["kafka"]["healthcheck"]["test"])


@pytest.mark.parametrize("name", sorted(COMPOSE.services))
def test_nobody_has_a_right_of_root_or_can_get_one(name: str) -> None:
    service = COMPOSE.services[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"cap_add", "privileged", "pid", "network_mode"} & set(service)


def test_no_health_check_starts_what_takes_long() -> None:
    """Under load the check would time out while what it asks about serves."""
    checks = [" ".join(one["healthcheck"]["test"]) for one in COMPOSE.services.values() if "healthcheck" in one]
    told = "\n".join([*checks, re.findall(r"^HEALTHCHECK.*", DOCKERFILE, flags=re.MULTILINE)[0]])

    assert not re.search(r"mongosh|java|\.sh --|python", told)
    assert set(re.findall(r"/health/(\w+)\.sh", told)) == {"http", "kafka", "mongodb"}


def test_no_engine_is_needed_that_most_have_not() -> None:
    assert not [one for one in COMPOSE.services.values() if "start_interval" in one.get("healthcheck", {})]
    assert "--start-interval" not in DOCKERFILE


def test_everything_that_is_ours_is_built_at_once() -> None:
    """Also what is only started when it is called."""
    built = {name: service for name, service in COMPOSE.services.items() if "build" in service}

    assert set(built) == {*SETTINGS, "operate", "erasure", "kafka-init", "keycloak"}
    assert not [name for name, service in built.items() if "profiles" in service]
    assert [built[name]["deploy"]["replicas"] for name in ("operate", "erasure")] == [0, 0]


def test_keycloak_and_its_database_reach_none_of_our_stores() -> None:
    networks = {name: set(service.get("networks", [])) for name, service in COMPOSE.services.items()}

    assert networks["keycloak"] == {"web", "identity"}
    assert networks["keycloak-database"] == {"identity"}
    assert {name for name, joined in networks.items() if "identity" in joined} == {"keycloak", "keycloak-database"}
    assert {name for name, joined in networks.items() if "stores" in joined} == {
        *SETTINGS,
        *("kafka", "kafka-init", "mongodb", "mongodb-init", "operate", "erasure"),
    }


def test_keycloak_is_built_as_it_is_started() -> None:
    assert " start --optimized " in COMPOSE.services["keycloak"]["command"][0]
    built = set(re.findall(r"\b(KC_\w+)=", KEYCLOAK))
    assert built & set(COMPOSE.services["keycloak"]["environment"]) == set(), (
        "a build option cannot be set at the start"
    )
    assert f"ARG KEYCLOAK={COMPOSE.services['keycloak']['image'].partition(':')[2]}" in KEYCLOAK


def copied(service: str, folder: Path) -> None:
    """What the Dockerfile's stages `ground` and `service` copy."""
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)
    for stage in stages:
        if not re.search(r"AS (ground|service)$", stage.splitlines()[0]):
            continue
        for source, target in re.findall(r"^COPY (?!--from)(\S+) (\S+)$", stage, flags=re.MULTILINE):
            source, target = (text.replace("${SERVICE}", service) for text in (source, target))
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            if source.endswith("/"):
                shutil.copytree(ROOT / source, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(ROOT / source, folder / target)


def loaded(folder: Path, lock: str, *modules: str) -> dict[str, str]:
    """Our own modules that these modules load from the folder, where only what the lock pins is installed."""
    program = [sys.executable, str(ROOT / "tests/support/only_locked.py"), str(ROOT / "requirements" / lock), *modules]
    done = subprocess.run(
        program, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("service", SETTINGS)
def test_an_image_holds_what_its_service_imports_and_no_other_service(service: str, tmp_path: Path) -> None:
    copied(service, tmp_path)

    found = loaded(tmp_path, f"{service}.txt", f"services.{service}.app", f"services.{service}.settings")

    assert all(Path(path).is_relative_to(tmp_path) for path in found.values())
    assert {name.split(".")[1] for name in found if name.startswith("services.")} == {service}


def test_the_operators_image_holds_what_every_command_imports() -> None:
    modules = {place.partition(":")[0] for place, _ in COMMANDS.values()}

    assert modules <= loaded(ROOT, "command.txt", "pattana.cli", *sorted(modules)).keys()


@pytest.mark.parametrize("service", SETTINGS)
def test_the_gateway_knows_every_service_by_its_prefix(service: str) -> None:
    assert f"location /api/{service}/ {{\n            proxy_pass http://{service};" in GATEWAY
    assert f"server {service}:8000 resolve;" in GATEWAY
    assert "PATTANA_PORT=8000" in DOCKERFILE


def test_the_gateway_takes_what_the_services_take() -> None:
    general, imports = (int(size) for size in re.findall(r"client_max_body_size (\d+)m", GATEWAY))

    assert general * 1024 * 1024 > Settings.model_fields["body_limit_bytes"].default
    assert imports * 1024 * 1024 > Settings.model_fields["upload_limit_bytes"].default


def test_the_realm_has_our_roles_and_its_tokens_our_claims() -> None:
    portal = CLIENTS["pattana-portal"]["protocolMappers"]

    assert {role["name"] for role in REALM["roles"]["realm"]} == {*(role.value for role in ACCOUNTS), "SECOND_FACTOR"}
    assert {mapper["config"].get("claim.name") for mapper in portal} == {"roles", "unit", "sub", None}
    assert CLIENTS["pattana-operator"]["protocolMappers"] == portal
    audiences = {mapper["config"].get("included.custom.audience") for mapper in portal} - {None}
    assert audiences == {Settings.model_fields["token_audience"].default}
    assert not any(user.get("credentials") for user in REALM["users"])


def test_people_come_back_to_one_address_and_nowhere_else() -> None:
    portal = CLIENTS["pattana-portal"]

    assert portal["redirectUris"] == ["${PORTAL_CALLBACK}"]
    assert "*" not in json.dumps([portal["redirectUris"], portal["webOrigins"], portal["attributes"]])
    assert portal["attributes"]["pkce.code.challenge.method"] == "S256"
    assert COMPOSE.services["keycloak"]["environment"]["PORTAL_CALLBACK"].endswith("/signed-in}")


def test_a_refresh_token_works_once_and_what_happens_is_recorded() -> None:
    assert (REALM["revokeRefreshToken"], REALM["refreshTokenMaxReuse"]) == (True, 0)
    assert (REALM["eventsEnabled"], REALM["adminEventsEnabled"]) == (True, True)
    kept = Settings.model_fields["security_log_days"].default * 86_400
    assert (REALM["eventsExpiration"], int(REALM["attributes"]["adminEventsExpiration"])) == (kept, kept)
    assert REALM["adminEventsDetailsEnabled"] is False, "they would hold names for as long"
    assert REALM["eventsListeners"] == [], "the log of the process would hold what was typed as a name"


def steps(flow: str) -> list[tuple[str, str]]:
    """What a flow asks for, in order, and how."""
    executions = sorted(FLOWS[flow]["authenticationExecutions"], key=lambda one: int(one["priority"]))
    return [(one.get("flowAlias") or one["authenticator"], one["requirement"]) for one in executions]


@pytest.mark.parametrize("flow", ["second factor of officers", "second factor of officers at a reset"])
def test_whoever_reaches_others_needs_a_second_factor(flow: str) -> None:
    needing = {role["name"] for role in REALM["roles"]["realm"] if "SECOND_FACTOR" in str(role.get("composites"))}
    asked = {one["alias"]: one["config"] for one in REALM["authenticatorConfig"]}

    assert needing == OFFICERS
    assert steps(flow) == [("conditional-user-role", "REQUIRED"), ("auth-otp-form", "REQUIRED")]
    assert asked[FLOWS[flow]["authenticationExecutions"][0]["authenticatorConfig"]] == {"condUserRole": "SECOND_FACTOR"}


def test_no_way_to_a_session_goes_round_the_second_factor() -> None:
    password = "password and second factor"

    assert steps(REALM["browserFlow"]) == [("auth-cookie", "ALTERNATIVE"), (password, "ALTERNATIVE")]
    assert steps(password)[1:] == [("second factor of officers", "CONDITIONAL")]
    assert steps(REALM["resetCredentialsFlow"])[2:] == [
        ("second factor of officers at a reset", "CONDITIONAL"),
        ("reset-password", "REQUIRED"),
    ]
    assert steps(REALM["directGrantFlow"]) == [("deny-access-authenticator", "REQUIRED")]
    assert not any(client["directAccessGrantsEnabled"] for client in CLIENTS.values())


def test_a_mail_that_resets_a_password_goes_to_one_person() -> None:
    assert REALM["resetPasswordAllowed"] is True
    assert REALM["duplicateEmailsAllowed"] is False


# Answers as buildx does: a format that begins so gets a list for people.
BUILDX = """#!/bin/sh
for name; do :; done
case $name in *"$BROKEN"*) exit 1;; esac
case $5 in "{{json "*) printf '"sha256:abc"' ;; *) printf 'Name: %s\\nDigest: sha256:abc\\n' "$name" ;; esac
"""


def test_digests_pin_every_image_and_a_registry_that_does_not_answer_pins_none(tmp_path: Path) -> None:
    program = tmp_path / "docker"
    program.write_text(BUILDX)
    program.chmod(0o755)
    told = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}

    def run(broken: str) -> subprocess.CompletedProcess[str]:
        command = ["sh", str(ROOT / "deploy/digests.sh")]
        return subprocess.run(command, env=told | {"BROKEN": broken}, capture_output=True, text=True, check=False)

    done = run("nowhere")
    written = YAML(typ="safe").load(done.stdout)["services"]
    assert set(written) == set(COMPOSE.services)
    for name, service in COMPOSE.services.items():
        if "build" not in service:
            assert written[name] == {"image": f"{service['image']}@sha256:abc"}
    assert written["enrolment"] == {"build": {"args": {"PYTHON": "3.11-slim-bookworm@sha256:abc"}}}
    assert written["keycloak"] == {"build": {"args": {"KEYCLOAK": "26.7.3@sha256:abc"}}}
    assert [run(image).returncode for image in ("python:", "kafka", "prometheus")] == [1, 1, 1]


def test_a_list_of_contents_names_all_that_a_lock_pins(tmp_path: Path) -> None:
    told = os.environ | {"BIN": str(Path(sys.executable).parent)}
    subprocess.run(["sh", str(ROOT / "deploy/sbom.sh"), str(tmp_path)], env=told, check=True, capture_output=True)

    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.cdx.json" for name in (*SETTINGS, "command")}
    for path in tmp_path.iterdir():
        listed = json.loads(path.read_text())
        lock = (ROOT / "requirements" / f"{path.name.partition('.')[0]}.txt").read_text()
        assert {(one["name"], one["version"]) for one in listed["components"]} == {
            (name, version) for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", lock, flags=re.MULTILINE)
        }
        assert listed["bomFormat"] == "CycloneDX"


def test_alerts_name_metrics_that_exist() -> None:
    alerts = (ROOT / "deploy/observability/alerts.yml").read_text()
    existing = {metric.name for metric in Metrics().registry.collect()}
    named = {name.removesuffix("_total") for name in re.findall(r"\bpattana_\w+", alerts)}

    assert named
    assert named - existing == set()


def test_versions_are_those_of_the_code() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    built = {service["image"] for service in COMPOSE.services.values() if "build" in service}
    own = {image for image in built if not image.startswith("pattana-keycloak:")}

    assert own == {f"pattana-{name}:{version}" for name in (*SETTINGS, "operate")}
    assert COMPOSE.services["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"
    assert not [one for one in COMPOSE.services.values() if os.path.basename(one["image"]).endswith("latest")]
