"""The customer's lock, and draft folders that live as long as the process that fills them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kit.errors import BahiError, TransientError
from kit.ident import CustomerId
from kit.scope import Scope
from warehouse import _fs
from warehouse.home import Home

LOCK_WAIT_S = 10.0
_DRAFT = ".draft-"
_EVICTED = ".evicted-"


class Lock:
    """One writer at a time for each customer, across processes; freed by the system when its holder dies."""

    def __init__(self, home: Home, wait_s: float) -> None:
        """Wait at most this long for another writer."""
        self._home = home
        self._wait_s = wait_s

    @contextmanager
    def of(self, customer: CustomerId, wait_s: float | None = None) -> Iterator[None]:
        """Hold the customer's lock for the block."""
        _fs.ensure_folder(self._home.locks)
        path = self._home.below(self._home.locks, f"{customer}.lock")
        busy = TransientError(
            "CUSTOMER_BUSY",
            f"Another run of {customer} is at work.",
            hint="Wait for it to end, then run again.",
            place=_fs.place(path),
        )
        with _fs.locked(path, self._wait_s if wait_s is None else wait_s, busy):
            yield

    @contextmanager
    def of_secrets(self) -> Iterator[None]:
        """Hold the lock of who writes secrets for the block."""
        _fs.ensure_folder(self._home.locks)
        hint = "Wait for it to end, then run again."
        busy = TransientError("MACHINE_BUSY", "Another process writes the secrets.", hint=hint)
        with _fs.locked(self._home.below(self._home.locks, "secrets"), self._wait_s, busy):
            yield


class Claim:
    """A sign that something is at work, which the system takes down when its process dies."""

    def __init__(self, home: Home, name: str) -> None:
        """Put the sign up."""
        _fs.ensure_folder(home.locks)
        self._folder = home.below(home.locks, name)
        _fs.make_folder(self._folder)
        self._handle = _fs.claim(self._folder)

    def release(self) -> None:
        """Take the sign down."""
        _fs.discard(self._folder)
        if self._handle is not None:
            _fs.release(self._handle)


def is_claimed(home: Home, name: str) -> bool:
    """Tell whether the process that put up a sign still lives; a dead one's sign goes."""
    folder = home.below(home.locks, name)
    if not _fs.is_folder(folder):
        return False
    try:
        handle = _fs.claim(folder)
    except FileNotFoundError:
        return False
    if handle is None:
        return True
    _fs.discard(folder)
    _fs.release(handle)
    return False


@contextmanager
def drafted(
    lock: Lock, scope: Scope, parent: Path, tidy: Callable[[Path], None], recheck: Callable[[], None]
) -> Iterator[Path]:
    """Give a folder to write in while consent stands, after what crashed before has made room.

    What is still in it at the end goes. An erasure takes it away from under its owner, who is told so here.
    """
    with lock.of(scope.customer):
        recheck()
        _fs.ensure_folder(parent)
        tidy(parent)
        # Under the lock, so that no one tidies away a draft its owner has not claimed yet.
        folder = parent / f"{_draft_of(scope.purpose)}{_fs.token()}"
        try:
            _fs.make_folder(folder)
            claimed = _fs.claim(folder)
        except BaseException:
            _fs.discard(folder)
            raise
    try:
        yield folder
    except FileNotFoundError:
        if _fs.is_folder(folder):
            raise
        recheck()
        raise withdrawn() from None
    finally:
        _fs.discard(folder)
        if claimed is not None:
            _fs.release(claimed)
        _tidy_empty(lock, scope.customer, parent)


def evicted(parent: Path, purposes: Iterable[int | None]) -> list[Path]:
    """Take the drafts of some purposes from their owners, dead or alive; whoever still lives cannot write on.

    Renamed first: under a name its owner does not know, no further file can come into a draft.
    """
    found = []
    marks = tuple(_draft_of(purpose) for purpose in purposes if purpose is not None)
    for name in _fs.names(parent):
        if name.startswith(marks):
            gone = parent / f"{_EVICTED}{_fs.token()}"
            with suppress(FileNotFoundError):  # Its owner has just let go of it.
                _fs.rename(parent / name, gone)
                found.append(gone)
    return found


def withdrawn() -> TransientError:
    """What was being written went, with the consent it was written under or with another of its purpose."""
    message = "What this was written from was withdrawn meanwhile."
    return TransientError("RAW_WITHDRAWN", message, hint="Run again.")


def _tidy_empty(lock: Lock, customer: CustomerId, folder: Path) -> None:
    """Take away folders an uncommitted draft left empty; who holds the lock just then tidies or fills them."""
    with suppress(BahiError, OSError):
        if _fs.names(folder):
            return
        with lock.of(customer, wait_s=0):
            _fs.remove_folder(folder)
            if folder.name != customer:
                _fs.remove_folder(folder.parent)


def _draft_of(purpose: int) -> str:
    return f"{_DRAFT}{purpose}-"


def sweep(folder: Path, name: str = "") -> None:
    """Remove what dead writers of a file, or of any, left; asked only where no living one can be at work."""
    for left in _fs.names(folder):
        if left.startswith(f".{name}") and ".tmp-" in left:
            _fs.discard(folder / left)


def is_dead_draft(path: Path) -> bool:
    """Tell a draft whose process is gone, or half a file that was never renamed; asked under the lock only."""
    if ".tmp-" in path.name:
        return path.name.startswith(".")
    if path.name.startswith(_EVICTED):
        return True
    if not path.name.startswith(_DRAFT):
        return False
    try:
        claimed = _fs.claim(path)
    except FileNotFoundError:
        return False
    if claimed is None:
        return False
    _fs.release(claimed)
    return True
