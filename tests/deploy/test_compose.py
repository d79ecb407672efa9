"""The Compose files: the specification's own schema, and what each service may do."""

import json
import re

import compose_spec
import pytest
import yaml
from dockerfile import ROOT

DEPLOY = ROOT / "deploy"
FILES = sorted(DEPLOY.glob("compose*.yaml"))


def read(path):
    """The file as Compose reads it: `${NAME:-default}` replaced, anchors resolved."""
    text = re.sub(r"\$\{\w+(?::-([^}]*))?\}", lambda found: found[1] or "", path.read_text())
    return yaml.safe_load(text)


@pytest.fixture(scope="module")
def compose():
    return read(DEPLOY / "compose.yaml")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_is_valid_by_the_specification(path):
    compose_spec.PyCompose.from_json(json.dumps(read(path)))


def test_the_check_knows_a_mistake_when_it_sees_one(compose):
    wrong = json.loads(json.dumps(compose))
    wrong["services"]["council"]["prots"] = ["9000:9000"]
    with pytest.raises(ValueError, match="prots"):
        compose_spec.PyCompose.from_json(json.dumps(wrong))


def test_nothing_is_reachable_from_other_machines(compose):
    for name, service in compose["services"].items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), f"{name}: {port}"
        assert service.get("network_mode") != "host" and service["networks"] == ["council"], name


def test_no_service_has_more_rights_than_it_needs(compose):
    for name, service in compose["services"].items():
        assert service["cap_drop"] == ["ALL"] and not service.get("privileged"), name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["read_only"] is (name != "vllm"), name
        assert "/var/run/docker.sock" not in json.dumps(service), name
    assert {name for name, service in compose["services"].items() if "cap_add" in service} == {"postgres"}


def test_every_service_says_how_it_is(compose):
    # Council's image does itself.
    for name, service in compose["services"].items():
        assert name == "council" or service["healthcheck"]["test"], name


def test_images_name_their_versions(compose):
    for name, service in compose["services"].items():
        assert re.search(r":[\w.-]*\d", service["image"]) or name == "council", service["image"]


def test_secrets_are_files_and_stand_in_no_variable(compose):
    for name, service in compose["services"].items():
        for variable in service.get("environment", {}):
            assert not re.search(r"(PASSWORD|TOKEN|SECRET|KEY)$", variable), f"{name}: {variable}"
    used = {
        secret if isinstance(secret, str) else secret["source"]
        for service in compose["services"].values()
        for secret in service.get("secrets", [])
    }
    assert used == set(compose["secrets"])
    assert (DEPLOY / "secrets/.gitignore").read_text().splitlines() == ["*", "!.gitignore"]


def test_volumes_and_networks_are_declared(compose):
    for name, service in compose["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("./") or source in compose["volumes"], f"{name}: {volume}"


def test_prometheus_asks_as_the_file_for_other_places_does():
    ours = yaml.safe_load((DEPLOY / "prometheus/compose.yml").read_text())
    [job] = ours["scrape_configs"]
    assert job["static_configs"] == [{"targets": ["council:9000"]}]
    assert job["authorization"]["credentials_file"] == "/run/secrets/metrics_key"
    usual = DEPLOY / "prometheus/prometheus.yml"
    other = yaml.safe_load(usual.read_text())
    assert ours["global"] == other["global"] and ours["rule_files"] == other["rule_files"]
    assert job["job_name"] == other["scrape_configs"][0]["job_name"]


def test_extra_files_change_services_that_there_are(compose):
    for path in FILES:
        assert set(read(path)["services"]) <= set(compose["services"]), path.name


def test_without_the_extra_file_the_engines_walls_stay(compose):
    assert "unconfined" not in json.dumps(compose)
    sandbox = read(DEPLOY / "compose.sandbox.yaml")["services"]
    assert list(sandbox) == ["council"] and set(sandbox["council"]) == {"security_opt"}
