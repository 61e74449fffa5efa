"""A command loads what it needs and nothing more; what it may load is written down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import tree
from tests.architecture.test_sources import source_names

ALLOWED = Path(__file__).resolve().parent / "startup_modules.json"
HEAVY = frozenset(
    "alembic asyncio cryptography faker fastapi httpx hypothesis importlib.metadata joserfc jsonschema jsonschema_rs"
    " multiprocessing numpy pandas psycopg pydantic rich sqlalchemy starlette uvicorn uvloop".split()
)
WATCHED = """
import json, sys
before = set(sys.modules)
from cli.main import main
code = main(sys.argv[1:])
print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
sys.exit(code)
"""


def modules_of(words: list[str], home: Path, watched: str = WATCHED) -> tuple[int, set[str]]:
    """Run one command in a fresh interpreter and list what it loaded beyond a bare one."""
    environ = {**os.environ, "BAHI_HOME": str(home), "PYTHONPATH": str(tree.ROOT)}
    asked = [sys.executable, "-c", watched, *words]
    answer = subprocess.run(asked, env=environ, capture_output=True, text=True, cwd=home, check=False)
    return answer.returncode, set(json.loads(answer.stderr.splitlines()[-1]))


def too_heavy(loaded: set[str]) -> list[str]:
    """Find modules no light command may load."""
    return sorted(name for name in loaded if name in HEAVY or name.split(".")[0] in HEAVY)


def not_listed(loaded: set[str], list_name: str) -> list[str]:
    """Find modules beyond the committed list; sources.* in it stands for every source's declaration, no file beside."""
    listed = set(json.loads(ALLOWED.read_text())[list_name])
    declared = {f"sources.{name}" for name in source_names(tree.ROOT)} if "sources.*" in listed else set()
    return sorted(loaded - listed - declared)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with one customer who has consented."""
    folder = tmp_path_factory.mktemp("home")
    grant = ["consent", "grant", "--customer-id", "MSME001", "--sources", "bank"]
    for words in (["init"], grant):
        code, _ = modules_of(words, folder)
        assert code == 0, words
    return folder


COMMANDS = {
    "help": ["--help"],
    "consent": ["status", "--customer-id", "MSME001"],
}


@pytest.mark.parametrize("list_name", COMMANDS)
def test_a_light_command_loads_nothing_heavy_and_nothing_unlisted(list_name: str, home: Path) -> None:
    code, loaded = modules_of(COMMANDS[list_name], home)
    assert code == 0
    assert too_heavy(loaded) == []
    assert not_listed(loaded, list_name) == [], (
        "allow it in startup_modules.json only when every such command needs it"
    )


def test_a_planted_heavy_import_is_caught(home: Path) -> None:
    _, loaded = modules_of(["--help"], home, WATCHED.replace("import main", "import main\nimport sqlalchemy"))
    assert "sqlalchemy" in too_heavy(loaded)
    assert "sqlalchemy" in not_listed(loaded, "help")


def test_the_list_names_nothing_heavy() -> None:
    for names in json.loads(ALLOWED.read_text()).values():
        assert too_heavy(set(names)) == []
