"""Files a caller names: read once and bounded, or written whole or not at all; errors name the file and the remedy.

They may stand anywhere: this is the one way out of the home, and only to where somebody pointed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.errors import BahiError, CallerError, NotFound, TransientError
from warehouse import _fs
from warehouse.home import Home

LIST_BYTES_MAX = 16 * 1024 * 1024
LOCK_WAIT_S = 10.0
DOCUMENT_BYTES_MAX = 512 * 1024 * 1024


def lines_of(path: str) -> list[str]:
    """Read a small text file the caller named as its lines."""
    hint = "Name a UTF-8 text file with one customer id on each line."
    try:
        return content_of(path, hint, LIST_BYTES_MAX).decode("utf-8-sig").splitlines()
    except ValueError as error:
        raise _unreadable(path, hint) from error


def content_of(path: str, hint: str, bytes_max: int = DOCUMENT_BYTES_MAX) -> bytes:
    """Read a file the caller named; the hint says what to name instead."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(bytes_max + 1)
    except FileNotFoundError as error:
        raise NotFound("FILE_NOT_FOUND", "The file does not exist.", hint=hint, place=path[:200]) from error
    except (OSError, ValueError) as error:
        raise _unreadable(path, hint) from error
    if len(content) > bytes_max:
        raise CallerError("FILE_TOO_LARGE", f"The file is larger than {bytes_max:,} bytes.", hint=hint)
    return content


def reader_of(path: str, hint: str) -> _fs.Reader:
    """Open a large file the caller named, to be read piece by piece."""
    try:
        named = Path(path).absolute()
        if not _fs.is_folder(named):
            return _fs.Reader(named)
    except FileNotFoundError as error:
        raise NotFound("FILE_NOT_FOUND", "The file does not exist.", hint=hint, place=path[:200]) from error
    except (BahiError, OSError, ValueError) as error:
        raise _unreadable(path, hint) from error
    raise _unreadable(path, hint)


def is_there(path: str) -> bool:
    """Say whether a file stands where the caller points."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def put(path: str, content: bytes) -> None:
    """Write a file where the caller points, whole or not at all; what stood there before is replaced."""
    try:
        _fs.write_atomic(Path(path).absolute(), content)
    except (BahiError, OSError, ValueError) as error:
        raise unwritable(path, error) from error


def ensure_folder(path: str) -> None:
    """Make the folder the caller points to."""
    try:
        _fs.ensure_folder(Path(path).absolute())
    except (BahiError, OSError, ValueError) as error:
        raise unwritable(path, error) from error


@contextmanager
def alone(home: Home, name: str) -> Iterator[None]:
    """Let one process at a time of a house write what several would replace."""
    _fs.ensure_folder(home.locks)
    path = home.below(home.locks, f"{name}.lock")
    busy = TransientError(
        "HOME_BUSY", "Another process is writing there.", hint="Run again.", place=_fs.place(path)
    )
    with _fs.locked(path, LOCK_WAIT_S, busy):
        yield


def unwritable(path: str, error: Exception) -> CallerError:
    """Say why nothing could be written where the caller points."""
    why = error.message if isinstance(error, BahiError) else "There is no such folder."
    return CallerError(
        "FILE_UNWRITABLE",
        f"The file cannot be written. {why}",
        hint="Name a file in a folder that exists and may be written.",
        place=path[:200],
    )


def _unreadable(path: str, hint: str) -> CallerError:
    return CallerError("FILE_UNREADABLE", "The file cannot be read.", hint=hint, place=path[:200])
