"""Every source is the same five files, and one word names it everywhere."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture import tree

FILES = frozenset({"__init__.py", "records.py", "generate.py", "clean.py", "summarize.py"})
TEXTS = frozenset({".py", ".ts", ".tsx", ".json", ".md", ".css", ".html", ".sql"})
SEARCHED = (*tree.PACKAGES, "frontend/src", "schemas")


def source_names(root: Path) -> list[str]:
    """List the source folders of a tree."""
    folders = sorted((root / "sources").iterdir())
    return [path.name for path in folders if path.is_dir() and path.name[0] not in "_."]


def uneven_folders(root: Path) -> list[str]:
    """Find source folders that lack one of the five files or show another."""
    said = []
    for name in source_names(root):
        inside = [path for path in sorted((root / "sources" / name).iterdir()) if path.name != "__pycache__"]
        public = {path.name for path in inside if not path.name.startswith("_") or path.name == "__init__.py"}
        said += [f"sources/{name}: lacks {file}" for file in sorted(FILES - public)]
        said += [f"sources/{name}: {file} is not one of the five" for file in sorted(public - FILES)]
        said += [f"sources/{name}: {path.name} is a folder" for path in inside if path.is_dir()]
    return said


def other_words(root: Path) -> list[str]:
    """Find a source called by another word than its folder's: in the registry, a file name or any text."""
    said = [line for name in source_names(root) for line in _misnamed(root, name)]
    for name in source_names(root):
        if (pattern := _other_spellings(name)) is None:
            continue
        for path in _texts(root):
            lines = path.read_text(encoding="utf-8").splitlines()
            hits = [number for number, line in enumerate(lines, 1) if pattern.search(line)]
            said += [
                f"{path.relative_to(root).as_posix()}:{number}: spells {name} another way" for number in hits
            ]
    return said


def _misnamed(root: Path, name: str) -> list[str]:
    opening = (root / "sources" / name / "__init__.py").read_text(encoding="utf-8")
    said = (
        [] if re.search(rf"""name=["']{name}["']""", opening) else [f"sources/{name}: declares another name"]
    )
    summarize = root / "sources" / name / "summarize.py"
    definitions = summarize.read_text(encoding="utf-8") if summarize.is_file() else ""
    ids = set(
        re.findall(r"""["']([a-z_]+)\.[a-z_]+_(?:paise|ppm|bps|days|months|count|n)["']""", definitions)
    )
    return said + [f"sources/{name}: names a metric {other}.…" for other in sorted(ids - {name})]


def _other_spellings(name: str) -> re.Pattern[str] | None:
    """A word of one part has no other spelling; one of two parts could be joined, hyphened or humped."""
    first, *rest = name.split("_")
    if not rest:
        return None
    humped = first + "".join(part.capitalize() for part in rest)
    return re.compile(rf"\b(?:{name.replace('_', '-')}|{humped}|{name.replace('_', '')})\b")


def _texts(root: Path) -> list[Path]:
    found = [path for folder in SEARCHED for path in sorted((root / folder).rglob("*"))]
    return [path for path in found if path.suffix in TEXTS and path.is_file()]


def strange_schemas(root: Path) -> list[str]:
    """Find schema files that belong to no source by name."""
    known = set(source_names(root)) | {"result"}
    names = [path.name for path in sorted((root / "schemas").glob("*.json"))]
    return [f"schemas/{name}: no such source" for name in names if name.split(".")[0] not in known]


def test_planted_uneven_folders_are_caught() -> None:
    tree.refused(
        uneven_folders,
        "sources",
        "sources/mutual_funds: lacks generate.py",
        "sources/mutual_funds: parse.py is not one of the five",
    )


def test_every_source_is_the_same_five_files() -> None:
    assert source_names(tree.ROOT), "there is no source at all"
    tree.kept(uneven_folders)


def test_planted_other_words_are_caught() -> None:
    tree.refused(
        other_words,
        "sources",
        "sources/mutual_funds: declares another name",
        "sources/mutual_funds: names a metric funds",
        "api/routes.py:3: spells mutual_funds another way",
        "frontend/src/page.ts:1: spells mutual_funds another way",
    )
    tree.refused(strange_schemas, "sources", "schemas/funds.holding.json: no such source")


def test_one_word_names_a_source_everywhere() -> None:
    tree.kept(other_words)
    tree.kept(strange_schemas)
