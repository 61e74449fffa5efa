import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pytest

from consent.grants import Policy
from tests.consent.desk import Desk
from tests.engines import ENGINES
from tests.postgres import TestServer
from warehouse.ledger import Ledger, Server
from warehouse.migrate import upgrade

_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def fast_folder() -> Iterator[Path]:
    """A folder in memory where the machine has one: these tests sync thousands of transactions."""
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def template(fast_folder: Path) -> Path:
    """An empty ledger at the newest version, copied for each desk."""
    path = fast_folder / "template.db"
    upgrade(path)
    return path


@pytest.fixture(scope="session")
def secrets() -> dict[str, bytes]:
    """The sandbox's signing key, made once."""
    return {}


@pytest.fixture(scope="session")
def template_database(postgres_server: TestServer) -> str:
    """The same in a database of a server."""
    name = postgres_server.make_database()
    upgrade(Server(postgres_server.url(name)))
    return name


# Who may do what, what was done, and what must go: these are tried on every engine.
ON_EVERY_ENGINE = frozenset(
    "test_audit test_audit_crowd test_certificate test_checkpoint test_concurrent_use test_erasure test_grants test_keys test_proofs".split()
)
_LOOKS = "looks into the files of the ledger"
EMBEDDED_ONLY = {
    "test_an_erasure_leaves_nothing_in_the_log_of_the_ledger": _LOOKS,
    "test_no_identifier_is_left_on_any_page_or_in_the_log": _LOOKS,
    "test_a_consent_erased_by_an_earlier_release_is_sealed_at_the_next_command": _LOOKS,
    "test_a_log_that_a_reader_keeps_is_scrubbed_by_a_later_command": _LOOKS,
    "test_a_reader_that_looks_on_keeps_the_log_only_until_it_is_done": _LOOKS,
    "test_one_unreadable_consent_keeps_no_other_customer_from_being_scrubbed": _LOOKS,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the tests of those modules a desk on each engine."""
    name = metafunc.module.__name__.rpartition(".")[2]
    if "engine" not in metafunc.fixturenames or name not in ON_EVERY_ENGINE:
        return
    if metafunc.function.__name__ not in EMBEDDED_ONLY:
        metafunc.parametrize("engine", ENGINES, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """The engine a desk stands on."""
    return str(getattr(request, "param", ENGINES[0]))


@pytest.fixture
def new_ledger(
    engine: str, request: pytest.FixtureRequest, template: Path
) -> Iterator[Callable[[Path], Ledger]]:
    """Make empty ledgers, each from a copy."""
    made: list[str] = []

    def in_a_file(folder: Path) -> Ledger:
        shutil.copyfile(template, folder / "ledger.db")
        return Ledger(folder / "ledger.db")

    def on_a_server(_: Path) -> Ledger:
        made.append(server.make_database(request.getfixturevalue("template_database")))
        return Ledger(Server(server.url(made[-1])))

    if engine == "sqlite":
        yield in_a_file
        return
    server: TestServer = request.getfixturevalue("postgres_server")
    yield on_a_server
    for name in made:
        server.drop_database(name)


@pytest.fixture
def make_desk(
    fast_folder: Path, new_ledger: Callable[[Path], Ledger], secrets: dict[str, bytes]
) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(policy: Policy | None = None) -> Desk:
        folder = Path(mkdtemp(dir=fast_folder))
        made.append(Desk(new_ledger(folder), folder, secrets, policy))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


@pytest.fixture(scope="module")
def without_fair_use() -> Iterator[None]:
    """For tests of what consents do under terms that fair use would never let be asked for."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("consent.fair_use.TABLES", {})
        yield
