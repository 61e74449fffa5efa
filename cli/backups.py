"""backup and restore: a whole installation in one sealed file, and back."""

from __future__ import annotations

import argparse
import os

from cli.asking import Parser, add_json, house, parser
from cli.output import is_watched, remark, say, say_json
from consent.audit import actor_name
from kit.errors import CallerError

ABOUT = {
    "backup": "Copy everything an installation holds into one sealed file; it is of no use without the passphrase.",
    "restore": "Rebuild an installation from a backup; what was withdrawn since is withdrawn again before it can be read.",
}
EXAMPLES = {
    "backup": ("bahi backup --to bahi-friday.sealed --passphrase-file passphrase.txt",),
    "restore": (
        "bahi restore --from bahi-friday.sealed --checkpoint latest.json --passphrase-file passphrase.txt",
        "bahi restore --from bahi-friday.sealed --without-checkpoint",
    ),
}
VARIABLE = "BAHI_BACKUP_PASSPHRASE"
_PASSPHRASE_HINT = "Name a UTF-8 text file whose first line is the passphrase."
_CHECKPOINT_HINT = "Name the last file that bahi audit checkpoint --to, or the second place, has."
_KEYS_HINT = 'Name a JWK Set: a JSON file with the public keys under "keys".'
_PASSPHRASE_BYTES_MAX = 4096


def parser_of(name: str) -> Parser:
    """Make the parser of one of the two."""
    made = parser(name, ABOUT[name], EXAMPLES[name])
    if name == "backup":
        made.add_argument("--to", required=True, metavar="FILE", help="the file to write; it must not exist")
    else:
        _add_restore_options(made)
    made.add_argument(
        "--passphrase-file", metavar="FILE", help=f"its first line is the passphrase (default: {VARIABLE})"
    )
    add_json(made)
    made.set_defaults(command=name)
    return made


def _add_restore_options(to: argparse.ArgumentParser) -> None:
    to.add_argument("--from", required=True, dest="source", metavar="FILE", help="the backup")
    since = to.add_mutually_exclusive_group(required=True)
    since.add_argument("--checkpoint", metavar="FILE", help="the last checkpoint that was kept elsewhere")
    since.add_argument(
        "--without-checkpoint", action="store_true",
        help="there is none: every consent is paused, for nobody can tell which were withdrawn",
    )  # fmt: skip
    to.add_argument(
        "--keys", metavar="FILE", help="a JWK Set with public keys that came into use after the backup"
    )


def carry_out(asked: argparse.Namespace) -> int:
    """Write a backup, or restore one."""
    return _backup(asked) if asked.command == "backup" else _restore(asked)


def _passphrase(asked: argparse.Namespace) -> str:
    from warehouse.named_files import content_of

    found = os.environ.get(VARIABLE, "")
    if asked.passphrase_file is not None:
        content = content_of(asked.passphrase_file, _PASSPHRASE_HINT, _PASSPHRASE_BYTES_MAX)
        found = _first_line(content, asked.passphrase_file)
    if not found:
        raise CallerError(
            "PASSPHRASE_MISSING",
            "A backup is sealed with a passphrase.",
            hint=f"Name a file with --passphrase-file, or set {VARIABLE}.",
        )
    return found


def _first_line(content: bytes, path: str) -> str:
    """Refuse bytes that are no text: whatever would stand in for them is easier to guess than they are."""
    try:
        return content.partition(b"\n")[0].decode("utf-8-sig").rstrip("\r")
    except UnicodeDecodeError:
        raise CallerError(
            "FILE_UNREADABLE", "The file is not UTF-8 text.", hint=_PASSPHRASE_HINT, place=path[:200]
        ) from None


def _backup(asked: argparse.Namespace) -> int:
    from pipeline.backup import backup

    done = backup(house(), asked.to, _passphrase(asked), _tell)
    if asked.json:
        say_json(done._asdict())
        return 0
    say(f"files      {done.files}, {done.bytes} bytes\narchive    {done.archive_bytes} bytes")
    say(f"sha256     {done.sha256}\nentries    {done.entries_n}\nroot       {done.root}")
    if done.left_out:
        remark(f"  left out: {done.left_out} files whose names are none of ours")
    remark("  keep the passphrase apart from it, and a checkpoint: bahi audit checkpoint --to FILE")
    return 0


def _tell(done_n: int, total_n: int) -> None:
    if is_watched():
        remark(f"  {done_n} of {total_n} customers copied")


def _restore(asked: argparse.Namespace) -> int:
    from consent.checkpoint import jwk_set
    from pipeline.restore import RestoreOrder, restore
    from warehouse.named_files import content_of

    order = RestoreOrder(
        path=asked.source,
        passphrase=_passphrase(asked),
        checkpoint=None if asked.checkpoint is None else content_of(asked.checkpoint, _CHECKPOINT_HINT),
        trusted=None if asked.keys is None else jwk_set(content_of(asked.keys, _KEYS_HINT), _KEYS_HINT),
    )
    done = restore(os.environ, actor_name(os.environ.get("BAHI_ACTOR") or "cli"), order)
    if asked.json:
        say_json(done._asdict())
        return 0
    say(f"entries    {done.entries_n}\nwithdrawn  {len(done.revoked)}\npaused     {len(done.paused)}")
    if done.lost_from is not None:
        remark(f"  lost: what the audit entries {done.lost_from} to {done.lost_to} told of")
    if asked.without_checkpoint:
        remark(
            "  every consent is paused: ask each customer, then: bahi consent resume or bahi consent revoke"
        )
    remark("  next: bahi doctor")
    return 0
