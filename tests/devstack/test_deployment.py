"""What is deployed: settings documented, images without registries, checks on every service."""

import re

import pytest
import yaml

from devstack import paths

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


def test_each_dependency_has_its_reason() -> None:
    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tables = re.findall(r"^(?:dependencies|[\w-]+) = \[\n(    \".*?)^\]", text, re.DOTALL | re.M)
    lines = [line for table in tables for line in table.splitlines() if line.startswith('    "')]
    requirements = [line for line in lines if re.search(r"[=~<>]=", line)]
    assert len(requirements) > 30
    assert [line for line in requirements if not re.search(r'",\s+# \S+', line)] == []
