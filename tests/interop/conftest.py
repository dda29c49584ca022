"""Fixtures: one router for all ordinary tests, Proton peers, and the router's log beside every failure."""

import re

import gateway as gateways
import pytest
from mesh import Mesh, qdrouterd
from mesh_peer import MeshPeer, Stock
from peer import Peer
from proton_broker import ProtonBroker
from rabbitmq import RabbitMq
from router import Router, command, reference, section
from testbroker import TestBroker

LISTENERS = {
    "plain": {},
    "small": {"linkCapacity": 10},
    "hasty": {"idleTimeoutSeconds": 2},
}
"""The listeners of the shared router: the usual one, one that grants little credit, one that soon misses a silent peer."""

ADDRESSES = (
    section("address", prefix="closest", distribution="closest"),
    section("address", prefix="balanced", distribution="balanced"),
    section("address", prefix="multicast", distribution="multicast"),
    section("address", prefix="unavailable", distribution="unavailable"),
    # Which configuration wins shows in whether an attach is refused.
    section("address", prefix="rank", distribution="unavailable"),
    section("address", prefix="rank/open", distribution="balanced"),
    section("address", pattern="rank/*/x", distribution="balanced"),
    section("address", pattern="rank/shut/#", distribution="unavailable"),
    section("address", pattern="tail/#/end", distribution="unavailable"),
)

MIXES = ("CQC", "QCQ")
"""The ways to mix meshes: which of routers A, B and C are Crossdock, and which qdrouterd."""

LINE, TRIANGLE, DETOUR = "A>B B>C", "A>B B>C A>C", "A>B B>C A>C:10"
"""The meshes that tests share; those that cut, kill and restart have their own."""


def pytest_configure(config):
    config.addinivalue_line(
        "markers",
        "differs(reason): a rule that Crossdock keeps and qdrouterd does not; skipped when ROUTER_CMD is set",
    )
    config.addinivalue_line(
        "markers",
        "breaks(drawing, relays=''): the mesh that the fixture `own` makes for this test",
    )
    config.addinivalue_line(
        "markers",
        "mixed: a rule that also holds where some of the routers are qdrouterd; tried with those if QDROUTERD is set",
    )
    try:
        command()
    except RuntimeError as problem:
        raise pytest.UsageError(str(problem)) from None


def pytest_generate_tests(metafunc):
    """Lets a test of a shared mesh run once, or once for each way to mix the mesh if it is marked so.

    In `CQC` routers A and C are Crossdock and B is qdrouterd.
    """
    mixes = [""]
    if mixes_meshes() and metafunc.definition.get_closest_marker("mixed") and not metafunc.definition.get_closest_marker("differs"):
        mixes += MIXES
    for mesh in ("line_mesh", "triangle_mesh", "detour_mesh", "gateway_mesh"):
        if mesh in metafunc.fixturenames:
            metafunc.parametrize(mesh, mixes, indirect=True, scope="session", ids=lambda mix: mix or "alone")
    if "mix" in metafunc.fixturenames:
        metafunc.parametrize("mix", mixes, ids=lambda mix: mix or "alone")


def mixes_meshes() -> bool:
    return bool(qdrouterd()) and not reference()


def pytest_terminal_summary(terminalreporter):
    if not qdrouterd() and not reference():
        terminalreporter.section("meshes of Crossdock and qdrouterd: NOT TESTED", yellow=True)
        terminalreporter.line("Set QDROUTERD to a qdrouterd program to test them.")


def is_mixed(item) -> bool:
    """Whether a test runs in a mesh of which some routers are qdrouterd."""
    case = getattr(item, "callspec", None)
    return case is not None and any(value in MIXES for value in case.params.values())


def pytest_collection_modifyitems(items):
    # Of a rule with several cases one alone may be Crossdock's.
    items[:] = [item for item in items if not (is_mixed(item) and item.get_closest_marker("differs"))]
    if not reference():
        return
    for item in items:
        if marker := item.get_closest_marker("differs"):
            item.add_marker(pytest.mark.skip(reason=marker.kwargs["reason"]))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_setup(item):
    item.log_starts = {id(router): len(router.lines) for router in Router.live}
    yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.failed:
        for router in Router.live:
            tail = router.log_tail(first=item.log_starts.get(id(router), 0))
            report.sections.append((f"router log, whole in {router.log_file}", tail))
        for node in RabbitMq.live:
            report.sections.append((f"RabbitMQ's log, whole in {node.log_file}", node.log_tail()))


def start(tmp_path_factory, name, listeners, *sections):
    """A router in a directory of its own, and its orderly end: a generator to be delegated to by a fixture."""
    router = Router(tmp_path_factory.mktemp(name), listeners, *sections)
    yield router
    router.stop()


@pytest.fixture(scope="session")
def router(tmp_path_factory):
    """The router that all tests share."""
    yield from start(tmp_path_factory, "router", LISTENERS, *ADDRESSES)


@pytest.fixture(scope="session")
def limited_router(tmp_path_factory):
    """A router that takes messages of at most 10,000 octets."""
    yield from start(tmp_path_factory, "limited", {"plain": {"maxMessageSize": 10_000}})


def peer_of(router):
    """A peer of a router; afterwards nothing may have been wrong on the wire and the router must still run."""
    peer = Peer(router.url)
    yield peer
    peer.close()
    assert not peer.faults, f"faults on the wire: {peer.faults}"
    assert router.running(), "the router is gone"


@pytest.fixture
def peer(router):
    yield from peer_of(router)


@pytest.fixture
def limited_peer(limited_router):
    yield from peer_of(limited_router)


def programs_of(mix: str) -> dict[str, list[str]]:
    """In a mix like `CQC` the routers that are qdrouterd."""
    return {router: qdrouterd() for router, program in zip("ABC", mix) if program == "Q"}


def mesh_of(tmp_path_factory, drawing, mix=""):
    """A mesh with a stock of addresses, and its orderly end."""
    mesh = Mesh(tmp_path_factory.mktemp("mesh"), drawing, *ADDRESSES, programs=programs_of(mix), patient=True)
    try:
        MeshPeer(mesh).converge()
        stock = Stock(mesh)
        yield mesh, stock
        stock.close()
    finally:
        mesh.close()


def mesh_peer_of(mesh, stock):
    """A peer of a mesh; afterwards nothing may have been wrong on the wire and the routers must still run."""
    peer = MeshPeer(mesh, stock)
    yield peer
    peer.close()
    assert not peer.faults, f"faults on the wire: {peer.faults}"
    gone = [name for name, router in mesh.routers.items() if not router.running()]
    assert not gone, f"routers are gone: {gone}"


@pytest.fixture(scope="session")
def line_mesh(request, tmp_path_factory):
    yield from mesh_of(tmp_path_factory, LINE, request.param)


@pytest.fixture(scope="session")
def triangle_mesh(request, tmp_path_factory):
    yield from mesh_of(tmp_path_factory, TRIANGLE, request.param)


@pytest.fixture(scope="session")
def detour_mesh(request, tmp_path_factory):
    yield from mesh_of(tmp_path_factory, DETOUR, request.param)


@pytest.fixture
def line(line_mesh):
    """A peer of three routers in a line: A - B - C."""
    yield from mesh_peer_of(*line_mesh)


@pytest.fixture
def triangle(triangle_mesh):
    """A peer of three routers, each connected to both others."""
    yield from mesh_peer_of(*triangle_mesh)


@pytest.fixture
def detour(detour_mesh):
    """A peer of three routers, each connected to both others, but it is expensive from A to C."""
    yield from mesh_peer_of(*detour_mesh)


class Meshes:
    """The meshes of tests that break theirs. While one test runs, that of the next one finds its paths already."""

    def __init__(self, tmp_path_factory):
        self._tmp_path_factory = tmp_path_factory
        self._started: dict[str, Mesh] = {}

    def take(self, item) -> Mesh:
        mesh = self._start(item)
        del self._started[item.nodeid]
        items = item.session.items
        following = items[items.index(item) + 1:]
        runs_next = next((other for other in following if not other.get_closest_marker("skip")), None)
        if runs_next and runs_next.get_closest_marker("breaks"):
            self._start(runs_next)
        return mesh

    def close(self) -> None:
        for mesh in self._started.values():
            mesh.close()

    def _start(self, item) -> Mesh:
        if item.nodeid not in self._started:
            drawing, = item.get_closest_marker("breaks").args
            options = item.get_closest_marker("breaks").kwargs
            programs = programs_of(item.callspec.params["mix"])
            directory = self._tmp_path_factory.mktemp("mesh")
            self._started[item.nodeid] = Mesh(directory, drawing, *ADDRESSES, programs=programs, **options)
        return self._started[item.nodeid]


@pytest.fixture(scope="session")
def meshes(tmp_path_factory):
    meshes = Meshes(tmp_path_factory)
    yield meshes
    meshes.close()


@pytest.fixture
def own(request, meshes, mix):
    """A peer of a mesh, drawn with the mark `breaks`, that no other test uses and this one may cut, kill and restart."""
    mesh = meshes.take(request.node)
    try:
        peer = MeshPeer(mesh)
        peer.converge()
        yield peer
        peer.close()
        assert not peer.faults, f"faults on the wire: {peer.faults}"
    finally:
        mesh.close()


@pytest.fixture(scope="session")
def rabbitmq_node(tmp_path_factory):
    node = RabbitMq(tmp_path_factory.mktemp("rabbitmq"))
    yield node
    node.close()


@pytest.fixture
def rabbitmq(rabbitmq_node):
    """The RabbitMQ node that all tests share. A test may kill it; the next one finds it running again."""
    if rabbitmq_node.process is None:
        rabbitmq_node.restart()
    return rabbitmq_node


@pytest.fixture
def proton_broker(tmp_path):
    """A broker of Proton's examples, for this test alone."""
    broker = ProtonBroker(tmp_path)
    yield broker
    broker.close()


@pytest.fixture(scope="session")
def test_broker(tmp_path_factory):
    """A test broker that all tests share."""
    broker = TestBroker(tmp_path_factory.mktemp("test-broker"))
    yield broker
    broker.close()


@pytest.fixture(scope="session")
def gateway_mesh(request, tmp_path_factory, test_broker):
    """Routers A - B - C. Containers that tests play connect to any of them; B connects to the test broker."""
    yield from gateway_mesh_of(tmp_path_factory, gateways.connector("broker", test_broker), mix=request.param)


@pytest.fixture(scope="session")
def rabbit_mesh(tmp_path_factory, rabbitmq_node):
    """Routers A - B - C, B connected to RabbitMQ: queue `filed`, filled and emptied by auto links of the configuration file."""
    queue, = rabbitmq_node.declare("filed")
    auto_links = [
        section("autoLink", address="way/filed", direction=direction, externalAddress=queue, connection="rabbit")
        for direction in ("in", "out")
    ]
    yield from gateway_mesh_of(tmp_path_factory, gateways.connector("rabbit", rabbitmq_node, **gateways.LOGIN), *auto_links)


def gateway_mesh_of(tmp_path_factory, *sections, mix=""):
    mesh = Mesh(
        tmp_path_factory.mktemp("gateway"), LINE, *gateways.ADDRESSES,
        programs=programs_of(mix), patient=True, listeners=gateways.LISTENERS, local={"B": sections},
    )
    try:
        MeshPeer(mesh).converge()
        yield mesh
    finally:
        mesh.close()


def gateway_of(mesh, request):
    gateway = gateways.Gateway(mesh, request.node.name)
    yield gateway
    gateway.close()


@pytest.fixture
def gateway(gateway_mesh, request):
    yield from gateway_of(gateway_mesh, request)


@pytest.fixture(scope="session")
def route_stock(gateway_mesh):
    stock = gateways.RouteStock(gateway_mesh)
    yield stock
    stock.close()


@pytest.fixture
def cut_gateway(request, tmp_path_factory):
    """A gateway on a mesh of its own, whose connection between B and C the test may cut."""
    mesh = Mesh(
        tmp_path_factory.mktemp("gateway"), LINE, *gateways.ADDRESSES, patient=True, listeners=gateways.LISTENERS, relays="BC",
    )
    try:
        MeshPeer(mesh).converge()
        yield from gateway_of(mesh, request)
    finally:
        mesh.close()


@pytest.fixture
def rabbit(rabbit_mesh, request):
    yield from gateway_of(rabbit_mesh, request)


@pytest.fixture
def address(request):
    """An address that no other test uses."""
    return "t/" + re.sub(r"\W+", "-", request.node.name).strip("-")
