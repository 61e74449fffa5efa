"""Single files of a customer under one purpose: logs, answers given before, and what the synthetic world knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import orjson

from kit.canonical import line
from kit.errors import BahiError, CallerError, ConsentRequired
from kit.scope import Scope
from warehouse import _fs
from warehouse._draft import DraftFile, in_folder
from warehouse._lines import regrouped
from warehouse._lock import Lock, drafted, is_dead_draft
from warehouse.home import Home


class Single(StrEnum):
    """The kinds of file that stand alone, no manifest beside them."""

    LOG = "log"
    REPLY = "reply"
    TRUTH = "truth"


class LogDraft:
    """Logs being written together; nobody reads one before it is kept."""

    def __init__(self, folder: Path, lock: Lock, scope: Scope, recheck: Callable[[], None]) -> None:
        """Made by Lake.logs only."""
        self._folder = folder
        self._lock = lock
        self._scope = scope
        self._recheck = recheck
        self._open: dict[str, DraftFile] = {}

    def writer(self, name: str) -> DraftFile:
        """Open one log."""
        self._open[name] = DraftFile(self._folder / in_folder(name))
        return self._open[name]

    def keep(self, names: Iterable[str]) -> None:
        """Put each log in the place of the one that stands, in one rename; of the same ending only the named ones stay."""
        wanted, place = set(names), self._folder.parent
        endings = {_ending(name) for name in wanted}
        for file in self._open.values():
            file.close()
        with self._lock.of(self._scope.customer):
            self._recheck()
            for name in self._open:
                _fs.rename(self._folder / name, place / name)
            for name in _fs.names(place):
                if _ending(name) in endings and name not in wanted:
                    _fs.remove_tree(place / name)
            _fs.sync_folder(place)

    def drop(self) -> None:
        """Let go of every open file."""
        for file in self._open.values():
            file.drop()


class Singles:
    """Files that go with everything else that was derived under their purpose."""

    def __init__(self, home: Home, lock: Lock) -> None:
        """Made by Lake only."""
        self._home = home
        self._lock = lock

    def base(self, kind: Single) -> Path:
        """Name the top folder of a kind."""
        return {
            Single.LOG: self._home.logs,
            Single.REPLY: self._home.replies,
            Single.TRUTH: self._home.truth,
        }[kind]

    def keep_log(self, scope: Scope, name: str, stream: Iterable[bytes], recheck: Callable[[], None]) -> None:
        """Write a log beside the one that stands and put it there in one rename."""
        self._keep(scope, self._path(scope, Single.LOG, name), stream, recheck)

    @contextmanager
    def logs(self, scope: Scope, recheck: Callable[[], None]) -> Iterator[LogDraft]:
        """Open logs to be written together; what is not kept at the end of the block goes."""
        place = self._home.below(self._home.logs, scope.customer, str(scope.purpose))
        with drafted(self._lock, scope, place, _tidy, recheck) as folder:
            draft = LogDraft(folder, self._lock, scope, recheck)
            try:
                yield draft
            finally:
                draft.drop()

    def settle(self, scope: Scope) -> None:
        """Take away what a crash left beside the logs; asked under the lock only."""
        _tidy(self._home.below(self._home.logs, scope.customer, str(scope.purpose)))

    def has_log(self, scope: Scope, name: str) -> bool:
        """Say whether a log stands."""
        return _fs.size_bytes(self._path(scope, Single.LOG, name)) is not None

    def keep_truth(
        self, scope: Scope, name: str, stream: Iterable[bytes], recheck: Callable[[], None]
    ) -> None:
        """Put what the synthetic world knows in the place of what stood there, in one rename."""
        self._keep(scope, self._path(scope, Single.TRUTH, name), stream, recheck)

    def has_truth(self, scope: Scope, name: str) -> bool:
        """Say whether what the synthetic world knows stands under a name; what a crash left beside it goes."""
        path = self._path(scope, Single.TRUTH, name)
        if _fs.size_bytes(path) is None:
            return False
        with suppress(BahiError, OSError), self._lock.of(scope.customer, wait_s=0):
            _tidy(path.parent)
        return True

    def _keep(self, scope: Scope, path: Path, stream: Iterable[bytes], recheck: Callable[[], None]) -> None:
        with drafted(self._lock, scope, path.parent, _tidy, recheck) as draft:
            _write(draft / path.name, stream)
            with self._lock.of(scope.customer):
                recheck()
                _fs.rename(draft / path.name, path)
                _fs.sync_folder(path.parent)

    def keep_reply(self, scope: Scope, key_sha: str, body: bytes, recheck: Callable[[], None]) -> None:
        """Keep an answer under the hash of its key; of two the first stands."""
        path = self._path(scope, Single.REPLY, key_sha)
        head = {"grants": scope.rows(*scope.sources()), "sha256": sha256(body).hexdigest()}
        with self._lock.of(scope.customer):
            recheck()
            _fs.ensure_folder(path.parent)
            _tidy(path.parent)
            _fs.write_first(path, line(head) + body)

    def reply(self, scope: Scope, key_sha: str) -> bytes | None:
        """Read an answer, or None; one that was made from more than the scope covers is refused."""
        path = self._path(scope, Single.REPLY, key_sha)
        try:
            head, _, body = _fs.read(path).partition(b"\n")
        except FileNotFoundError:
            return None
        grants, expected = _head_of(head)
        if sha256(body).hexdigest() != expected:
            spot = _fs.place(path)
            hint = "Ask again under another key."
            raise CallerError("REPLY_ALTERED", f"{spot} was altered after it was written.", hint=hint)
        if not scope.holds(grants):
            raise ConsentRequired(
                "DERIVED_OUT_OF_SCOPE",
                "What was answered then was made from more than this consent covers.",
                hint="Ask again under another key.",
            )
        return body

    def _path(self, scope: Scope, kind: Single, name: str) -> Path:
        return self._home.below(self.base(kind), scope.customer, str(scope.purpose), name)


def _ending(name: str) -> str:
    """What stands after the first dot; a hidden name has none."""
    return "" if name.startswith(".") else name.partition(".")[2]


def _head_of(head: bytes) -> tuple[list[tuple[str, ...]], str]:
    """Read under which grants an answer was made, and its hash; a head that is none has the hash of nothing."""
    try:
        said = orjson.loads(head)
        return [tuple(map(str, row)) for row in said["grants"]], str(said["sha256"])
    except (KeyError, TypeError, ValueError):
        return [], ""


def _write(path: Path, stream: Iterable[bytes]) -> None:
    writer = _fs.Writer(path)
    try:
        for block in regrouped(stream):
            writer.write(block)
        writer.finish()
    finally:
        writer.close()


def dead_drafts(place: Path) -> list[Path]:
    """Find what was begun there by processes that are gone; asked under the lock only."""
    found = (place / name for name in _fs.names(place) if name.startswith("."))
    return [path for path in found if is_dead_draft(path)]


def _tidy(place: Path) -> None:
    try:
        for path in dead_drafts(place):
            _fs.discard(path)
    except (BahiError, OSError):
        # Nothing that counts depends on it, and the next file tidies again.
        return
