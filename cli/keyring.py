"""secrets show, rotate, public and confirm: the keys of a house by their ids, never by their values."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from cli.asking import Parser, add_json, customer_of, described, house, parser, unfinished_house
from cli.output import remark, say, say_json, say_table
from kit.errors import NotFound

ABOUT = "Show, rotate or publish the keys of this installation; no command prints a secret."
ACTS = {
    "show": (
        "list which secrets there are, where each comes from, its id and since when",
        ("bahi secrets show", "bahi secrets show --json"),
    ),
    "rotate": (
        "replace a secret; what was signed or committed before stays provable",
        ("bahi secrets rotate", "bahi secrets rotate --which pepper"),
    ),
    "public": (
        "print every public key this installation signed with, as a JWK set",
        ("bahi secrets public", "bahi secrets public --json"),
    ),
    "confirm": (
        "say whether a value you know is one that an erased consent keeps as a commitment",
        ("bahi secrets confirm --customer-id MSME001 --consent-id C --value-file value.txt",),
    ),
}
# Spelled here too, so that --help loads no key.
SECRETS = ("signing", "pepper", "sandbox-aa")
_VALUE_HINT = "Name a UTF-8 text file that holds the value alone."


def parser_of(name: str) -> Parser:
    """Make the parser of the command and of its acts."""
    made = parser(name, ABOUT, [examples[0] for _, examples in ACTS.values()])
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Parser)
    for act, (about, examples) in ACTS.items():
        below = acts.add_parser(act, help=about, **described(f"{about[0].upper()}{about[1:]}.", examples))
        if act == "rotate":
            below.add_argument(
                "--which", choices=SECRETS, default=SECRETS[0], help="which secret (default signing)"
            )
        if act == "confirm":
            below.add_argument("--customer-id", required=True, metavar="X", help="the customer")
            below.add_argument("--consent-id", required=True, metavar="C", help="the erased consent")
            below.add_argument("--value-file", required=True, metavar="F", help="a file that holds the value")
        add_json(below)
    return made


def carry_out(asked: argparse.Namespace) -> int:
    """Do what was asked of the secrets."""
    acts: dict[str, Callable[[argparse.Namespace], int]] = {
        "show": _show,
        "rotate": _rotate,
        "public": _public,
        "confirm": _confirm,
    }
    return acts[asked.act](asked)


def _show(asked: argparse.Namespace) -> int:
    opened = unfinished_house()
    with opened.ledger.reading() as tx:
        known = opened.keys.known(tx)
    if asked.json:
        say_json([one._asdict() for one in known])
        return 0
    rows = [
        (one.which, one.origin, one.id, one.since or "not used yet", str(len(one.retired))) for one in known
    ]
    say_table(("secret", "from", "id", "since", "retired"), rows)
    return 0


def _rotate(asked: argparse.Namespace) -> int:
    """Nothing that is pending is finished first: it would sign with what is about to be taken up."""
    from consent.keys import Which
    from consent.rotation import rotate

    opened = unfinished_house()
    rotated = rotate(opened.ledger, opened.audit, opened.keys, Which(asked.which))
    if asked.json:
        say_json(rotated._asdict())
        return 0
    say(f"{rotated.which} is now {rotated.id}")
    for former in rotated.former:
        say(f"retired {former}")
    if rotated.which == SECRETS[0]:
        remark("  next: bahi secrets public, for those who verify what this installation signs")
    return 0


def _public(asked: argparse.Namespace) -> int:
    """Print a document either way: it is read by programs."""
    from consent.keys import public_keys, thumbprint

    opened = unfinished_house()
    with opened.ledger.reading() as tx:
        keys = public_keys(tx)
    if not keys:
        with opened.ledger.transaction() as tx:
            opened.keys.register(tx)
            keys = public_keys(tx)
    say_json({"keys": [{**key, "kid": thumbprint(key), "use": "sig"} for key in keys]})
    return 0


def _confirm(asked: argparse.Namespace) -> int:
    from consent.document import identifiers
    from warehouse.named_files import content_of

    value = content_of(asked.value_file, _VALUE_HINT, 4096).decode(errors="replace").strip()
    customer = customer_of(asked)
    opened = house(customer)
    opened.audit.look("secrets.confirm", customer)
    mine = [one for one in opened.consents.listing(customer) if one.id == asked.consent_id]
    named = [
        name for one in mine for name, held in identifiers(one.artefact) if opened.keys.confirms(held, value)
    ]
    if not named:
        raise NotFound(
            "COMMITMENT_NOT_FOUND",
            "No commitment of this consent was made to this value.",
            hint=f"Run: bahi consent list --customer-id {customer}",
        )
    if asked.json:
        say_json({"customer_id": customer, "consent_id": asked.consent_id, "confirmed": named})
        return 0
    say("confirmed: " + ", ".join(named))
    return 0
