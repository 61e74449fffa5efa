"""Home: the one folder everything of an installation lives under, and the only place its paths are made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from kit.errors import CallerError
from warehouse import _fs

# The folder of a home that is being rebuilt begins so.
RESTORING = ".restore-"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)


class Home(NamedTuple):
    """Where data, ledger, locks and secrets stand; truth of the synthetic world may stand elsewhere."""

    root: Path
    truth: Path

    @property
    def raw(self) -> Path:
        """What arrived, never altered."""
        return self.root / "raw"

    @property
    def clean(self) -> Path:
        """What cleaning made of it."""
        return self.root / "clean"

    @property
    def results(self) -> Path:
        """What analytics made of that."""
        return self.root / "analytics" / "results"

    @property
    def logs(self) -> Path:
        """What the program says of itself and, in folders of their own, of customers."""
        return self.root / "logs"

    @property
    def replies(self) -> Path:
        """What was answered under a key, to be answered again."""
        return self.root / ".replies"

    @property
    def ledger_path(self) -> Path:
        """The embedded database."""
        return self.root / "bahi.db"

    @property
    def locks(self) -> Path:
        """One lock file for each customer."""
        return self.root / ".locks"

    @property
    def secrets(self) -> Path:
        """Keys, readable by the owner only."""
        return self.root / ".secrets"

    def require_whole(self) -> None:
        """Refuse a home that is being rebuilt: what was withdrawn since its backup may still be in it."""
        if self.root.name.startswith(RESTORING):
            raise CallerError(
                "RESTORATION_LEFT",
                "This is half of a restoration, and may not be read.",
                hint="Set BAHI_HOME to the folder above, then run bahi restore again.",
            )

    def below(self, base: Path, *names: str) -> Path:
        """Build a path under base, refusing any name that could lead elsewhere and any link on the way."""
        self._no_links(base)
        path = base
        for name in names:
            path = path / _plain(base, name)
            _no_link(path)
        return path

    def entry(self, base: Path, name: str) -> Path:
        """Build the path of one entry so that it can be removed: it may be a link itself, nothing above it may."""
        self._no_links(base)
        return base / _plain(base, name)

    def _no_links(self, base: Path) -> None:
        anchor = self.truth if base.is_relative_to(self.truth) else self.root
        for part in base.relative_to(anchor).parts:
            anchor = anchor / part
            _no_link(anchor)


def _plain(base: Path, name: str) -> str:
    if not _NAME.fullmatch(name):
        raise _fs.refused(f"A name under {_fs.place(base)}")
    return name


def _no_link(path: Path) -> None:
    if _fs.is_link(path):
        raise _fs.refused(_fs.place(path))


def home_from(environ: Mapping[str, str], default_root: Path) -> Home:
    """Read BAHI_HOME and BAHI_TRUTH; relative paths are taken from the working folder."""
    root = _folder(environ, "BAHI_HOME", default_root)
    return Home(root=root, truth=_folder(environ, "BAHI_TRUTH", root / ".truth"))


def _folder(environ: Mapping[str, str], name: str, default: Path) -> Path:
    text = environ.get(name, "")
    if "\0" in text:
        raise CallerError("PATH_REFUSED", f"{name} is not a path.", hint=f"Set {name} to a folder.")
    return (Path(text).expanduser() if text else default).resolve()
