"""Every data command, found in the command table, is walked with one witness for each refusal that applies to it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.main import COMMANDS
from tests.support import Install, installed

NOT_ABOUT_DATA = {
    "init",
    "consent",
    "audit",
    "secrets",
    "backup",
    "restore",
    "purge",
    "db",
    "serve",
    "doctor",
    "world",
}
CUSTOMER = ("--customer-id", "MSME001")
WORDS: dict[str, tuple[str, ...]] = {
    "generate": ("generate", *CUSTOMER),
    "clean": ("clean", *CUSTOMER),
    "analyze": ("analyze", *CUSTOMER),
    "run": ("run", *CUSTOMER),
    "show": ("show", *CUSTOMER, "bank"),
    "explain": ("explain", *CUSTOMER, "bank.credits_paise"),
    "diff": ("diff", *CUSTOMER, "--source", "bank"),
    "revert": ("revert", *CUSTOMER, "--source", "bank", "--line", f"{'0' * 16}:1", "--field", "narration"),
    "verify": ("verify", *CUSTOMER),
    "quality": ("quality", *CUSTOMER),
    "status": ("status", *CUSTOMER),
}
STATES = ("CONSENT_REQUIRED", "PURPOSE_MISMATCH", "CONSENT_REVOKED", "CONSENT_EXPIRED", "CONSENT_PAUSED")
ALWAYS = (*STATES, "DATA_LIFE_OVER")
APPLIES: dict[str, tuple[str, ...]] = {
    "generate": (*ALWAYS, "RANGE_OUT_OF_SCOPE", "CONSENT_OVERUSED"),
    "clean": ALWAYS,
    "analyze": (*ALWAYS, "RANGE_OUT_OF_SCOPE"),
    "run": (*ALWAYS, "RANGE_OUT_OF_SCOPE", "CONSENT_OVERUSED"),
    "show": (*ALWAYS, "FI_TYPE_OUT_OF_SCOPE"),
    "explain": (*ALWAYS, "FI_TYPE_OUT_OF_SCOPE"),
    "diff": (*ALWAYS, "FI_TYPE_OUT_OF_SCOPE"),
    "revert": (*ALWAYS, "FI_TYPE_OUT_OF_SCOPE"),
    "verify": ALWAYS,
    "quality": ALWAYS,
    "status": ALWAYS,
}
LATER = {"BAHI_CLOCK": "2026-12-01T10:00:00+05:30"}
NEXT_WEEK = {"BAHI_CLOCK": "2026-11-08T10:00:00+05:30"}
EXTRA: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "CONSENT_EXPIRED": ((), LATER),
    "DATA_LIFE_OVER": ((), NEXT_WEEK),
    "PURPOSE_MISMATCH": (("--purpose", "104"), {}),
    "RANGE_OUT_OF_SCOPE": (("--as-of", "2024-01-31"), {}),
    "CONSENT_OVERUSED": (("--seed", "77"), {}),
}


def test_every_data_command_is_in_the_walk() -> None:
    assert set(COMMANDS) - NOT_ABOUT_DATA == set(WORDS) == set(APPLIES)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Install:
    install = installed(tmp_path_factory.mktemp("walk") / "home")
    install.must("consent", "grant", *CUSTOMER, "--sources", "bank")
    install.must("run", *CUSTOMER)
    return install


def copied(install: Install, to: Path) -> Install:
    import shutil

    shutil.copytree(install.home, to, symlinks=True)
    return Install(to, install.extra, install.code)


def rewritten(install: Install, change: Callable[[dict[str, object]], None]) -> None:
    """Give the stored artefact other terms, as another consent would have had."""
    with sqlite3.connect(next(install.home.glob("*.db"))) as ledger:
        (text,) = ledger.execute("SELECT artefact FROM consent").fetchone()
        artefact = json.loads(text)
        change(artefact)
        names = json.dumps([cover["source"] for cover in artefact["sources"]])
        ledger.execute("UPDATE consent SET artefact = ?, sources = ?", (json.dumps(artefact), names))
    ledger.close()


def one_day_of_life(artefact: dict[str, object]) -> None:
    artefact["ConsentDetail"]["DataLife"] = {"unit": "DAY", "value": 1}


def another_source(artefact: dict[str, object]) -> None:
    artefact["sources"] = [{"source": "elsewhere", "recordTypes": ["statement"]}]


PREPARED: dict[str, Callable[[Install], object]] = {
    "CONSENT_REVOKED": lambda install: install.must("consent", "revoke", *CUSTOMER),
    "CONSENT_PAUSED": lambda install: install.must("consent", "pause", *CUSTOMER),
    "DATA_LIFE_OVER": lambda install: rewritten(install, one_day_of_life),
    "FI_TYPE_OUT_OF_SCOPE": lambda install: rewritten(install, another_source),
}


@pytest.fixture(scope="module")
def known(filled: Install) -> tuple[str, ...]:
    """Digits of values that no refusal may show, and that a reading with consent does show."""
    shown = filled.must("show", *CUSTOMER, "bank", "--json")
    metrics = shown.json()["metrics"].values()
    found = tuple(str(metric["value"]) for metric in metrics if metric["value"] and metric["value"] > 99_999)
    assert len(found) > 3 and digits_shown(found, shown.out)
    assert digits_shown(found, filled.must("show", *CUSTOMER, "bank").out)
    return found


def digits_shown(known: tuple[str, ...], text: str) -> list[str]:
    """Find values in any grouping, with or without the point of the rupee."""
    bare = re.sub("[,.\u2009 ]", "", text)
    return [digits for digits in known if digits in bare]


@pytest.mark.parametrize("code", sorted({code for codes in APPLIES.values() for code in codes}))
def test_each_refusal_reaches_every_command_it_applies_to(
    filled: Install, known: tuple[str, ...], tmp_path: Path, code: str
) -> None:
    install = (
        copied(filled, tmp_path / "home") if code != "CONSENT_REQUIRED" else installed(tmp_path / "home")
    )
    PREPARED.get(code, lambda _: None)(install)
    words, environ = EXTRA.get(code, ((), {}))
    for command in (name for name, codes in APPLIES.items() if code in codes):
        done = install.bahi(*WORDS[command], *words, "--json", **environ)
        assert done.code == 2, f"{command}: {done.out}{done.err}"
        problem = done.json()["error"]
        assert problem["code"] == code, f"{command}: {problem}"
        assert problem["hint"], command
        assert not digits_shown(known, done.out + done.err), command
