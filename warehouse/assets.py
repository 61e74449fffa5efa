"""Read-only files that ship with the program: configuration, schemas, and the hash of the code itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson

from kit.errors import CallerError, NotFound
from kit.source import Document

_PACKAGE = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63}){0,3}", re.ASCII)


def root() -> Path:
    """The folder the packages stand in: the checkout, or site-packages."""
    return _PACKAGE.parent


def config_text() -> str:
    """Read the configuration that ships with the program."""
    return _asset("config.json").read_text("utf-8")


@cache
def schema(name: str) -> Document:
    """Read the JSON Schema of a record kind or result, such as bank.transaction."""
    if not _NAME.fullmatch(name):
        raise NotFound("SCHEMA_UNKNOWN", "There is no schema of that name.")
    path = _asset("schemas") / f"{name}.json"
    if not path.is_file():
        raise NotFound("SCHEMA_UNKNOWN", f"There is no schema {name}.", hint="Run: make generate")
    loaded: Document = orjson.loads(path.read_bytes())
    return loaded


def schema_names() -> tuple[str, ...]:
    """List the schemas that ship with the program."""
    return tuple(sorted(path.stem for path in _asset("schemas").glob("*.json")))


def check_page() -> None:
    """Refuse when the page that the service shows has not been built."""
    if not (root() / "api" / "static" / "index.html").is_file():
        raise CallerError("PAGE_NOT_BUILT", "The page has not been built.", hint="Run: make run")


@cache
def figures() -> Mapping[str, Document]:
    """Read the figures of the synthetic world, by the name of their file."""
    found = sorted((root() / "generators" / "figures").glob("*.json"))
    return {path.stem: orjson.loads(path.read_bytes()) for path in found}


@cache
def quality_limits(source: str | None = None) -> Document:
    """Read what the quality rules of all sources are held to, or those of one source's own; a source need have none."""
    if source is not None and not _NAME.fullmatch(source):
        raise ValueError("a source is named by a word")
    folder = root() / "pipeline" / "quality" if source is None else root() / "sources" / source
    path = folder / ("limits.json" if source is None else "_limits.json")
    loaded: Document = orjson.loads(path.read_bytes()) if source is None or path.is_file() else {}
    return loaded


@cache
def code_hash(*packages: str) -> str:
    """Hash the source of packages or modules, such as kit and sources.bank; taken once in a process."""
    total = hashlib.sha256()
    for package in sorted(set(packages)):
        for path in _sources_of(package):
            name = path.relative_to(root()).as_posix()
            total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _sources_of(package: str) -> list[Path]:
    folder = root().joinpath(*package.split("."))
    module = folder.with_suffix(".py")
    found = _modules_of(folder) if folder.is_dir() else [module] if module.is_file() else []
    if not found:
        raise ValueError(f"no source under {package}")
    return found


def _modules_of(package: Path) -> list[Path]:
    """List a package's modules; a folder that is no package, such as analytics/results, holds data."""
    below = [path.parent for path in package.glob("*/__init__.py")]
    return sorted(path for folder in (package, *below) for path in folder.glob("*.py"))


def _asset(name: str) -> Path:
    shipped = _PACKAGE / "package_data" / name
    return shipped if shipped.exists() else root() / name
