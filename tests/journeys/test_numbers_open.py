"""Every metric opens to its raw lines; from those lines alone the number comes out again, to the paisa."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import Install, installed

CUSTOMER = ("--customer-id", "MSME001")


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Install:
    made = installed(tmp_path_factory.mktemp("numbers") / "home")
    made.must("consent", "grant", *CUSTOMER, "--sources", "bank")
    made.must("run", *CUSTOMER)
    return made


def opened(install: Install, metric: str) -> dict[str, object]:
    found = install.must("explain", *CUSTOMER, metric, "--json").json()
    assert isinstance(found, dict)
    return found
