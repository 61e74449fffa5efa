"""The acts that are disturbed, each as the command a user gives, and the home it is given in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CLOCK = "2026-11-01T10:00:00+05:30"
# Somebody whose rows and files were acknowledged before: no act on another may touch them.
EARLIER = "EARLIER-1"
CUSTOMER = "LATER-1"
SMALL = ("--bank-rows", "12", "--months", "1")
DOWN = ("down to the first version",)


def of(customer: str) -> tuple[str, str]:
    return ("--customer-id", customer)


GRANTED = (("init",), ("consent", "grant", *of(EARLIER)), ("run", *of(EARLIER), *SMALL))
ASKED = (*GRANTED, ("consent", "grant", *of(CUSTOMER)))
FETCHED = (*ASKED, ("generate", *of(CUSTOMER), *SMALL))
CLEANED = (*FETCHED, ("clean", *of(CUSTOMER)))
ANALYZED = (*CLEANED, ("analyze", *of(CUSTOMER)))


@dataclass(frozen=True)
class Act:
    """A command, and the commands that lead up to it."""

    before: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]


ACTS = {
    "init": Act((), ("init", "--json")),
    "migrate": Act((*ANALYZED, DOWN), ("db", "upgrade", "--json")),
    "grant": Act(GRANTED, ("consent", "grant", *of(CUSTOMER), "--json")),
    "generate": Act(ASKED, ("generate", *of(CUSTOMER), *SMALL, "--quiet", "--json")),
    "clean": Act(FETCHED, ("clean", *of(CUSTOMER), "--quiet", "--json")),
    "analyze": Act(CLEANED, ("analyze", *of(CUSTOMER), "--quiet", "--json")),
    "revoke": Act(ANALYZED, ("consent", "revoke", *of(CUSTOMER), "--json")),
}


def go_down(home: Path) -> None:
    """Take the ledger back to its first version, with all the rows that version can hold."""
    from warehouse.home import Home
    from warehouse.migrate import downgrade

    downgrade(Home(home, home / ".truth").ledger_path, "0001")
