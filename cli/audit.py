"""audit: who did what, that nothing of it was changed, and proofs of that for others."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cli.asking import Parser, add_json, described, house, parser, unfinished_house, whole
from cli.output import remark, say, say_json, say_table
from kit.ident import CustomerId, customer_id

if TYPE_CHECKING:  # Only what the command asked for is loaded.
    from consent.keys import Jwk
    from consent.proofs import Proven
    from kit.merkle import Head
    from warehouse.ledger import Ledger

ABOUT = "List who did what, when and with which outcome, or verify and prove that nothing of it was changed."
EXAMPLES = ("bahi audit list", "bahi audit verify", "bahi audit checkpoint --to checkpoint.json")
ACTS = {
    "list": (
        "list entries, newest first",
        ("bahi audit list", "bahi audit list --customer-id MSME001 --limit 20 --json"),
    ),
    "verify": (
        "recompute every link, and compare with roots and checkpoints kept elsewhere",
        (
            "bahi audit verify",
            "bahi audit verify --checkpoint checkpoint.json --json",
            f"bahi audit verify --earlier 1200:{'5d' * 32}",
        ),
    ),
    "checkpoint": (
        "sign where the audit stands, with every withdrawal by then, to be kept elsewhere",
        ("bahi audit checkpoint --to checkpoint.json", "bahi audit checkpoint --json"),
    ),
    "prove": (
        "write a proof that an entry stands in the audit, or that the audit only grew",
        ("bahi audit prove --entry 12 --to proof.json", "bahi audit prove --from 40 --to proof.json"),
    ),
    "verify-proof": (
        "check a proof with nothing but the file; no ledger and no home is needed",
        ("bahi audit verify-proof proof.json", "bahi audit verify-proof proof.json --keys keys.json"),
    ),
}
_KEYS_HINT = 'Name a JWK Set: a JSON file with the public keys under "keys".'
_CHECKPOINT_HINT = "Name a file that bahi audit checkpoint --to wrote."


def parser_of(name: str) -> Parser:
    """Make the parser of the command and of its acts."""
    made = parser(name, ABOUT, EXAMPLES)
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Parser)
    for act, (about, examples) in ACTS.items():
        below = acts.add_parser(act, help=about, **described(f"{about.capitalize()}.", examples))
        _OPTIONS[act](below)
        add_json(below)
    made.set_defaults(command=name)
    return made


def _list_options(to: argparse.ArgumentParser) -> None:
    to.add_argument("--customer-id", metavar="X", help="only entries of one customer")
    to.add_argument(
        "--limit", type=whole(1, 10_000), default=50, metavar="N", help="how many, newest first (default 50)"
    )


def _verify_options(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--checkpoint", action="append", default=[], metavar="FILE",
        help="a checkpoint kept elsewhere: its signature, its root and all before it must hold; may be repeated",
    )  # fmt: skip
    to.add_argument(
        "--earlier", type=_earlier, action="append", default=[], metavar="N:ROOT",
        help="how many entries there once were and their root, as printed then; may be repeated",
    )  # fmt: skip
    _keys_option(to, "the keys in the ledger")


def _checkpoint_options(to: argparse.ArgumentParser) -> None:
    to.add_argument("--to", metavar="FILE", help="the file to write (default: only sign and keep the head)")


def _prove_options(to: argparse.ArgumentParser) -> None:
    what = to.add_mutually_exclusive_group(required=True)
    what.add_argument("--entry", type=whole(1, 10**18), metavar="N", help="the number of the entry")
    what.add_argument(
        "--from", type=whole(0, 10**18), dest="first", metavar="N", help="how many entries there once were"
    )
    to.add_argument(
        "--size",
        type=whole(0, 10**18),
        metavar="M",
        help="the signed size to prove it for (default: the last)",
    )
    to.add_argument("--to", required=True, metavar="FILE", help="the file to write")


def _proof_options(to: argparse.ArgumentParser) -> None:
    to.add_argument("file", metavar="FILE", help="the proof")
    _keys_option(to, "only the key inside the proof")


def _keys_option(to: argparse.ArgumentParser, default: str) -> None:
    to.add_argument(
        "--keys", metavar="FILE", help=f"a JWK Set with the public keys you trust (default: {default})"
    )


_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "list": _list_options,
    "verify": _verify_options,
    "checkpoint": _checkpoint_options,
    "prove": _prove_options,
    "verify-proof": _proof_options,
}


def _earlier(text: str) -> Head:
    from kit.merkle import Head

    found = re.fullmatch("([0-9]{1,18}):([0-9a-f]{64})", text)
    if found is None:
        raise argparse.ArgumentTypeError("must be a number of entries, a colon and a root of 64 hex digits")
    return Head(int(found[1]), bytes.fromhex(found[2]))


def carry_out(asked: argparse.Namespace) -> int:
    """Do what was asked of the audit."""
    acts: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "verify": _verify,
        "checkpoint": _checkpoint,
        "prove": _prove,
        "verify-proof": _verify_proof,
    }
    return acts[asked.act](asked)


def _list(asked: argparse.Namespace) -> int:
    customer = None if asked.customer_id is None else customer_id(asked.customer_id)
    opened = house(customer)
    entries = opened.audit.entries(customer, asked.limit)
    opened.audit.look("audit.list", customer)
    if asked.json:
        say_json([entry._asdict() for entry in entries])
        return 0
    head = ("seq", "at", "actor", "action", "customer", "purpose", "outcome", "hash")
    rows = []
    for entry in entries:
        fields = entry._asdict()
        rows.append([("-" if fields[name] is None else str(fields[name]))[:32] for name in head])
    say_table(head, rows)
    return 0


def _verify(asked: argparse.Namespace) -> int:
    """Verify without writing: a broken audit stays as it was found."""
    from consent.chain import required, verified
    from pipeline.wiring import open_house

    ledger = open_house(os.environ, "cli").ledger
    chain = required(verified(ledger, [*asked.earlier, *_heads(ledger, asked)]))
    if asked.json:
        say_json(
            {
                "entries_n": chain.entries_n,
                "head": chain.head,
                "root": chain.root,
                "confirmed_n": chain.confirmed_n,
            }
        )
        return 0
    say(f"entries    {chain.entries_n}\nhead       {chain.head}\nroot       {chain.root}")
    say(f"confirmed  {chain.confirmed_n}, by the roots and checkpoints known")
    remark(f"  keep elsewhere, to compare later: --earlier {chain.entries_n}:{chain.root}")
    return 0


def _heads(ledger: Ledger, asked: argparse.Namespace) -> list[Head]:
    """Gather the heads the ledger signed itself and those of the checkpoints given."""
    from consent.checkpoint import heads_kept, opened
    from consent.keys import public_keys
    from warehouse.named_files import content_of

    with ledger.reading() as tx:
        keys = _keys(asked.keys) or public_keys(tx)
        heads = list(heads_kept(tx, public_keys(tx)))
    for path in asked.checkpoint:
        heads += opened(content_of(path, _CHECKPOINT_HINT), keys).heads
    return heads


def _keys(path: str | None) -> Sequence[Jwk] | None:
    """Read the public keys the caller trusts."""
    from consent.checkpoint import jwk_set
    from warehouse.named_files import content_of

    return None if path is None else jwk_set(content_of(path, _KEYS_HINT), _KEYS_HINT)


def _checkpoint(asked: argparse.Namespace) -> int:
    from kit.canonical import line
    from pipeline.second_place import checkpoints_of
    from warehouse.named_files import put

    document = checkpoints_of(house()).make()
    if asked.to is not None:
        put(asked.to, line(document))
    if asked.json:
        say_json(document)
        return 0
    say(
        f"entries    {document['entries_n']}\nroot       {document['root']}\nsigned by  {document['signed_by']}"
    )
    if asked.to is None:
        remark("  keep it elsewhere: bahi audit checkpoint --to FILE")
    return 0


def _prove(asked: argparse.Namespace) -> int:
    from consent.proofs import prove_entry, prove_growth, proven
    from kit.canonical import line
    from pipeline.second_place import checkpoints_of
    from warehouse.named_files import put

    opened = unfinished_house()
    if asked.size is None:
        checkpoints_of(opened).make()
    with opened.ledger.reading() as tx:
        if asked.entry is None:
            document = prove_growth(tx, asked.first, asked.size)
        else:
            document = prove_entry(tx, asked.entry, asked.size)
    shown = proven(line(document), None)
    if shown.entry is not None:
        opened.audit.look(
            "audit.prove", None if shown.entry.customer is None else CustomerId(shown.entry.customer)
        )
    put(asked.to, line(document))
    _say_proven(shown, asked)
    return 0


def _verify_proof(asked: argparse.Namespace) -> int:
    from consent.proofs import proven
    from warehouse.named_files import content_of

    content = content_of(asked.file, "Name a file that bahi audit prove wrote.")
    _say_proven(proven(content, _keys(asked.keys)), asked)
    if asked.keys is None:
        remark("  compare the key with one you trust, or give it with --keys")
    return 0


def _say_proven(shown: Proven, asked: argparse.Namespace) -> None:
    head = {"entries_n": shown.head.leaves_n, "root": shown.head.root.hex()}
    earlier = shown.earlier and {"entries_n": shown.earlier.leaves_n, "root": shown.earlier.root.hex()}
    if asked.json:
        entry = shown.entry and shown.entry._asdict()
        say_json({"entry": entry, "earlier": earlier, "head": head, "signed_by": shown.signed_by})
        return
    if shown.entry is not None:
        say(f"entry      {shown.entry.seq}  {shown.entry.at}  {shown.entry.action}  {shown.entry.outcome}")
    if shown.earlier is not None:
        say(f"begins     {shown.earlier.leaves_n}:{shown.earlier.root.hex()}")
    say(f"holds in   {shown.head.leaves_n}:{shown.head.root.hex()}\nsigned by  {shown.signed_by}")
