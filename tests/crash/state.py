"""What a home holds, read past the product: its files, its ledger's rows, and whatever of it is torn."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

Rows = dict[str, list[str]]
LEDGER = "bahi.db"
_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_COMMITTED = re.compile(r"[0-9a-f]{16}:[0-9a-f]{32}:[0-9a-f]{64}")
_SIGNED = re.compile(r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{20,}")


@dataclass(frozen=True)
class Seen:
    """A home at one moment: files by their hash, folders and links by name, the ledger by its rows."""

    files: dict[str, str]
    rows: Rows
    torn: tuple[str, ...]

    def digest(self) -> str:
        """Name the state, so that one met before is known again."""
        return hashlib.sha256(repr((self.files, self.rows)).encode()).hexdigest()

    def manifests(self) -> dict[str, str]:
        """Give what makes files count: which manifest stands where, with which bytes."""
        return {name: sha for name, sha in self.files.items() if name.endswith("/manifest.json")}


def look(home: Path, scratch: Path) -> Seen:
    """Read everything without opening the ledger itself: a copy of it is opened, as a start after a crash would."""
    files = dict(_files(home))
    rows, torn = _ledger(home, scratch)
    return Seen(files, rows, (*torn, *_torn(home)))


def _files(home: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.is_symlink():
            yield name, f"link to {path.readlink()}"
        elif path.is_dir():
            yield name, "folder"
        elif not name.startswith(f"{LEDGER}-"):
            content = path.read_bytes()
            # The ledger's own bytes depend on when its log was folded in; its rows are compared instead.
            yield name, "ledger" if name == LEDGER else hashlib.sha256(content).hexdigest()


def _ledger(home: Path, scratch: Path) -> tuple[Rows, list[str]]:
    if not (home / LEDGER).exists():
        return {}, []
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    for name in (LEDGER, f"{LEDGER}-wal", f"{LEDGER}-journal"):
        if (home / name).exists():
            shutil.copyfile(home / name, scratch / name)
    return ledger_rows(scratch / LEDGER)


def ledger_rows(path: Path) -> tuple[Rows, list[str]]:
    """Read the definition of every table and all its rows, and what the engine finds broken."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)
    try:
        faults = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [
            f"row without its parent in {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")
        ]
        kept = connection.execute("SELECT type || ' ' || name, name, sql, type FROM sqlite_master").fetchall()
        rows = {"definitions": sorted(f"{what}: {sql}" for what, _, sql, _ in kept if sql)}
        for _, name, _, kind in kept:
            if kind == "table":
                columns = [str(column[1]) for column in connection.execute(f"PRAGMA table_info({name})")]
                found = connection.execute(f"SELECT * FROM {name}").fetchall()
                rows[name] = sorted(json.dumps(dict(zip(columns, row, strict=True))) for row in found)
    finally:
        connection.close()
    return rows, faults


def _torn(home: Path) -> Iterator[str]:
    """Name what is half: a document that does not parse, a line without its end, a file its manifest lies about."""
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.is_symlink() or not path.is_file() or is_draft(name):
            continue
        if path.suffix in (".json", ".ndjson") and (wrong := _wrong_of(path.read_bytes(), path.suffix)):
            yield f"{name}: {wrong}"
    for path in sorted(home.rglob("manifest.json")):
        yield from (f"{path.relative_to(home)}: {wrong}" for wrong in _unmatched(path))


def is_draft(name: str) -> bool:
    """Tell what nobody reads: it is half by nature until it is renamed."""
    return any(part.startswith(".draft-") or ".tmp-" in part for part in name.split("/"))


@lru_cache(maxsize=500)
def _wrong_of(content: bytes, suffix: str) -> str:
    """Say what is half about bytes; most of them are met again in the next home that is looked at."""
    try:
        if suffix == ".json":
            json.loads(content)
        else:
            _lines(content)
    except ValueError as error:
        return str(error) or "it is half"
    return ""


def _lines(content: bytes) -> None:
    if content and not content.endswith(b"\n"):
        raise ValueError("the last line has no end")
    for line in content.splitlines():
        json.loads(line)


def _unmatched(manifest: Path) -> Iterator[str]:
    try:
        document = json.loads(manifest.read_bytes())
    except ValueError:
        return
    for path, sha in _named(manifest.parent, document):
        if not path.is_file():
            yield f"{path.name} is not there"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != sha:
            yield f"{path.name} has other bytes"


def _named(folder: Path, document: dict[str, object]) -> Iterator[tuple[Path, str]]:
    for row in document.get("deliveries", ()):  # type: ignore[attr-defined]
        yield folder / row["source"] / f"{row['id']}.ndjson", row["sha256"]
        yield folder / row["source"] / f"{row['id']}.lines", row["lines_sha256"]
    for entry in document.get("entries", {}).values():  # type: ignore[attr-defined]
        for stored in entry["files"]:
            yield folder / str(document["folder"]) / stored["name"], stored["sha256"]


def without_chance(row: str) -> str:
    """Leave out of a row what was drawn: ids, salted commitments, and signatures over them."""
    row = _COMMITTED.sub("<committed>", row)
    return _SIGNED.sub("<signed>", _RANDOM.sub("<id>", row))
