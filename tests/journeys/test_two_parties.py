"""Two people's accounts, two consents: who withdraws takes what is theirs, and the rest is computed again without it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from consent.grants import Use, Wanted
from kit.ident import customer_id
from pipeline.wiring import open_house
from tests.support import Install, files_below, installed
from warehouse.lake import Document, NoteKind, Remark

WHOSE = ("--customer-id", "MSME001")
SMALL = ("--months", "2", "--bank-rows", "120", "--persona", "family_company")
CUSTOMER, PURPOSE, SECOND = customer_id("MSME001"), 103, "DIRECTOR-1"
ACCOUNT = re.compile(rb'"linkRefNumber":"([^"]+)"')


@pytest.fixture
def alone(tmp_path: Path) -> Install:
    """The same business in a house where the director was never asked."""
    made = installed(tmp_path / "alone")
    made.must("consent", "grant", *WHOSE, "--sources", "bank")
    made.must("run", *WHOSE, *SMALL)
    return made


@pytest.fixture
def both(tmp_path: Path, alone: Install) -> Install:
    """The business and a director, who has an account of their own and papers beside it."""
    made = installed(tmp_path / "both")
    made.must("consent", "grant", *WHOSE, "--sources", "bank")
    made.must("consent", "grant", *WHOSE, "--sources", "bank", "--party", SECOND)
    made.must("run", *WHOSE, *SMALL)
    keep_papers(made, accounts(made) - accounts(alone))
    return made


def accounts(install: Install) -> set[bytes]:
    """The accounts of which the bank tells."""
    raw = (path.read_bytes() for path in (install.home / "raw/MSME001/bank").glob("*.ndjson"))
    return {account for content in raw for account in ACCOUNT.findall(content)}


def keep_papers(install: Install, theirs: set[bytes]) -> None:
    """Keep for the director the document a delivery was read from, what an analyst noted of it, a reply about it."""
    (account,) = theirs
    house = open_house(install.environ(), "test")
    scope = house.consents.open_scope(
        Wanted(CUSTOMER, PURPOSE, Use.PROCESS, parties=(SECOND,), sources=("bank",))
    )
    recheck = house.consents.recheck(scope)
    (delivery,) = house.lake.deliveries(scope, "bank")
    house.lake.keep_original(scope, delivery.id, Document("pdf", [b"%PDF " + account]), recheck)
    remark = Remark(NoteKind.CORRECTION, {"account": account.decode()}, delivery.id)
    house.lake.note(scope, remark, recheck)
    house.lake.keep_reply(scope, "ab" * 32, account, recheck)
    house.ledger.close()


def consent_of(install: Install, party: str) -> str:
    listed = install.must("consent", "list", *WHOSE, "--json").json()
    assert isinstance(listed, dict)
    (consent,) = [one["consent_id"] for one in listed["consents"] if one["party"] == party]
    return str(consent)


def files_naming(install: Install, theirs: set[bytes]) -> list[str]:
    every = files_below(install.home)
    return [name for name, content in every.items() if any(word in content for word in theirs)]


def derived(install: Install) -> dict[str, bytes]:
    return {
        name: content
        for folder in ("clean", "analytics/results")
        for name, content in files_below(install.home / folder).items()
        if not name.endswith("manifest.json")
    }


NEXT = "  next: bahi run --customer-id MSME001 --purpose 103"


def is_told_what_computes_it_again(install: Install) -> None:
    for words in (("show",), ("show", "bank"), ("explain", "bank.credits_paise")):
        done = install.bahi(words[0], *WHOSE, *words[1:])
        assert done.code == 2, done.out
        assert NEXT in done.err.splitlines()
    told = install.must("status", *WHOSE)
    assert "no results" in told.out
    assert NEXT in told.err.splitlines()
    state = install.must("status", *WHOSE, "--json").json()
    assert isinstance(state, dict)
    assert (state["clean"], state["results"]) == ([], [])
    assert [one["party"] for one in state["deliveries"]] == ["ENTITY"]


def test_revoking_one_of_two_consents_takes_its_part_and_the_rest_is_computed_again(
    both: Install, alone: Install
) -> None:
    theirs = accounts(both) - accounts(alone)
    assert theirs and len(files_naming(both, theirs)) >= 6
    bank = both.home / "raw" / "MSME001" / "bank"
    mine, stood = files_below(alone.home / "raw/MSME001/bank"), files_below(bank)
    assert mine and mine.items() < stood.items()
    assert derived(both) != derived(alone)

    done = both.must("consent", "revoke", *WHOSE, "--consent-id", consent_of(both, SECOND))
    assert files_naming(both, theirs) == []
    assert files_below(bank) == mine
    assert derived(both) == {}
    assert NEXT in done.err.splitlines()
    is_told_what_computes_it_again(both)

    both.must(*shlex.split(NEXT)[2:])
    assert derived(both) == derived(alone)
    assert files_below(bank) == mine
    both.must("verify", *WHOSE)

    done = both.must("consent", "revoke", *WHOSE)
    assert "bahi run" not in done.err
    assert not (both.home / "raw" / "MSME001").exists()
