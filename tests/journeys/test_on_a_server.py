"""A whole installation whose ledger is a PostgreSQL database: the same commands, answers and refusals."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.app import create_app
from pipeline.doctor import examine
from pipeline.wiring import open_house
from tests.api.caller import Caller
from tests.engines import behind
from tests.support import CLOCK, ROOT, Install, files_below, installed
from warehouse.ledger import Server

WHO = ("--customer-id", "MSME001")


@pytest.fixture
def install(tmp_path: Path, postgres_url: str) -> Install:
    return installed(tmp_path / "home", BAHI_DATABASE_URL=postgres_url)


def test_from_consent_to_its_withdrawal(install: Install, postgres_url: str) -> None:
    assert install.bahi("run", *WHO).code == 2
    install.must("consent", "grant", *WHO, "--sources", "bank")
    install.must("run", *WHO)
    assert "bank.credits_paise" in install.must("show", *WHO, "bank").out
    assert install.must("verify", *WHO).code == 0
    assert install.must("status", *WHO, "--json").json()
    assert not list(install.home.glob("bahi.db*"))
    before = install.must("audit", "verify", "--json").json()
    assert before["entries_n"] > 5
    install.must("consent", "revoke", *WHO)
    refused = install.bahi("show", *WHO, "bank", "--json")
    assert (refused.code, refused.json()["error"]["code"]) == (2, "CONSENT_REVOKED")
    assert [name for name in files_below(install.home / "raw") if "MSME001" in name] == []
    install.must("audit", "verify", "--earlier", f"{before['entries_n']}:{before['root']}")
    install.must("db", "check")
    behind(
        Server(postgres_url),
        "DROP TRIGGER audit_no_update ON audit",
        "UPDATE audit SET outcome = 'x' WHERE seq = 3",
    )
    broken = install.bahi("audit", "verify", "--json")
    assert (broken.code, broken.json()["error"]["code"]) == (2, "AUDIT_BROKEN")
    assert "entry 3" in broken.json()["error"]["message"]


def test_the_service_answers_from_it(install: Install) -> None:
    install.must("consent", "grant", *WHO, "--sources", "bank")
    install.must("run", *WHO)
    house = open_house(install.environ(), "service")
    with Caller(create_app(house)) as caller:
        caller.sign_in(house)
        assert caller.get("/api/customers").status_code == 200
        assert "MSME001" in caller.get("/api/customers").text
    found = examine(install.environ())
    assert {one.what: one.hint for one in found if not one.is_ok and "page" not in one.what} == {}
    house.ledger.close()


def test_without_the_driver_the_next_step_is_to_install_it(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['psycopg'] = None; from cli.main import main; sys.exit(main(['db', 'check']))"
    environ = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "BAHI_HOME": str(tmp_path), "BAHI_CLOCK": CLOCK,
        "BAHI_DATABASE_URL": "postgresql://me@localhost/bahi",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", hidden], env=environ, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "DRIVER_MISSING" in done.stderr and 'pip install "psycopg[binary]"' in done.stderr
