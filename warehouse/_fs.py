"""Every act on the disk: written, synced, then renamed, so that a crash leaves the old state or the new one."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kit.errors import BahiError, CallerError, HouseUnfit, TransientError

BLOCK_BYTES = 1 << 18
FOLDER_MODE = 0o700
FILE_MODE = 0o600

fault: Callable[[str, str], None] | None = None
"""Tests set this to stop or fail any act; it is told the act and the path before the act happens."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_NOT_OURS = frozenset({errno.ENOTDIR, errno.EISDIR, errno.EEXIST})
_SHORT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW


def place(path: Path) -> str:
    """Name a path by its last parts: enough to find it, without the layout of the machine."""
    return "/".join(path.parts[-4:]).lstrip("/")


def failure(error: OSError, path: Path) -> BahiError | OSError:
    """Say what a system error means for the caller; one we did not foresee stays what it is."""
    spot = place(path)
    if error.errno in _FULL:
        return disk_full(path)
    if error.errno == errno.EIO:
        return disk_failed(path)
    if error.errno in _READ_ONLY:
        hint = "Make the folder of BAHI_HOME writable, or set BAHI_HOME to one that is."
        return HouseUnfit("HOME_READ_ONLY", f"{spot} may not be read or written.", hint=hint, place=spot)
    if error.errno == errno.ELOOP:
        return refused(spot)
    if error.errno in _NOT_OURS:
        return _unusable(spot, "Something else stands")
    if error.errno in _SHORT:
        return TransientError(
            "MACHINE_BUSY", f"No file handle or memory left for {spot}.", hint="Run again.", place=spot
        )
    return error


def _unusable(spot: str, what: str) -> CallerError:
    hint = "Set BAHI_HOME to another folder, or move away what stands there."
    return CallerError("HOME_UNUSABLE", f"{what} at {spot}.", hint=hint, place=spot)


def disk_full(path: Path) -> TransientError:
    """No space, or no more of the space this user may take."""
    spot = place(path)
    hint = "Free some space, then run again."
    return TransientError("DISK_FULL", f"No space left for {spot}.", hint=hint, place=spot)


def disk_failed(path: Path) -> TransientError:
    """The disk did not do what it should."""
    spot = place(path)
    hint = "Check the disk, then run again."
    return TransientError("DISK_FAILED", f"The disk failed at {spot}.", hint=hint, place=spot)


def refused(spot: str) -> CallerError:
    """A path that would lead out of the home."""
    hint = "Nothing outside BAHI_HOME is read or written: replace the link by a folder."
    return CallerError("PATH_REFUSED", f"{spot} leads out of the home.", hint=hint, place=spot)


def told(act: str, what: str) -> None:
    """Tell the hook of an act that goes past this module, as the statements of the ledger do."""
    if fault is not None:
        fault(act, what)


@contextmanager
def _acting(act: str, path: Path) -> Iterator[None]:
    try:
        told(act, str(path))
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise failure(error, path) from error


def is_link(path: Path) -> bool:
    """Look at the path itself, not at what it leads to."""
    with _acting("look", path):
        try:
            return stat.S_ISLNK(os.lstat(path).st_mode)
        except FileNotFoundError:
            return False


def is_folder(path: Path) -> bool:
    """Say whether a real folder stands there; a link to one does not count."""
    with _acting("look", path):
        try:
            return stat.S_ISDIR(os.lstat(path).st_mode)
        except FileNotFoundError:
            return False


def points_to(path: Path, target: str) -> bool:
    """Say whether a symlink leads to the target."""
    with _acting("look", path):
        try:
            return str(path.readlink()) == target
        except OSError:
            return False


def size_bytes(path: Path) -> int | None:
    """Measure a file, or None where there is none."""
    with _acting("look", path):
        try:
            return os.lstat(path).st_size
        except FileNotFoundError:
            return None


def names(folder: Path) -> list[str]:
    """List a folder in order; a folder that is not there is empty."""
    with _acting("look", folder):
        try:
            return sorted(path.name for path in folder.iterdir())
        except FileNotFoundError:
            return []


def token() -> str:
    """Name a draft so that no two processes meet; it never reaches anything that is kept."""
    return os.urandom(8).hex()


def ensure_folder(folder: Path) -> None:
    """Make a folder and those above it, each durable in its parent before the next."""
    if is_folder(folder):
        return
    ensure_folder(folder.parent)
    make_folder(folder)
    sync_folder(folder.parent)


def make_folder(folder: Path) -> None:
    """Make a folder whose name need not outlive a power cut; one that stands already is no failure."""
    with _acting("mkdir", folder):
        try:
            folder.mkdir(FOLDER_MODE)
        except FileNotFoundError as error:
            # The folder above stands, so this place takes no folders at all, as /proc does not.
            raise _unusable(place(folder), "No folder can be made") from error
        except FileExistsError:
            if is_link(folder):
                raise refused(place(folder)) from None
            if not is_folder(folder):
                raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    with _acting("fsync", folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def rename(source: Path, target: Path) -> None:
    """Move within the home; what stood at the target is replaced in one act."""
    with _acting("rename", target):
        source.rename(target)


def link(source: Path, target: Path) -> None:
    """Give a file a second name."""
    with _acting("link", target):
        os.link(source, target, follow_symlinks=False)


def unlink(path: Path) -> None:
    """Remove a file; one already gone is no failure."""
    with _acting("unlink", path), suppress(FileNotFoundError):
        path.unlink()


def remove_folder(folder: Path) -> None:
    """Remove an empty folder; one already gone or still in use is no failure."""
    with _acting("rmdir", folder):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise


def remove_tree(path: Path) -> None:
    """Remove a file or a folder with all it holds; links are removed, never followed."""
    if not is_folder(path):
        unlink(path)
        return
    for name in names(path):
        remove_tree(path / name)
    remove_folder(path)


def point(path: Path, target: str) -> None:
    """Make a symlink that people and scripts may follow, replacing the one before in one act."""
    draft = path.with_name(f".{path.name}.tmp-{token()}")
    with _acting("symlink", draft):
        draft.symlink_to(target)
    rename(draft, path)


class Writer:
    """A new file that is written in whole blocks and is durable once `finish` returns."""

    def __init__(self, path: Path) -> None:
        """Create the file; one of that name must not exist."""
        self.path = path
        with _acting("create", path):
            self._handle = os.open(path, _CREATE, FILE_MODE)

    def write(self, block: bytes) -> None:
        """Write the whole block; the system may take it in parts."""
        with _acting("write", self.path):
            left = memoryview(block)
            while left:
                left = left[os.write(self._handle, left) :]

    def finish(self) -> None:
        """Make the content durable and close."""
        try:
            with _acting("fsync", self.path):
                os.fsync(self._handle)
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the file, finished or not."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that does not exist yet, durable except for its name."""
    writer = Writer(path)
    try:
        writer.write(content)
        writer.finish()
    finally:
        writer.close()


def write_atomic(path: Path, content: bytes) -> None:
    """Put content at a path so that a reader, or a crash, sees the old bytes or the new ones."""
    draft = path.with_name(f".{path.name}.tmp-{token()}")
    try:
        write_new(draft, content)
        rename(draft, path)
    except (BahiError, OSError):
        discard(draft)
        raise
    sync_folder(path.parent)


def write_first(path: Path, content: bytes) -> None:
    """Put content at a path unless something stands there already: of two writers the first wins."""
    draft = path.with_name(f".{path.name}.tmp-{token()}")
    try:
        write_new(draft, content)
        with _acting("link", path), suppress(FileExistsError):
            os.link(draft, path)
    finally:
        discard(draft)
    sync_folder(path.parent)


def discard(path: Path) -> None:
    """Remove what a failed or finished act left; what resists is swept by the next commit."""
    with suppress(BahiError, OSError):
        remove_tree(path)


def append(path: Path, line: bytes) -> None:
    """Add a line in one write, so that lines of two processes do not mix; durability is not promised."""
    with _acting("write", path):
        handle = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE
        )
        try:
            os.write(handle, line)
        finally:
            os.close(handle)


def read(path: Path) -> bytes:
    """Read a small file whole."""
    return b"".join(blocks(path))


def blocks(path: Path) -> Iterator[bytes]:
    """Read a file in blocks of constant size."""
    with Reader(path) as reader:
        while block := reader.take(BLOCK_BYTES):
            yield block


class Reader:
    """A file open for reading: it stays readable when its name goes away."""

    def __init__(self, path: Path) -> None:
        """Open at once, so that a file that is gone is found here."""
        self.path = path
        with _acting("read", path):
            self._handle = os.open(path, _READ)

    def __enter__(self) -> Reader:
        """Hold the file open for the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        os.close(self._handle)

    def take(self, bytes_max: int) -> bytes:
        """Read on; fewer bytes than asked for only at the end."""
        with _acting("read", self.path):
            taken = os.read(self._handle, bytes_max)
            while 0 < len(taken) < bytes_max:
                more = os.read(self._handle, bytes_max - len(taken))
                if not more:
                    break
                taken += more
            return taken

    def at(self, offset: int, bytes_max: int) -> bytes:
        """Read from a place, leaving the running position alone."""
        with _acting("read", self.path):
            return os.pread(self._handle, bytes_max, offset)


@contextmanager
def locked(path: Path, wait_s: float, busy: BahiError) -> Iterator[None]:
    """Hold a lock that the system frees when the process dies; raise `busy` after waiting in vain."""
    with _acting("lock", path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE)
    try:
        _wait_for(handle, time.monotonic() + wait_s, busy)
        yield
    finally:
        os.close(handle)


def _wait_for(handle: int, until: float, busy: BahiError) -> None:
    while not _taken(handle):
        if time.monotonic() >= until:
            raise busy
        time.sleep(0.01)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def claim(folder: Path) -> int | None:
    """Lock a draft folder as its living owner, or None when another process lives in it."""
    with _acting("lock", folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
    if _taken(handle):
        return handle
    os.close(handle)
    return None


def release(handle: int) -> None:
    """Let go of a claimed folder."""
    os.close(handle)
