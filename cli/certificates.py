"""consent certificate: print or save what proves an erasure, and check such a proof without this installation."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from cli.asking import customer_of, house
from cli.output import remark, say, say_json
from kit.errors import CallerError

_FILE_HINT = "Name a file that bahi consent certificate --to wrote."
_KEYS_HINT = "Name what the lender's bahi secrets public printed."


def add_options(to: argparse.ArgumentParser) -> None:
    """Ask for a customer's certificates, or for a file to check."""
    to.add_argument("--to", metavar="FILE", help="save it in this file (default: print it)")
    to.add_argument("--verify", metavar="FILE", help="check a certificate; no installation is needed")
    to.add_argument(
        "--keys", metavar="FILE", help="with --verify: the public keys of the lender, as a JWK set"
    )


def certificate(asked: argparse.Namespace) -> int:
    """Do what was asked of certificates."""
    if asked.verify is not None:
        return _verify(asked)
    if asked.customer_id is None:
        raise CallerError(
            "USAGE",
            "the following arguments are required: --customer-id, or --verify",
            hint="Run: bahi consent certificate --help",
        )
    return _give(asked)


def _give(asked: argparse.Namespace) -> int:
    from orjson import loads

    opened = house(customer_of(asked))
    opened.audit.look("consent.certificate", customer_of(asked))
    mine = [
        one.id
        for one in opened.consents.listing(customer_of(asked))
        if asked.consent_id in (None, one.id) and asked.purpose in (None, one.artefact.purpose)
    ]
    found = opened.erasure.certificates(mine)
    if asked.to is None:
        documents = [loads(one) for one in found]
        say_json(documents[0] if len(documents) == 1 else documents)
        return 0
    _save(asked.to, found)
    ids = [loads(one)["certificate_id"] for one in found]
    if asked.json:
        say_json({"customer_id": customer_of(asked), "certificates": ids, "to": asked.to})
        return 0
    for one in ids:
        say(f"{one} saved")
    remark(f"  next: bahi consent certificate --verify {asked.to}")
    return 0


def _save(path: str, found: Sequence[bytes]) -> None:
    from warehouse.named_files import put

    put(path, (found[0] if len(found) == 1 else b"[" + b",".join(found) + b"]") + b"\n")


def _verify(asked: argparse.Namespace) -> int:
    from consent.certificate import checked
    from consent.checkpoint import jwk_set
    from warehouse.named_files import content_of

    keys = None if asked.keys is None else jwk_set(content_of(asked.keys, _KEYS_HINT), _KEYS_HINT)
    found = checked(content_of(asked.verify, _FILE_HINT), keys)
    if asked.json:
        say_json([one._asdict() for one in found])
        return 0
    for one in found:
        say(f"genuine: certificate {one.certificate_id} of consent {one.consent_id}, done {one.done_at}")
        say(f"signed by {one.signed_by}")
    if keys is None:
        remark("this proves only that the holder of this key signed it: compare its id with the lender's,")
        remark("  or name the lender's public keys: --keys FILE, as bahi secrets public prints them")
    return 0
