"""What `crossdock topology generate` writes, read by those it is written for: compose and its schema, Kubernetes' schemas, systemd."""

import functools
import shutil
import subprocess
import sys
from pathlib import Path

import kubernetes_validate.utils
import pytest
import yaml
from testbroker import program

TOPOLOGIES = Path(__file__).parents[2] / "topologies"
NAMES = sorted(file.stem for file in TOPOLOGIES.glob("*.yaml"))

KUBERNETES = ["1.30", "1.37"]
"""Versions whose schemas are asked."""

# Read once, and not for each object.
kubernetes_validate.utils.schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)

AWKWARD = """
name: Über mesh
routers:
  - id: 1.Router$x
    host: one.example
    listeners: [{name: Über 100% $clients, port: 80}, {name: routers and others, port: 2, role: inter-router}]
  - {id: 1_router$x, listeners: [{name: "12345", port: 3}]}
connections: [{from: "1_*", to: "1.*"}]
brokers:
  - {id: yes, routers: "1.*", embedded: yes, port: 4, container: "a: 'b' \\\\ %n $c", queues: ["q $(x) #", "-"]}
  - {id: far, routers: "1*", url: "amqp://127.0.0.1:5", saslUsername: u, saslPassword: "env:FAR_PASSWORD", saslMechanisms: PLAIN}
autoLinks: [{address: q, broker: "*", direction: both, externalAddress: "-"}]
addresses: [{prefix: q, waypoint: yes}]
accept:
  - {warning: single-point-of-failure, because: this is a test}
"""
"""Names that mean something to somebody."""


def said(*command) -> tuple[int, str]:
    """Exit status of a command and what it said."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    return done.returncode, done.stdout


def generate(topology: Path, folder: Path) -> Path:
    """The files of a topology."""
    image = "registry.example:5000/crossdock:1"
    status, text = said(program(), "topology", "generate", topology, "--out", folder, "--image", image)
    assert status == 0, text
    return folder


@pytest.fixture(scope="module", params=[*NAMES, "awkward"])
def files(request, tmp_path_factory) -> Path:
    """The files of each topology of the repository, and of one whose names are awkward."""
    folder = tmp_path_factory.mktemp("generated")
    topology = TOPOLOGIES / f"{request.param}.yaml"
    if request.param == "awkward":
        topology = folder / "awkward.yaml"
        topology.write_text(AWKWARD)
    return generate(topology, folder)


def test_compose_reads_the_file(files):
    status, text = said("docker-compose", "-f", files / "compose.yaml", "config")
    assert status == 0, text
    read = yaml.safe_load(text)["services"]
    written = yaml.safe_load((files / "compose.yaml").read_text())["services"]
    assert list(written) and sorted(read) == sorted(written)
    for name, service in read.items():
        assert service["image"] == "registry.example:5000/crossdock:1", name


def test_the_compose_file_follows_the_specification(files):
    checker = Path(sys.executable).with_name("check-jsonschema")
    status, text = said(checker, "--builtin-schema", "vendor.compose-spec", files / "compose.yaml")
    assert status == 0, text


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_takes_the_manifests(files, version):
    manifests = list(yaml.safe_load_all((files / "kubernetes.yaml").read_text()))
    for manifest in manifests:
        kubernetes_validate.validate(manifest, version, strict=True)
    names = [(manifest["kind"], manifest["metadata"]["name"]) for manifest in manifests]
    assert len(set(names)) == len(names) > 2
    services = {name for kind, name in names if kind == "Service"}
    labels = [manifest["spec"]["template"]["metadata"]["labels"] for manifest in manifests if manifest["kind"] == "Deployment"]
    for manifest in manifests:
        if manifest["kind"] == "Service":
            selector = manifest["spec"]["selector"].items()
            assert any(selector <= pod.items() for pod in labels), f"{manifest['metadata']['name']} has nobody behind it"
    assert {manifest["metadata"]["name"] for manifest in manifests if manifest["kind"] == "Deployment"} <= services


def systemd(units: Path, root: Path) -> tuple[int, str]:
    """What systemd says of units, on a machine that has the program."""
    (root / "usr/bin").mkdir(parents=True)
    shutil.copy("/bin/true", root / "usr/bin/crossdock")
    installed = root / "etc/systemd/system"
    shutil.copytree(units, installed)
    # Units of the system, which ours name, it has to find as well.
    for name in ("network-online.target", "multi-user.target", "sysinit.target", "basic.target", "shutdown.target"):
        (installed / name).write_text("[Unit]\nDescription=Of the system\nDefaultDependencies=no\n")
    return said("systemd-analyze", "verify", f"--root={root}", "--man=no", *sorted(installed.glob("crossdock-*")))


def test_systemd_takes_the_units(files, tmp_path):
    status, text = systemd(files / "systemd", tmp_path / "root")
    assert (status, text) == (0, "")


def test_systemd_would_have_told_of_a_mistake(tmp_path):
    units = generate(TOPOLOGIES / "single.yaml", tmp_path / "generated") / "systemd"
    unit = units / "crossdock-single-dock.service"
    unit.write_text(unit.read_text().replace("Restart=on-failure", "Restrat=on-failure").replace("/usr/bin/", "/nowhere/"))
    _, text = systemd(units, tmp_path / "root")
    assert "Restrat" in text and "/nowhere/crossdock" in text, text
