"""The project speaks of itself alone, names no registry, and holds no key and no identifier of a real person."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture import tree

MINE = "tests/architecture/test_words.py"
VECTORS = tree.ROOT / "tests" / "architecture" / "public_vectors.txt"
LOCKS = frozenset({"requirements.lock", "frontend/package-lock.json"})
PICTURES = frozenset({".png", ".jpg", ".ico", ".woff2", ".pdf", ".xlsx", ".zip", ".gz"})
FORBIDDEN = {
    "an unfinished mark": r"\b(?:TODO|FIXME|XXX|HACK)\b",
    "a package registry": r"pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|npmmirror|conda\.anaconda",
    "a path of one machine": r"(?<![\w.])/(?:work|home/\w+|Users/\w+|root|tmp/[a-z]+)/",
    "talk of how it was made": r"\bissue #?\d+|\b(?:sub-?agents?|co-?pilot|chatbot|language model wrote|as an ai)\b"
    r"|\b(?:this|the|previous|next|earlier|an?) (?:work(?:ing)? )?session(?:'s)? (?:of work|notes?|brief)\b|\bSPEC\.md\b",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
}
PAN = re.compile(r"(?<![A-Z0-9])[A-Z]{3}[ABCFGHJLPT][A-Z](?!0000)[0-9]{4}[A-Z](?![A-Z0-9])")
GSTIN = re.compile(r"(?<![A-Z0-9])[0-3][0-9][A-Z]{5}(?!0000)[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z](?![A-Z0-9])")
AADHAAR = re.compile(r"(?<![\w.-])[2-9][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}(?![\w-])")
MOBILE = re.compile(r"\+91[ -]?[6-9][0-9]{9}\b")


def public_vectors() -> frozenset[str]:
    """Read the identifiers that specifications print as examples, one to a line."""
    lines = VECTORS.read_text(encoding="utf-8").splitlines()
    return frozenset(line.split()[0] for line in lines if line.strip() and not line.startswith("#"))


def _texts(root: Path) -> list[tuple[str, list[str]]]:
    found = []
    for path in tree.tracked(root):
        name = path.relative_to(root).as_posix()
        is_planted = root == tree.ROOT and name.startswith("tests/architecture/planted/")
        if path.suffix not in PICTURES and not is_planted and name != MINE:
            found.append((name, path.read_text(encoding="utf-8").splitlines()))
    return found


def foreign_words(root: Path) -> list[str]:
    """Find words about the workplace, unfinished marks, registries and keys."""
    said = []
    for name, lines in _texts(root):
        for what, pattern in FORBIDDEN.items():
            hits = [
                n
                for n, line in enumerate(lines, 1)
                if re.search(pattern, line, re.IGNORECASE if " " in what else 0)
            ]
            said += [f"{name}:{number}: {what}" for number in hits]
    return said


def real_people(root: Path) -> list[str]:
    """Find identifiers that could be somebody's: synthetic ones are unreal by construction, vectors are listed."""
    listed = public_vectors()
    said = []
    for name, lines in _texts(root):
        if name in LOCKS:
            continue
        for number, line in enumerate(lines, 1):
            found = {match[0] for kind in (PAN, GSTIN, AADHAAR, MOBILE) for match in kind.finditer(line)}
            said += [f"{name}:{number}: an identifier that may be real" for text in sorted(found - listed)]
    return said


def test_planted_foreign_words_are_caught() -> None:
    tree.refused(
        foreign_words,
        "words",
        "notes.md:1: an unfinished mark",
        "notes.md:2: a package registry",
        "notes.md:3: a path of one machine",
        "notes.md:4: talk of how it was made",
        "notes.md:5: a private key",
    )


def test_the_project_speaks_of_itself_alone() -> None:
    tree.kept(foreign_words)


def test_planted_people_are_caught() -> None:
    tree.refused(
        real_people, "words", *(f"notes.md:{line}: an identifier that may be real" for line in (6, 7, 8, 9))
    )
    assert not any("notes.md:10" in line for line in real_people(tree.PLANTED / "words"))


def test_nobody_real_is_named() -> None:
    tree.kept(real_people)
