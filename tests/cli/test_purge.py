"""Purging says what resists, with the exit code of its class, and counts what it finished."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import Install, installed


@pytest.fixture
def install(tmp_path: Path) -> Install:
    made = installed(tmp_path / "home")
    made.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
    made.must("run", "--customer-id", "MSME001")
    return made


def test_an_erasure_that_resists_is_told_and_counted_once_it_is_done(install: Install) -> None:
    raw, aside = install.home / "raw", install.home / "aside"
    raw.rename(aside)
    raw.symlink_to(aside)
    assert install.bahi("consent", "revoke", "--customer-id", "MSME001").code == 2
    stuck = install.bahi("purge", "--due", "--json")
    assert stuck.code == 2 and stuck.json()["error"]["code"] == "PATH_REFUSED"
    raw.unlink()
    aside.rename(raw)
    assert install.must("purge", "--due", "--json").json()["deliveries"] == 1
    assert not list(raw.rglob("*.ndjson"))


def test_a_damaged_manifest_under_a_living_consent_is_told_and_nothing_is_lost(install: Install) -> None:
    install.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank", "--purpose", "104")
    later = {"BAHI_CLOCK": "2026-12-03T10:00:00+05:30"}
    install.must(
        "run", "--customer-id", "MSME001", "--purpose", "104", BAHI_CLOCK="2026-11-20T10:00:00+05:30"
    )
    (install.home / "raw" / "MSME001" / "manifest.json").write_text("{")
    held = sorted((install.home / "raw").rglob("*.ndjson"))
    shown = install.bahi("status", "--customer-id", "MSME001", "--purpose", "104", "--json", **later)
    assert shown.code == 2
    assert held and sorted((install.home / "raw").rglob("*.ndjson")) == held
    assert install.bahi("doctor", "--json", **later).code == 2
