"""Fills the demo customers named on the command line: sandbox consents for every source where none is active, then the flow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import sources

BAHI = str(Path(sys.executable).parent / "bahi")


def bahi(*words: str) -> int:
    """Run one command as a user would."""
    print(f"$ bahi {' '.join(words)}", flush=True)
    return subprocess.run([BAHI, *words], check=False).returncode


def states(customer: str) -> set[str]:
    """Collect the states of every consent a customer ever gave."""
    asked = [BAHI, "consent", "list", "--customer-id", customer, "--json"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=True)
    return {consent["state"] for consent in json.loads(answer.stdout)["consents"]}


def consented(customer: str) -> int:
    """Let the one party of a demo customer, a sole owner, consent to everything that is held of it."""
    return bahi("consent", "grant", "--customer-id", customer, "--sources", ",".join(sources.names()))


def main(customers: list[str]) -> int:
    """Stop at the first command that fails; its own hint says what to do."""
    if code := bahi("init"):
        return code
    for customer in customers:
        # A demo customer who withdrew stays withdrawn.
        if not states(customer) and (code := consented(customer)):
            return code
    willing = [customer for customer in customers if "ACTIVE" in states(customer)]
    for customer in sorted(set(customers) - set(willing)):
        print(f"{customer} has no active consent and is left alone", flush=True)
    return flow(willing) if willing else 0


def flow(customers: list[str]) -> int:
    """Generate, clean and analyze for all of them; what is already there is left unchanged."""
    with TemporaryDirectory() as folder:
        listed = Path(folder) / "demo-customers.txt"
        listed.write_text("".join(f"{customer}\n" for customer in customers))
        return bahi("run", "--customers", str(listed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
