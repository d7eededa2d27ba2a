"""What is deployed: settings documented, images without registries, checks on every service."""

import os
import re
import subprocess
import sys

import pytest
import yaml
from django.conf import settings

from devstack import paths
from tests.access.resolver import patterns

CADDYFILE = (paths.ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((paths.ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
EXAMPLE = (paths.ROOT / ".env.example").read_text(encoding="utf-8")


def documented() -> set[str]:
    return set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))


def read_by_the_settings() -> set[str]:
    text = (paths.ROOT / "portal" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'\benv(?:\.\w+)?\(\s*"(\w+)"', text))


def used_by_compose() -> set[str]:
    text = (paths.ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return set(re.findall(r"\$\{(\w+)", text))


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    assert len(read_by_the_settings()) > 20
    assert documented() == read_by_the_settings() | used_by_compose()


def test_the_secrets_have_no_default() -> None:
    assert re.search(r"^SECRET_KEY=$", EXAMPLE, re.MULTILINE)
    assert re.search(r"^POSTGRES_PASSWORD=$", EXAMPLE, re.MULTILINE)
    assert re.search(r"^POSTGRES_APP_PASSWORD=$", EXAMPLE, re.MULTILINE)


def test_only_the_migration_runs_as_the_owner_of_the_tables() -> None:
    for name in ("web", "worker", "beat"):
        # a service without an environment of its own has that of all
        settings_of_it = COMPOSE["services"][name]["environment"]
        assert settings_of_it["DATABASE_URL"].startswith("postgres://portal_app:"), name
    migrate = COMPOSE["services"]["migrate"]
    assert migrate["environment"]["DATABASE_URL"].startswith("postgres://portal:")
    assert "grant_rights portal_app" in migrate["command"][-1]


@pytest.mark.parametrize("name", sorted(set(COMPOSE["services"]) - {"migrate"}))
def test_every_service_has_a_health_check(name: str) -> None:
    assert COMPOSE["services"][name]["healthcheck"]["test"]


def test_web_worker_beat_and_their_servers_are_all_there() -> None:
    services = {"web", "worker", "beat", "postgres", "redis", "mail", "proxy", "migrate"}
    assert set(COMPOSE["services"]) == services


def test_only_the_proxy_is_open_to_the_network() -> None:
    for name, service in COMPOSE["services"].items():
        for port in service.get("ports", []):
            assert name == "proxy" or port.startswith("127.0.0.1:")


def test_the_image_runs_as_no_root_and_installs_by_hash() -> None:
    text = (paths.ROOT / "Dockerfile").read_text(encoding="utf-8")
    stage = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER portal$", stage, re.MULTILINE)
    assert "--require-hashes" in text
    assert "HEALTHCHECK" in stage


@pytest.mark.process
def test_a_deployment_passes_djangos_own_check() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=paths.ROOT,
        env={**os.environ, "SECURE": "True", "DEBUG": "False", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_each_dependency_has_its_reason() -> None:
    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tables = re.findall(r"^(?:dependencies|[\w-]+) = \[\n(    \".*?)^\]", text, re.DOTALL | re.M)
    lines = [line for table in tables for line in table.splitlines() if line.startswith('    "')]
    requirements = [line for line in lines if re.search(r"[=~<>]=", line)]
    assert len(requirements) > 30
    assert [line for line in requirements if not re.search(r'",\s+# \S+', line)] == []


def test_the_proxy_takes_as_much_as_the_portal_and_no_more() -> None:
    sizes = [int(size) * 2**10 for size in re.findall(r"max_size (\d+)KiB", CADDYFILE)]
    sizes += [int(size) * 2**20 for size in re.findall(r"max_size (\d+)MiB", CADDYFILE)]
    ours = (
        settings.BODY_MOST_BYTES_OF_STRANGERS,
        settings.BODY_MOST_BYTES,
        settings.UPLOAD_MOST_BYTES,
        settings.UPLOAD_REQUEST_MOST_BYTES,
        settings.FORM_FILES_MOST_BYTES,
    )
    assert sorted(sizes) == sorted(ours)


def test_the_proxy_knows_where_files_are_taken() -> None:
    found = {
        "UPLOAD_MOST_BYTES": re.search(r"@files path_regexp (\S+)", CADDYFILE),
        "FORM_FILES_MOST_BYTES": re.search(r"@forms path_regexp (\S+)", CADDYFILE),
        "UPLOAD_REQUEST_MOST_BYTES": re.search(r"handle (/api/uploads/)\*", CADDYFILE),
    }
    taking = [
        (
            re.sub(
                r"<code>", "reply", re.sub(r"<pk>", "7", re.sub(r"<(?!pk|code)\w+>", "7", address))
            ),
            most,
        )
        for _, address, view in patterns()
        if (most := getattr(view, "takes_files", ""))
    ]
    assert len(taking) == 12
    assert [
        address
        for address, most in taking
        if not (place := found[most]) or not re.match(place[1], address)
    ] == []


def test_the_proxy_waits_for_a_whole_form_and_not_for_ever() -> None:
    buffered = re.search(r"request_buffers (\d+)MiB", CADDYFILE)
    assert buffered is not None
    assert int(buffered[1]) * 2**20 > settings.BODY_MOST_BYTES
    for limit in ("read_header", "read_body"):
        assert re.search(rf"{limit} \d+[sm]", CADDYFILE)


def test_the_portal_believes_as_many_proxies_as_there_are() -> None:
    assert COMPOSE["services"]["web"]["environment"]["TRUSTED_PROXIES"] == "1"
    assert "trusted_proxies" not in CADDYFILE  # it replaces what a client says of its address
