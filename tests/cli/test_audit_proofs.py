"""Checkpoints and proofs on the command line: made in one house, checked where there is none."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from cli.main import main
from consent.audit import Deed
from consent.terms import GrantOrder
from kit.ident import CustomerId
from pipeline.second_place import ENTRIES_BETWEEN, keep_elsewhere
from pipeline.wiring import House, open_house
from warehouse.migrate import upgrade

GRANT = ("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
REVOKE = ("consent", "revoke", "--customer-id", "MSME001")
Json = dict[str, object]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    environ = {"BAHI_HOME": str(tmp_path / "home"), "BAHI_CLOCK": "2026-11-01T10:00:00+05:30"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    opened = open_house(environ, "test")
    upgrade(opened.home.ledger_path)
    for number in range(5):
        opened.audit.look(f"look.{number}", None)
    return opened


@pytest.fixture
def nowhere(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the house."""
    monkeypatch.setenv("BAHI_HOME", str(tmp_path / "none"))


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Json]:
    capsys.readouterr()
    code = main([*words, "--json"])
    return code, cast("Json", json.loads(capsys.readouterr().out))


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> object:
    code, told = asked(capsys, *words)
    assert code == 2
    return cast("Json", told["error"])["code"]


def test_a_checkpoint_kept_elsewhere_confirms_and_catches(
    house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = str(tmp_path / "checkpoint.json")
    code, made = asked(capsys, "audit", "checkpoint", "--to", kept)
    assert (code, made["entries_n"]) == (0, 5)
    assert asked(capsys, "audit", "checkpoint")[1] == made == json.loads(Path(kept).read_text())
    house.audit.look("later", None)
    assert asked(capsys, "audit", "verify", "--checkpoint", kept)[1]["confirmed_n"] == 5
    with house.ledger.transaction() as tx:
        tx.execute("DROP TRIGGER audit_no_delete")
        for table in ("audit", "audit_salt"):
            tx.execute(f"DELETE FROM {table} WHERE seq > 3")
        tx.execute("DROP TRIGGER IF EXISTS checkpoint_no_delete")
        tx.execute("DELETE FROM checkpoint")
    assert asked(capsys, "audit", "verify")[0] == 0
    assert refused(capsys, "audit", "verify", "--checkpoint", kept) == "AUDIT_BROKEN"


def test_a_cut_tail_shows_against_the_head_the_ledger_signed_itself(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "checkpoint"]) == 0
    with house.ledger.transaction() as tx:
        tx.execute("DROP TRIGGER audit_no_delete")
        for table in ("audit", "audit_salt"):
            tx.execute(f"DELETE FROM {table} WHERE seq > 3")
    assert refused(capsys, "audit", "verify") == "AUDIT_BROKEN"


def test_a_forged_checkpoint_and_one_of_another_house_are_refused(
    house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, forged = tmp_path / "kept.json", tmp_path / "forged.json"
    assert main(["audit", "checkpoint", "--to", str(kept)]) == 0
    forged.write_text(kept.read_text().replace('"entries_n":5', '"entries_n":4'))
    assert refused(capsys, "audit", "verify", "--checkpoint", str(forged)) == "CHECKPOINT_FORGED"
    (tmp_path / "none.json").write_text("{}")
    none = str(tmp_path / "none.json")
    assert refused(capsys, "audit", "verify", "--checkpoint", none) == "CHECKPOINT_UNREADABLE"
    assert refused(capsys, "audit", "verify", "--keys", none) == "KEYS_UNREADABLE"
    assert refused(capsys, "audit", "verify", "--checkpoint", "missing.json") == "FILE_NOT_FOUND"
    monkeypatch.setenv("BAHI_HOME", str(tmp_path / "other"))
    assert main(["init"]) == 0
    assert refused(capsys, "audit", "verify", "--checkpoint", str(kept)) == "CHECKPOINT_FORGED"


@pytest.mark.parametrize("what", [("--entry", "3"), ("--from", "2")])
def test_a_proof_holds_where_there_is_no_house(
    house: House,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: tuple[str, str],
) -> None:
    proof, keys, strange = (tmp_path / name for name in ("proof.json", "keys.json", "strange.json"))
    code, made = asked(capsys, "audit", "prove", *what, "--to", str(proof))
    assert code == 0
    signed = json.loads(proof.read_text())["signed_head"]
    keys.write_text(json.dumps({"keys": [signed["public_key"]]}))
    strange.write_text(json.dumps({"keys": [{**signed["public_key"], "x": "A" * 43}]}))
    monkeypatch.setenv("BAHI_HOME", str(tmp_path / "none"))
    assert asked(capsys, "audit", "verify-proof", str(proof), "--keys", str(keys)) == (0, made)
    assert refused(capsys, "audit", "verify-proof", str(proof), "--keys", str(strange)) == "PROOF_REFUTED"
    assert main(["audit", "verify-proof", str(proof)]) == 0
    told = capsys.readouterr()
    assert signed["signed_by"] in told.out and "--keys" in told.err
    proof.write_text(proof.read_text().replace('"hashes":["', '"hashes":["00'))
    assert refused(capsys, "audit", "verify-proof", str(proof)) == "PROOF_REFUTED"
    assert not (tmp_path / "none").exists()


def test_whoever_proves_an_entry_leaves_one(
    house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["audit", "prove", "--entry", "2", "--to", str(tmp_path / "proof.json")]) == 0
    assert house.audit.entries(limit=1)[0].action == "audit.prove"


def test_a_place_that_cannot_be_written_is_the_callers_to_mend(
    house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for place in (str(tmp_path / "no" / "folder.json"), str(tmp_path), "/proc/checkpoint.json", ""):
        assert refused(capsys, "audit", "checkpoint", "--to", place) == "FILE_UNWRITABLE"
    assert list(tmp_path.glob(".*")) == []


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BAHI_CHECKPOINTS_TO", str(tmp_path / "second"))
    return tmp_path / "second"


def latest(second: Path) -> Json:
    return cast("Json", json.loads((second / "latest.json").read_text()))


def test_every_withdrawal_reaches_the_second_place_by_itself(house: House, second: Path) -> None:
    assert main([*GRANT]) == 0
    assert latest(second)["tombstones"] == []
    assert main([*REVOKE]) == 0
    found = latest(second)
    (tombstone,) = cast("list[Json]", found["tombstones"])
    assert (tombstone["customer"], tombstone["state"]) == ("MSME001", "done")
    (kept,) = second.glob(f"{found['entries_n']}-*.json")
    assert json.loads(kept.read_text()) == found
    assert len(list(second.iterdir())) == 3


def test_a_ledger_that_was_set_back_does_not_set_the_second_place_back(
    house: House, second: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*GRANT]) == 0
    assert house.ledger.scrub()
    back = house.home.root.with_name("back")
    shutil.copytree(house.home.root, back)
    assert main([*REVOKE]) == 0
    known = latest(second)
    assert list(cast("Json", known["states"]).values()) == ["REVOKED"]
    monkeypatch.setenv("BAHI_HOME", str(back))
    capsys.readouterr()
    assert main(["consent", "grant", "--customer-id", "MSME002", "--sources", "bank"]) == 0
    assert "CHECKPOINT_NOT_KEPT" in capsys.readouterr().err
    assert latest(second) == known
    restored, known_n = open_house(os.environ, "test"), cast("int", known["entries_n"])
    for outcome in ("LOSS_UNKNOWN", "NOTHING_LOST", f"LOST_1_TO_{known_n - 1}"):
        with restored.ledger.transaction() as tx:
            restored.audit.record(tx, Deed("house.restored", None, None, outcome, {}))
        unkept = keep_elsewhere(restored)
        assert unkept is not None and unkept.code == "CHECKPOINT_MISMATCH", outcome
        assert latest(second) == known
    with restored.ledger.transaction() as tx:
        restored.audit.record(tx, Deed("house.restored", None, None, f"LOST_1_TO_{known_n}", {}))
    assert keep_elsewhere(restored) is None
    assert latest(second) != known


def test_looks_alone_reach_it_only_now_and_then(house: House, second: Path) -> None:
    assert main(["audit", "list"]) == 0
    first = latest(second)["entries_n"]
    assert main(["audit", "list"]) == 0
    assert latest(second)["entries_n"] == first
    for _ in range(ENTRIES_BETWEEN):
        house.audit.look("look", None)
    assert main(["audit", "list"]) == 0
    assert cast("int", latest(second)["entries_n"]) > ENTRIES_BETWEEN


def test_a_second_place_that_is_gone_is_told_and_caught_up_with(
    house: House, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*GRANT]) == 0
    kept = latest(second)
    second.rename(second.with_name("away"))
    second.write_text("in the way")
    capsys.readouterr()
    assert main([*REVOKE]) == 0
    told = capsys.readouterr().err
    assert "CHECKPOINT_NOT_KEPT" in told and "next command" in told
    assert house.audit.entries(limit=1)[0].action == "erasure.done"
    second.unlink()
    second.with_name("away").rename(second)
    assert latest(second) == kept
    assert main(["audit", "list"]) == 0
    assert len(cast("list[Json]", latest(second)["tombstones"])) == 1


def test_before_there_is_a_house_nothing_is_kept(
    second: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAHI_HOME", str(tmp_path / "home"))
    assert main(["audit", "list"]) == 2
    assert main(["doctor"]) == 2
    assert "CHECKPOINT_NOT_KEPT" not in capsys.readouterr().err
    assert not second.exists()
    assert main(["init"]) == 0
    assert latest(second)["entries_n"] == 0


def test_of_many_at_once_the_latest_is_the_last(house: House, second: Path) -> None:
    there = house._replace(environ={**house.environ, "BAHI_CHECKPOINTS_TO": str(second)})

    def granted(number: int) -> object:
        there.consents.grant(GrantOrder(CustomerId(f"MSME{number:03}"), sources=("bank",)))
        return keep_elsewhere(there)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(granted, range(40))) == {None}
    assert latest(second)["entries_n"] == len(house.audit.entries(limit=1000))


def test_a_bug_in_keeping_is_told_as_one_without_a_traceback(
    house: House, second: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.second_place._keep", lambda *_: 1 // 0)
    assert main(["audit", "list"]) == 1
    assert "INTERNAL" in capsys.readouterr().err
