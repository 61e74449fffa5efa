from __future__ import annotations

from pathlib import Path

import pytest

from consent.artefact import Event
from consent.terms import GrantOrder
from kit.ident import CustomerId
from pipeline.backup import backup
from pipeline.doctor import Checkup, examine
from pipeline.second_place import ENTRIES_BETWEEN, VARIABLE, checkpoints_of, keep_elsewhere
from pipeline.wiring import House, open_house
from warehouse.migrate import upgrade

CUSTOMER = CustomerId("MSME001")


@pytest.fixture
def house(tmp_path: Path) -> House:
    environ = {"BAHI_HOME": str(tmp_path / "home")}
    opened = open_house(environ, "test")
    upgrade(opened.home.ledger_path)
    return opened


def found(house: House, words: str) -> Checkup:
    (finding,) = [finding for finding in examine(house.environ) if words in finding.what]
    return finding


def granted(house: House) -> str:
    (consent,) = house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    return consent.id


def test_a_sound_installation_has_nothing_to_mend(house: House) -> None:
    granted(house)
    to_mend = [finding.what for finding in examine(house.environ) if not finding.is_ok]
    assert [what for what in to_mend if not what.startswith(("the page", "Python"))] == []


def test_a_broken_audit_chain_is_not_ok_and_its_first_broken_entry_is_named(house: House) -> None:
    for _ in range(3):
        granted(house)
    with house.ledger.transaction() as tx:
        tx.execute("DROP TRIGGER audit_no_update")
        tx.execute("UPDATE audit SET actor = 'someone' WHERE seq = 2")
    finding = found(house, "audit chain")
    assert not finding.is_ok
    assert "entry 2 (ALTERED_ENTRY)" in finding.what
    assert finding.hint


def test_a_ledger_that_is_missing_or_damaged_is_not_ok(house: House) -> None:
    granted(house)
    assert found(house, "ledger bahi.db").is_ok
    house.ledger.scrub()
    house.ledger.close()
    path = house.home.ledger_path
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    finding = found(house, "ledger bahi.db")
    assert not finding.is_ok and finding.hint
    path.unlink()
    assert found(house, "ledger bahi.db").hint == "Run: bahi init"


def test_a_pending_erasure_that_resists_is_something_to_mend(house: House, tmp_path: Path) -> None:
    consent_id = granted(house)
    house.consents.apply(consent_id, Event.REVOKE)
    raw = house.home.raw
    raw.symlink_to(tmp_path)
    finding = found(house, f"erasure of consent {consent_id} is pending")
    assert not finding.is_ok
    assert "replace the link by a folder. Then run: bahi purge --due" in finding.hint
    raw.unlink()
    assert found(house, "every erasure is finished").is_ok


def test_secrets_that_are_missing_or_damaged_are_something_to_mend(house: House) -> None:
    assert found(house, "the secrets can be used").is_ok
    assert not house.home.secrets.exists(), "looking makes none"
    for environ, named in (
        ({"BAHI_ENVIRONMENT": "production"}, "BAHI_SIGNING_KEY is not set"),
        ({"BAHI_PEPPER": "5d"}, "What stands in BAHI_PEPPER is not"),
    ):
        finding = found(house._replace(environ={**house.environ, **environ}), "the secrets can be used")
        assert not finding.is_ok
        assert named in finding.what and "docs/runbooks/secrets.md" in finding.hint


def test_the_second_place_is_compared_with_the_audit(house: House, tmp_path: Path) -> None:
    assert "no second place" in found(house, "second place").what
    there = house._replace(environ={**house.environ, VARIABLE: str(tmp_path / "second")})
    assert not found(there, "second place").is_ok
    granted(there)
    assert keep_elsewhere(there) is None
    assert "confirms 1 of 1" in found(there, "second place").what
    for _ in range(2 * ENTRIES_BETWEEN + 1):
        there.audit.look("look", None)
    assert "1 of 202" in found(there, "second place").what and not found(there, "second place").is_ok
    assert keep_elsewhere(there) is None
    assert found(there, "second place").is_ok
    with there.ledger.transaction() as tx:
        tx.execute("DROP TRIGGER audit_no_delete")
        for table in ("audit", "audit_salt"):
            tx.execute(f"DELETE FROM {table} WHERE seq > 100")
    finding = found(there, "second place")
    assert not finding.is_ok and "MISSING_TAIL" in finding.what


def test_a_head_the_house_signed_itself_confirms_the_chain(house: House) -> None:
    granted(house)
    checkpoints_of(house).make()
    house.audit.look("look", None)
    assert "1 of 2 entries confirmed" in found(house, "audit chain").what


def test_the_last_backup_is_told_by_its_day(house: House, tmp_path: Path) -> None:
    assert "no backup" in found(house, " backup was made").what
    dated = open_house({**house.environ, "BAHI_CLOCK": "2026-11-20T10:00:00+05:30"}, "test")
    backup(dated, str(tmp_path / "archive"), "a passphrase for tests", lambda *_: None)
    assert found(dated, " backup was made").what == "the last backup was made on 2026-11-20"


def test_what_an_interrupted_restoration_left_is_named(house: House) -> None:
    assert found(house, "restoration").is_ok
    (house.home.root / ".restore-0011").mkdir()
    finding = found(house, "restoration")
    assert not finding.is_ok and ".restore-0011" in finding.hint


@pytest.mark.parametrize(("name", "words"), [("signing-key.pem", "signing"), ("peppers", "pepper")])
def test_a_secret_that_was_lost_or_exchanged_is_told_and_not_made_again(
    house: House, name: str, words: str
) -> None:
    granted(house)
    house.keys.prepare()
    with house.ledger.transaction() as tx:
        house.keys.register(tx)
    assert found(house, "secrets can be used").is_ok
    kept = house.home.secrets / name
    before = kept.read_bytes()
    kept.unlink()
    lost = found(house, "secrets can be used")
    assert not lost.is_ok and words in lost.what and not kept.exists()
    house.keys.prepare()
    assert kept.read_bytes() != before
    exchanged = found(house, "secrets can be used")
    assert not exchanged.is_ok
    assert f"bahi secrets rotate --which {words}" in exchanged.hint
    house.lake.replace_secret(name, before)
    assert found(house, "secrets can be used").is_ok


def test_a_withdrawal_reaches_the_second_place_even_where_another_house_took_over_the_latest(
    house: House, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    mine = house._replace(environ={**house.environ, VARIABLE: str(second)})
    other_home = {"BAHI_HOME": str(tmp_path / "other"), VARIABLE: str(second)}
    other = open_house(other_home, "test")
    upgrade(other.home.ledger_path)
    granted(other)
    assert keep_elsewhere(other) is None
    consent_id = granted(mine)
    mine.erasure.revoke(consent_id)
    error = keep_elsewhere(mine)
    assert error is not None and error.code == "CHECKPOINT_MISMATCH"
    told = [path.name for path in second.iterdir() if consent_id in path.read_text(encoding="utf-8")]
    assert len(told) == 1 and told != ["latest.json"]
