"""What was altered, lost or left behind by older code is named as such, by every reader, and is never our bug."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

import sources
from consent.grants import Use, Wanted
from consent.terms import GrantOrder
from kit.errors import BahiError
from kit.ident import customer_id
from kit.scope import Scope
from pipeline.flow import run
from pipeline.order import Order
from pipeline.reading import explain, one_result
from pipeline.verify import verify
from pipeline.wiring import House, open_house
from tests.support import CLOCK, installed
from warehouse.lake import Document, NoteKind, Remark

CUSTOMER = customer_id("MSME001")
METRIC = "bank.credits_paise"
ASKED = Order(CUSTOMER, 103, noise="heavy", bank_rows=300)
Alter = Callable[[bytes], bytes]
ALTERATIONS: dict[str, Alter] = {
    "half a line": lambda content: content[: len(content) // 2 - 7],
    "no JSON": lambda content: b"{" + content,
    "another shape": lambda content: b"[]\n" + content,
    "a field gone": lambda content: content.replace(b'"id":', b'"ID":', 1),
    "another amount": lambda content: content.replace(b'"amount_paise":', b'"amount_paise":1', 1),
}


@pytest.fixture(scope="module")
def unaltered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which everything stands, to be copied and altered."""
    home = tmp_path_factory.mktemp("unaltered") / "home"
    installed(home)
    made = opened(home)
    made.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    run(made, ASKED, lambda _: None)
    made.ledger.close()
    return home


def opened(home: Path) -> House:
    return open_house({"BAHI_HOME": str(home), "BAHI_CLOCK": CLOCK}, "test")


@pytest.fixture
def house(unaltered: Path, tmp_path: Path) -> House:
    shutil.copytree(unaltered, tmp_path / "home", symlinks=True)
    return opened(tmp_path / "home")


def scope(house: House) -> Scope:
    return house.consents.open_scope(Wanted(CUSTOMER, 103, Use.PROCESS))


def shelf(house: House, top: str) -> Path:
    return house.home.root / top / CUSTOMER / "103"


def alter(path: Path, change: Alter) -> None:
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(change(content))
    assert path.read_bytes() != content


def code(act: Callable[[], object]) -> str:
    with pytest.raises(BahiError) as refused:
        act()
    assert refused.value.hint
    return refused.value.code


@pytest.mark.parametrize("name", ALTERATIONS)
def test_an_altered_record_is_named_by_every_reader(house: House, name: str) -> None:
    alter(shelf(house, "clean") / "current" / "bank.ndjson", ALTERATIONS[name])
    opened = scope(house)
    assert code(lambda: explain(house, opened, METRIC)) == "CLEAN_ALTERED"
    assert code(lambda: verify(house, opened)) == "CLEAN_ALTERED"
    assert code(lambda: run(house, ASKED, lambda _: None, ("analyze",))) == "CLEAN_ALTERED"
    assert one_result(house, opened, "bank").is_stale
    run(house, ASKED, lambda _: None)
    assert not one_result(house, opened, "bank").is_stale
    assert verify(house, opened).records


@pytest.mark.parametrize("name", ["bank.findings.ndjson", "bank.outcomes.ndjson"])
def test_what_is_not_analyzed_is_verified_all_the_same(house: House, name: str) -> None:
    alter(shelf(house, "clean") / "current" / name, lambda content: content.replace(b"1", b"2", 1))
    assert code(lambda: verify(house, scope(house))) == "CLEAN_ALTERED"
    assert code(lambda: run(house, Order(CUSTOMER, 103), lambda _: None, ("analyze",))) == "CLEAN_ALTERED"


def test_documents_and_notes_are_verified_too(house: House) -> None:
    opened = scope(house)
    recheck, (delivery,) = house.consents.recheck(opened), house.lake.deliveries(opened)
    one = house.lake.keep_original(opened, delivery.id, Document("pdf", [b"%PDF 1"]), recheck)
    house.lake.note(opened, Remark(NoteKind.APPLICATION, {"amount_paise": 1}), recheck)
    assert verify(house, opened).deliveries == 1
    for name in (f"bank/{one.name}", "applications.ndjson"):
        path = house.home.raw / CUSTOMER / name
        content = path.read_bytes()
        alter(path, lambda content: content.replace(b"1", b"2"))
        assert code(lambda: verify(house, opened)) == "RAW_ALTERED"
        path.write_bytes(content)
    assert verify(house, opened).records


def test_an_altered_summary_is_no_proof(house: House) -> None:
    alter(shelf(house, "analytics/results") / "current" / "bank.json", lambda content: content + b" ")
    assert code(lambda: verify(house, scope(house))) == "RESULT_ALTERED"


@pytest.mark.parametrize(
    "count",
    [
        "clean",
        "clean_paise",
        "duplicate",
        "duplicate_paise",
        "quarantined_paise",
        "items",
        "findings",
        "without_amount",
    ],
)
def test_counts_are_counted_again_from_the_files(house: House, count: str) -> None:
    def more(content: bytes) -> bytes:
        manifest = orjson.loads(content)
        manifest["entries"]["bank"]["counts"][count] += 1
        return orjson.dumps(manifest, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS)

    alter(shelf(house, "clean") / "manifest.json", more)
    assert code(lambda: verify(house, scope(house))) == "NOT_CONSERVED"


def test_results_without_what_they_were_made_of_are_refused(house: House) -> None:
    (shelf(house, "clean") / "manifest.json").unlink()
    opened = scope(house)
    assert code(lambda: verify(house, opened)) == "NOTHING_CLEANED"
    assert code(lambda: explain(house, opened, METRIC)) == "NOTHING_CLEANED"


def test_results_of_other_code_are_stale(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = scope(house)
    with monkeypatch.context() as older:
        older.setattr("pipeline.reading.source_of", lambda _: "bank")
        assert code(lambda: explain(house, opened, "bank.not_yet_paise")) == "RESULT_STALE"
    with monkeypatch.context() as newer:
        newer.setattr(type(sources.source("bank")), "selectors", {})
        assert code(lambda: explain(house, opened, METRIC)) == "RESULT_STALE"
