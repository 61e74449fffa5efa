"""The drill on the command line: a house is lost, and another answers as it did; who withdrew meanwhile stays gone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import cast

import pytest

from tests.support import Install, files_below, installed

NAMES = ("MSME001", "MSME002", "MSME003")
PASSPHRASE = "a passphrase for tests"
Json = dict[str, object]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Install:
    install = installed(tmp_path_factory.mktemp("drill") / "home")
    for name in NAMES:
        install.must("consent", "grant", "--customer-id", name, "--sources", "bank")
        install.must("generate", "--customer-id", name, "--bank-rows", "80")
        install.must("clean", "--customer-id", name)
        install.must("analyze", "--customer-id", name)
    return install


@pytest.fixture
def old(filled: Install, tmp_path: Path) -> Install:
    shutil.copytree(filled.home, tmp_path / "old", symlinks=True)
    passphrase = tmp_path / "passphrase.txt"
    passphrase.write_text(f"{PASSPHRASE}\nand a line that is not part of it\n")
    return Install(tmp_path / "old", {"BAHI_BACKUP_PASSPHRASE": PASSPHRASE})


@pytest.fixture
def new(tmp_path: Path) -> Install:
    return Install(tmp_path / "new", {"BAHI_BACKUP_PASSPHRASE": PASSPHRASE})


def answers(install: Install, name: str) -> dict[str, object]:
    """What the house says of a customer, but for the runs and audit entries that saying it leaves."""
    customer = ("--customer-id", name)
    told = {
        "show": install.must("show", *customer, "bank", "--json").json(),
        "explain": install.must("explain", *customer, "bank.credits_paise", "--json").json(),
        "verify": install.must("verify", *customer, "--json").json(),
        "consents": install.must("consent", "list", *customer, "--json").json(),
        "status": install.must("status", *customer, "--json").json(),
    }
    return told


def refused(install: Install, *words: str) -> object:
    done = install.bahi(*words, "--json")
    assert done.code == 2, done.err
    return cast("dict[str, Json]", done.json())["error"]["code"]


def test_the_restored_house_answers_as_the_lost_one_did(old: Install, new: Install, tmp_path: Path) -> None:
    archive, kept = str(tmp_path / "friday.sealed"), str(tmp_path / "kept.json")
    made = cast(Json, old.must("backup", "--to", archive, "--json").json())
    old.must("audit", "checkpoint", "--to", kept)
    assert refused(new, "status", "--customer-id", NAMES[0]) == "LEDGER_MISSING"
    told = cast(Json, new.must("restore", "--from", archive, "--checkpoint", kept, "--json").json())
    assert (told["entries_n"], told["revoked"], told["paused"]) == (made["entries_n"], [], [])
    assert answers(new, NAMES[0]) == answers(old, NAMES[0])
    assert json.loads(new.must("audit", "verify", "--json").out)["confirmed_n"] == made["entries_n"]
    lost = json.loads(Path(kept).read_text())["entries_n"]
    (entry,) = [
        e
        for e in cast("list[Json]", new.must("audit", "list", "--json").json())
        if e["action"] == "house.restored"
    ]
    assert entry["outcome"] == f"LOST_{lost}_TO_{lost}"
    assert refused(new, "restore", "--from", archive, "--checkpoint", kept) == "HOME_NOT_EMPTY"
    assert refused(old, "backup", "--to", archive) == "FILE_EXISTS"


def test_who_withdrew_after_an_older_backup_stays_gone(old: Install, new: Install, tmp_path: Path) -> None:
    """The second place is all that is left of the lost house."""
    archive, second = str(tmp_path / "friday.sealed"), tmp_path / "second"
    there = Install(old.home, {**old.extra, "BAHI_CHECKPOINTS_TO": str(second)})
    there.must("backup", "--to", archive)
    marks = {
        name: next((old.home / "raw" / name / "bank").glob("*.ndjson")).read_bytes().splitlines()[2]
        for name in NAMES
    }
    there.must("consent", "revoke", "--customer-id", NAMES[0])
    there.must("consent", "pause", "--customer-id", NAMES[1])
    shutil.rmtree(old.home)
    latest = str(second / "latest.json")
    told = new.must("restore", "--from", archive, "--checkpoint", latest)
    assert "withdrawn  1" in told.out and "paused     1" in told.out and "lost: " in told.err
    found = {
        name for name, mark in marks.items() for content in files_below(new.home).values() if mark in content
    }
    assert found == set(NAMES[1:])
    assert refused(new, "show", "--customer-id", NAMES[0], "bank") == "CONSENT_REVOKED"
    assert refused(new, "show", "--customer-id", NAMES[1], "bank") == "CONSENT_PAUSED"
    assert new.must("show", "--customer-id", NAMES[2], "bank").out
    assert new.must("consent", "certificate", "--customer-id", NAMES[0]).out


def test_without_a_checkpoint_each_consent_waits_for_somebody(
    old: Install, new: Install, tmp_path: Path
) -> None:
    archive = str(tmp_path / "friday.sealed")
    old.must("backup", "--to", archive)
    told = new.must("restore", "--from", archive, "--without-checkpoint")
    assert "every consent is paused" in told.err
    assert refused(new, "run", "--customer-id", NAMES[0]) == "CONSENT_PAUSED"
    new.must("consent", "resume", "--customer-id", NAMES[0])
    assert new.must("show", "--customer-id", NAMES[0], "bank").out


def test_a_drill_without_the_checkpoint_leaves_it_to_the_house(
    old: Install, new: Install, tmp_path: Path
) -> None:
    """Were it replaced, the next restoration would bring back who withdrew."""
    archive, second = str(tmp_path / "friday.sealed"), {"BAHI_CHECKPOINTS_TO": str(tmp_path / "second")}
    there, drill = Install(old.home, {**old.extra, **second}), Install(new.home, {**new.extra, **second})
    there.must("backup", "--to", archive)
    there.must("consent", "revoke", "--customer-id", NAMES[0])
    kept = (tmp_path / "second" / "latest.json").read_bytes()
    told = drill.must("restore", "--from", archive, "--without-checkpoint")
    assert "CHECKPOINT_NOT_KEPT" in told.err
    drill.must("consent", "resume", "--customer-id", NAMES[0])
    assert (tmp_path / "second" / "latest.json").read_bytes() == kept
    shutil.rmtree(drill.home)
    drill.must("restore", "--from", archive, "--checkpoint", str(tmp_path / "second" / "latest.json"))
    assert refused(drill, "show", "--customer-id", NAMES[0], "bank") == "CONSENT_REVOKED"
    assert (tmp_path / "second" / "latest.json").read_bytes() != kept


def test_a_key_that_was_replaced_after_the_backup_is_named(
    old: Install, new: Install, tmp_path: Path
) -> None:
    archive, kept, keys = (str(tmp_path / name) for name in ("friday.sealed", "kept.json", "keys.json"))
    old.must("backup", "--to", archive)
    old.must("secrets", "rotate", "--which", "signing")
    old.must("audit", "checkpoint", "--to", kept)
    Path(keys).write_text(old.must("secrets", "public", "--json").out)
    asked = ("restore", "--from", archive, "--checkpoint", kept)
    assert refused(new, *asked) == "CHECKPOINT_FORGED"
    new.must(*asked, "--keys", keys)
    assert answers(new, NAMES[0])


def test_what_a_passphrase_may_be(old: Install, new: Install, tmp_path: Path) -> None:
    archive, named = str(tmp_path / "friday.sealed"), ("--passphrase-file", str(tmp_path / "passphrase.txt"))
    bare = Install(old.home, {})
    assert refused(bare, "backup", "--to", archive) == "PASSPHRASE_MISSING"
    assert (
        refused(Install(old.home, {"BAHI_BACKUP_PASSPHRASE": "short"}), "backup", "--to", archive)
        == "PASSPHRASE_TOO_SHORT"
    )
    assert refused(bare, "backup", "--to", archive, "--passphrase-file", "none.txt") == "FILE_NOT_FOUND"
    (tmp_path / "key").write_bytes(bytes(range(128, 160)))
    binary = ("--passphrase-file", str(tmp_path / "key"))
    assert refused(bare, "backup", "--to", archive, *binary) == "FILE_UNREADABLE"
    assert not Path(archive).exists()
    assert list(tmp_path.glob("*friday*")) == []
    bare.must("backup", "--to", archive, *named)
    other = Install(new.home, {"BAHI_BACKUP_PASSPHRASE": "another passphrase"})
    assert refused(other, "restore", "--from", archive, "--without-checkpoint") == "PASSPHRASE_WRONG"
    assert files_below(new.home) == {}
    Install(new.home, {}).must("restore", "--from", archive, "--without-checkpoint", *named)
