from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import in_memory
from tests.warehouse.world import Place
from warehouse import _fs


@pytest.fixture(autouse=True)
def _no_fault_left_behind() -> Iterator[None]:
    yield
    _fs.fault = None


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    yield from in_memory(tmp_path)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "home")
