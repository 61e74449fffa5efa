"""The acts that are disturbed, each as the command a user gives, and the home it is given in."""

from __future__ import annotations

from dataclasses import dataclass

CLOCK = "2026-11-01T10:00:00+05:30"
# Somebody whose rows and files were acknowledged before: no act on another may touch them.
EARLIER = "EARLIER-1"
CUSTOMER = "LATER-1"
BANK = ("--sources", "bank")
SMALL = ("--bank-rows", "12", "--months", "1")
DOWN = ("db", "downgrade", "--to", "0001", "--yes")


def of(customer: str) -> tuple[str, str]:
    return ("--customer-id", customer)


GRANTED = (("init",), ("consent", "grant", *of(EARLIER), *BANK), ("run", *of(EARLIER), *SMALL))
ASKED = (*GRANTED, ("consent", "grant", *of(CUSTOMER), *BANK))
FETCHED = (*ASKED, ("generate", *of(CUSTOMER), *SMALL))
CLEANED = (*FETCHED, ("clean", *of(CUSTOMER)))
ANALYZED = (*CLEANED, ("analyze", *of(CUSTOMER)))


# A second purpose over the same deliveries, and a second question under it: more stands, and more goes or stays.
OTHER = (*of(CUSTOMER), "--purpose", "104")
NOISY = (*SMALL, "--noise", "light")
BOTH_ASKED = (*ANALYZED, ("consent", "grant", *OTHER, *BANK))
BOTH_ANALYZED = (*BOTH_ASKED, ("run", *OTHER, *SMALL))
MORE_FETCHED = (*BOTH_ANALYZED, ("generate", *OTHER, *NOISY))
MORE_CLEANED = (*MORE_FETCHED, ("clean", *OTHER))
MORE_ANALYZED = (*MORE_CLEANED, ("analyze", *OTHER))


@dataclass(frozen=True)
class Act:
    """A command, and the commands that lead up to it."""

    before: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]


ACTS = {
    "init": Act((), ("init", "--json")),
    "migrate": Act((*ANALYZED, DOWN), ("db", "upgrade", "--json")),
    "grant": Act(GRANTED, ("consent", "grant", *of(CUSTOMER), *BANK, "--json")),
    "generate": Act(ASKED, ("generate", *of(CUSTOMER), *SMALL, "--quiet", "--json")),
    "clean": Act(FETCHED, ("clean", *of(CUSTOMER), "--quiet", "--json")),
    "analyze": Act(CLEANED, ("analyze", *of(CUSTOMER), "--quiet", "--json")),
    "revoke": Act(ANALYZED, ("consent", "revoke", *of(CUSTOMER), "--json")),
}

# The same acts where more stands already or more is to be done: longer, so for the long run only.
LONGER = {
    "migrate from nothing": Act(
        (*ANALYZED, ("db", "downgrade", "--to", "base", "--yes")), ("db", "upgrade", "--json")
    ),
    "grant another purpose": Act(ANALYZED, ("consent", "grant", *OTHER, *BANK, "--json")),
    "generate more": Act(BOTH_ANALYZED, ("generate", *OTHER, *NOISY, "--quiet", "--json")),
    "clean more": Act(MORE_FETCHED, ("clean", *OTHER, "--quiet", "--json")),
    "analyze more": Act(MORE_CLEANED, ("analyze", *OTHER, "--quiet", "--json")),
    "all steps": Act(ASKED, ("run", *of(CUSTOMER), *SMALL, "--quiet", "--json")),
    "all steps of another purpose": Act(BOTH_ASKED, ("run", *OTHER, *NOISY, "--quiet", "--json")),
    "revoke one purpose": Act(BOTH_ANALYZED, ("consent", "revoke", *of(CUSTOMER), "--json")),
    "revoke the longer purpose": Act(MORE_ANALYZED, ("consent", "revoke", *OTHER, "--json")),
    "revoke two consents": Act(
        (*ANALYZED, ("consent", "grant", *of(CUSTOMER), *BANK)),
        ("consent", "revoke", *of(CUSTOMER), "--json"),
    ),
}
EVERY = ACTS | LONGER
