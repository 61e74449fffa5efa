"""Files a caller names on the command line: read once, bounded, with errors that name the file and the remedy."""

from __future__ import annotations

from pathlib import Path

from kit.errors import CallerError, NotFound

LIST_BYTES_MAX = 16 * 1024 * 1024


def lines_of(path: str) -> list[str]:
    """Read a small text file the caller named as its lines."""
    hint = "Name a UTF-8 text file with one customer id on each line."
    try:
        with Path(path).open("rb") as file:
            content = file.read(LIST_BYTES_MAX + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound("FILE_NOT_FOUND", "The file does not exist.", hint=hint, place=path[:200]) from error
    except (OSError, ValueError) as error:
        raise CallerError(
            "FILE_UNREADABLE", "The file cannot be read as text.", hint=hint, place=path[:200]
        ) from error
    if len(content) > LIST_BYTES_MAX:
        raise CallerError("FILE_TOO_LARGE", f"The file is larger than {LIST_BYTES_MAX:,} bytes.", hint=hint)
    return text.splitlines()
