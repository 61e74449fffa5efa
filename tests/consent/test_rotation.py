"""A rotation in a real home, killed before every act on the disk and in the ledger."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from consent.audit import Audit
from consent.chain import verified
from consent.keys import Keys, Which, is_genuine, public_keys
from consent.rotation import rotate
from kit.period import FixedClock
from tests.consent.desk import START
from tests.warehouse.world import KILLED, Acts, in_child
from warehouse import _fs
from warehouse.home import Home
from warehouse.lake import Lake
from warehouse.ledger import Ledger
from warehouse.migrate import upgrade

DOCUMENT = {"kind": "test", "n": 1}


class House:
    """What a rotation needs, opened as a process of its own would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        clock = FixedClock(START)
        self.ledger = Ledger(folder / "bahi.db")
        self.audit = Audit(self.ledger, clock, "test")
        self.keys = Keys(Lake(Home(folder, folder / ".truth")), clock, {}, "sandbox")

    def rotate(self, which: Which) -> None:
        rotate(self.ledger, self.audit, self.keys, which)

    def sign(self) -> dict[str, object]:
        with self.ledger.transaction() as tx:
            return self.keys.sign(tx, DOCUMENT)

    def kept(self) -> dict[str, bytes]:
        files = (self.folder / ".secrets").iterdir()
        return {path.name: path.read_bytes() for path in files if not path.name.startswith(".")}

    def outcomes(self) -> list[str]:
        return [entry.outcome for entry in self.audit.entries(limit=10_000)]


@pytest.mark.parametrize("which", [Which.SIGNING, Which.PEPPER])
def test_killed_before_any_act_either_secret_works_and_nothing_old_is_lost(
    tmp_path: Path, which: Which, record_property: Callable[[str, object], None]
) -> None:
    upgrade(tmp_path / "bahi.db")
    house = House(tmp_path)
    documents, committed = [house.sign()], [house.keys.commit_to("9")]
    points_n, code = 0, KILLED
    while code == KILLED:

        def killed() -> None:
            _fs.fault = Acts(points_n, lambda: os._exit(KILLED))  # noqa: B023 - called in this turn
            House(tmp_path).rotate(which)

        begun_n, kept = house.outcomes().count("BEGUN"), house.kept()
        code = in_child(killed)
        points_n += 1
        documents.append(house.sign())
        committed.append(house.keys.commit_to("9"))
        with house.ledger.reading() as tx:
            keys = public_keys(tx)
        assert all(is_genuine(document, keys) for document in documents)
        assert all(house.keys.confirms(one, "9") for one in committed)
        was_replaced = house.kept() != kept
        assert house.outcomes().count("BEGUN") == begun_n + 1 or not was_replaced
        house.rotate(which)  # Run again, it is done; and the next turn begins as this one did.
    assert code == 0
    assert points_n > 15
    assert verified(house.ledger).why is None
    assert set(house.kept()) == {"signing-key.pem", "peppers"}
    record_property(f"points of a rotation of {which}", points_n - 1)
