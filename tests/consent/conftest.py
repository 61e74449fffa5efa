from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from consent.grants import Policy
from tests.consent.desk import Desk
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


@pytest.fixture
def make_desk(fast_folder: Path, template: Path, secrets: dict[str, bytes]) -> Iterator[Callable[..., Desk]]:
    made: list[tuple[Desk, TemporaryDirectory[str]]] = []

    def make(policy: Policy | None = None) -> Desk:
        folder = TemporaryDirectory(dir=fast_folder)
        desk = Desk(template, Path(folder.name), secrets, policy)
        made.append((desk, folder))
        return desk

    yield make
    for desk, folder in made:
        desk.ledger.close()
        folder.cleanup()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
