"""Fixtures: one router for all ordinary tests, Proton peers, and the router's log beside every failure."""

import re

import pytest
from peer import Peer
from router import Router, command, reference, section

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

def pytest_configure(config):
    config.addinivalue_line(
        "markers",
        "differs(reason): a rule that Crossdock keeps and qdrouterd does not; skipped when ROUTER_CMD is set",
    )
    try:
        command()
    except RuntimeError as problem:
        raise pytest.UsageError(str(problem)) from None


def pytest_collection_modifyitems(items):
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


@pytest.fixture
def address(request):
    """An address that no other test uses."""
    return "t/" + re.sub(r"\W+", "-", request.node.name).strip("-")
