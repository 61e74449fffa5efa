from __future__ import annotations

import subprocess
import sys

import pytest

from kit.errors import NotFound
from warehouse import assets


@pytest.mark.parametrize(
    "name", ["", "..", "../config", "a/b", "A", "nothing.of_that_name", "x\n", "x.json\0"]
)
def test_a_schema_that_is_not_there_or_not_a_name_is_refused(name: str) -> None:
    with pytest.raises(NotFound) as refusal:
        assets.schema(name)
    assert refusal.value.code == "SCHEMA_UNKNOWN"


def test_every_schema_listed_can_be_read() -> None:
    for name in assets.schema_names():
        assert assets.schema(name)


def test_the_hash_of_the_code_tells_packages_apart_and_order_does_not_count() -> None:
    assert assets.code_hash("kit", "warehouse") == assets.code_hash("warehouse", "kit")
    assert len({assets.code_hash("kit"), assets.code_hash("warehouse"), assets.code_hash("kit.money")}) == 3
    with pytest.raises(ValueError, match="no source under"):
        assets.code_hash("nothing_of_that_name")


def test_reading_the_ledger_loads_neither_alembic_nor_sqlalchemy() -> None:
    code = (
        "import sys, warehouse.lake, warehouse.ledger, warehouse.migrate, warehouse.assets, warehouse.migrations;"
        "heavy = {'alembic', 'sqlalchemy', 'pydantic', 'fastapi', 'jsonschema', 'tempfile', 'shutil', 'asyncio'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=assets.root()
    )
    assert answer.stdout.strip() == "[]"
