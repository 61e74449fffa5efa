"""Certificates on the command line: printed, saved where somebody points, and checked with no installation at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import Install, files_below, installed

CUSTOMER = ("--customer-id", "MSME001")


@pytest.fixture(scope="module")
def revoked(tmp_path_factory: pytest.TempPathFactory) -> Install:
    """An installation with one consent that was used and revoked."""
    install = installed(tmp_path_factory.mktemp("certificates") / "home")
    install.must("consent", "grant", *CUSTOMER, "--sources", "bank")
    install.must("run", *CUSTOMER)
    install.must("consent", "revoke", *CUSTOMER)
    return install


@pytest.fixture(scope="module")
def saved(revoked: Install) -> Path:
    """Its certificate, and beside it the public keys."""
    path = revoked.home.parent / "certificate.json"
    revoked.must("consent", "certificate", *CUSTOMER, "--to", str(path))
    (path.parent / "keys.json").write_text(revoked.must("secrets", "public").out)
    return path


def test_it_is_checked_where_there_is_no_installation(saved: Path, tmp_path: Path) -> None:
    nowhere = Install(tmp_path / "none", {})
    keys = ("--keys", str(saved.parent / "keys.json"))
    done = nowhere.must("consent", "certificate", "--verify", str(saved), *keys)
    assert "genuine" in done.out and "only" not in done.err
    alone = nowhere.must("consent", "certificate", "--verify", str(saved))
    assert "proves only that the holder of this key signed it" in alone.err
    (read,) = json.loads(nowhere.must("consent", "certificate", "--verify", str(saved), "--json").out)
    assert read["is_key_known"] is False and read["signed_by"] in alone.out
    assert not nowhere.home.exists()


def test_what_is_printed_can_be_checked_as_it_was_printed(revoked: Install, saved: Path) -> None:
    printed = revoked.must("consent", "certificate", *CUSTOMER).out
    assert json.loads(printed) == json.loads(saved.read_text())
    other = saved.with_name("printed.json")
    other.write_text(printed)
    revoked.must("consent", "certificate", "--verify", str(other))


def test_a_changed_one_is_refused_by_its_code(revoked: Install, saved: Path) -> None:
    other = saved.with_name("changed.json")
    other.write_text(saved.read_text().replace('"deliveries_n":1', '"deliveries_n":2'))
    refused = revoked.bahi("consent", "certificate", "--verify", str(other))
    assert refused.code == 2 and "CERTIFICATE_INVALID" in refused.err and "next:" in refused.err


def test_saving_writes_nothing_but_the_file_that_was_named(revoked: Install, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    revoked.must("consent", "certificate", *CUSTOMER, "--to", str(target / "c.json"))
    assert set(files_below(target)) == {"c.json"}
    missing = revoked.bahi("consent", "certificate", *CUSTOMER, "--to", str(tmp_path / "no" / "c.json"))
    assert missing.code == 2 and "FILE_UNWRITABLE" in missing.err
    assert not (tmp_path / "no").exists()


def test_revoking_names_the_certificate_and_the_command_that_saves_it(tmp_path: Path) -> None:
    install = installed(tmp_path / "home")
    install.must("consent", "grant", *CUSTOMER, "--sources", "bank")
    install.must("consent", "grant", *CUSTOMER, "--sources", "bank")
    done = install.must("consent", "revoke", *CUSTOMER)
    again = install.must("consent", "revoke", *CUSTOMER)
    assert [line for line in done.err.splitlines() if "certificate" in line] == [
        line for line in again.err.splitlines() if "certificate" in line
    ]
    (first, second) = json.loads(install.must("consent", "certificate", *CUSTOMER).out)
    assert first["certificate_id"] in done.err and second["certificate_id"] in done.err
    assert f"--consent-id {first['consent_id']} --to certificate-{first['consent_id']}.json" in done.err
    both = tmp_path / "both.json"
    install.must("consent", "certificate", *CUSTOMER, "--to", str(both))
    assert len(json.loads(install.must("consent", "certificate", "--verify", str(both), "--json").out)) == 2


@pytest.mark.parametrize("purpose", [None, "103", "104"])
def test_where_nothing_was_erased_the_refusal_says_when_one_is_made(
    tmp_path: Path, purpose: str | None
) -> None:
    install = installed(tmp_path / "home")
    install.must("consent", "grant", *CUSTOMER, "--sources", "bank")
    chosen = () if purpose is None else ("--purpose", purpose)
    refused = install.bahi("consent", "certificate", *CUSTOMER, *chosen)
    assert refused.code == 2 and "CERTIFICATE_MISSING" in refused.err and "revoked" in refused.err
    asked = install.bahi("consent", "certificate")
    assert asked.code == 2 and "--customer-id" in asked.err
