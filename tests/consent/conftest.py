from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

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
    made: list[Desk] = []

    def make(policy: Policy | None = None) -> Desk:
        made.append(Desk(template, Path(mkdtemp(dir=fast_folder)), secrets, policy))
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
