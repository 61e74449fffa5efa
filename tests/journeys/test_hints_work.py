"""Whoever follows a hint to the letter gets on, under a purpose that is not the default one as well."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import orjson
import pytest

from tests.support import Done, Install, installed

WHOSE = ("--customer-id", "MSME001", "--purpose", "104")
ALTERED = {
    "clean/MSME001/104/current/bank.ndjson": "CLEAN_ALTERED",
    "analytics/results/MSME001/104/current/bank.json": "RESULT_ALTERED",
    "analytics/results/MSME001/104/current/quality.json": "RESULT_ALTERED",
}


@pytest.fixture
def install(tmp_path: Path) -> Install:
    made = installed(tmp_path / "home")
    made.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
    made.must("consent", "revoke", "--customer-id", "MSME001")
    made.must("consent", "grant", *WHOSE, "--sources", "bank")
    return made


def follow(install: Install, told: Done) -> Done:
    """Do what the last next step says: remove the file it names, if any, and carry out the command."""
    step = re.findall(r"^  next: (.*)$", told.err, re.MULTILINE)[-1]
    removal = re.fullmatch(r"Remove (\S+), then run: (.*)", step)
    if removal:
        (install.home / removal[1]).unlink()
        step = removal[2]
    words = shlex.split(step)
    assert words[0] == "bahi"
    return install.must(*words[1:])


def refused(install: Install, code: str, *words: str) -> Done:
    done = install.bahi(*words)
    assert done.code == 2 and f"bahi: {code}:" in done.err, done.err
    return done


def alter(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def test_each_step_leads_to_the_next_one(install: Install) -> None:
    told = install.must("generate", *WHOSE)
    for _ in ("clean", "analyze", "show"):
        told = follow(install, told)
    assert "bank" in told.out
    assert "bank" in follow(install, install.must("run", *WHOSE)).out
    assert follow(install, install.must("show", *WHOSE, "bank")).out


def test_what_is_not_there_yet_is_made_by_the_hint(install: Install) -> None:
    follow(install, refused(install, "NOTHING_DELIVERED", "clean", *WHOSE))
    follow(install, refused(install, "NOTHING_CLEANED", "analyze", *WHOSE))
    follow(install, refused(install, "NOTHING_ANALYZED", "show", *WHOSE))
    assert install.must("quality", *WHOSE).out
    assert install.must("verify", *WHOSE).out


def test_a_paused_consent_is_resumed_by_the_hint(install: Install) -> None:
    install.must("consent", "pause", *WHOSE)
    follow(install, refused(install, "CONSENT_PAUSED", "run", *WHOSE))
    install.must("run", *WHOSE)


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_file_is_mended_by_the_hint(install: Install, name: str) -> None:
    install.must("run", *WHOSE)
    path = install.home / name
    alter(path, path.read_bytes() + b" ")
    follow(install, refused(install, ALTERED[name], "verify", *WHOSE))
    install.must("verify", *WHOSE)


def test_an_altered_count_is_mended_by_the_hint(install: Install) -> None:
    install.must("run", *WHOSE)
    path = install.home / "clean/MSME001/104/manifest.json"
    manifest = orjson.loads(path.read_bytes())
    manifest["entries"]["bank"]["counts"]["clean"] += 1
    alter(path, orjson.dumps(manifest, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS))
    follow(install, refused(install, "NOT_CONSERVED", "verify", *WHOSE))
    install.must("verify", *WHOSE)


def test_a_revert_leads_to_the_run_that_heeds_it(install: Install) -> None:
    of_bank = (*WHOSE, "--source", "bank")
    install.must("generate", *WHOSE, "--noise", "heavy", "--months", "3")
    follow(install, refused(install, "NOTHING_CLEANED", "diff", *of_bank))
    shown = install.must("diff", *of_bank, "--limit", "1000", "--json").json()
    assert isinstance(shown, dict)
    repaired = [
        (one["raw"], told) for one in shown["lines"] for told in one["fields"] if told["to"] != "null"
    ]
    raw, told = next(pair for pair in repaired if pair[1]["to"] != pair[1]["from"])
    place = (*of_bank, "--line", f"{raw['delivery']}:{raw['line']}")
    spot = (*place, "--field", told["field"])
    said = install.must("revert", *spot)
    assert "came since" in install.must("diff", *place).err
    follow(install, refused(install, "CLEAN_STALE", "analyze", *WHOSE))
    follow(install, said)
    assert "REVERTED" in install.must("diff", *place).out
    follow(install, install.must("revert", *spot, "--undo"))
    assert (
        told["rule"] in follow(install, refused(install, "REVERT_NOT_FOUND", "revert", *spot, "--undo")).out
    )
    follow(install, refused(install, "FINDING_NOT_FOUND", "revert", *place, "--field", "nothing"))
    elsewhere = ("--line", f"{'0' * 16}:1", "--field", "amount")
    follow(install, refused(install, "LINE_NOT_FOUND", "revert", *of_bank, *elsewhere))


def test_a_party_the_provider_does_not_know_is_withdrawn_by_the_hint(install: Install) -> None:
    install.must("consent", "grant", *WHOSE, "--sources", "bank", "--party", "NOBODY")
    follow(install, refused(install, "PARTY_UNKNOWN", "run", *WHOSE))
    install.must("run", *WHOSE)


def test_a_list_shows_every_purpose_unless_one_is_named(install: Install) -> None:
    every = install.must("consent", "list", "--customer-id", "MSME001", "--json").json()
    named = install.must("consent", "list", *WHOSE, "--json").json()
    none = install.must("consent", "list", "--customer-id", "MSME001", "--purpose", "101", "--json").json()
    assert isinstance(every, dict) and isinstance(named, dict) and isinstance(none, dict)
    assert [consent["purpose"] for consent in every["consents"]] in ([103, 104], [104, 103])
    assert [consent["purpose"] for consent in named["consents"]] == [104]
    assert none["consents"] == []
