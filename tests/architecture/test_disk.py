"""Only warehouse opens files and databases, and inside it only `_fs.py` changes what is on the disk."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import tree

# Each exception is a whole file and says why.
NAMED = {
    "pipeline/generated.py": "writes what is generated from the code into the checkout, never at run time",
}
MODULES = frozenset(
    "sqlite3 psycopg sqlalchemy alembic duckdb fcntl mmap shutil tempfile glob fileinput shelve dbm zipfile tarfile gzip"
    " bz2 lzma linecache".split()
)
OS_CALLS = frozenset(
    "open fdopen read write replace rename renames remove unlink link symlink mkdir makedirs rmdir removedirs listdir"
    " scandir walk stat lstat chmod chown truncate fsync utime access mkfifo sendfile".split()
)
METHODS = frozenset(
    "read_text read_bytes write_text write_bytes mkdir unlink rmdir iterdir rglob symlink_to hardlink_to touch is_file"
    " is_dir is_symlink exists lstat chmod samefile expanduser readlink".split()
)
OPENERS = frozenset(
    {"open", "io.open", "io.FileIO", "io.open_code", "codecs.open", "pathlib.Path.open", "os.open"}
)
CHANGES = frozenset(
    "os.replace os.rename os.renames os.remove os.unlink os.link os.symlink os.mkdir os.makedirs os.rmdir os.fsync"
    " os.fdatasync os.truncate os.ftruncate os.chmod os.write shutil.rmtree shutil.copy shutil.copyfile shutil.move"
    " fcntl.flock fcntl.lockf".split()
)
CHANGING_METHODS = frozenset(
    "write_text write_bytes mkdir unlink rmdir symlink_to hardlink_to touch rename chmod".split()
)


def disk_outside_warehouse(root: Path) -> list[str]:
    """Find files and databases opened by any package but warehouse."""
    said = []
    for module in tree.modules(root):
        if module.package == "warehouse" or module.path in NAMED:
            continue
        loads = [(line, name) for line, name in tree.imported(module) if name.split(".")[0] in MODULES]
        said += [f"{module.path}:{line}: imports {name}" for line, name in loads]
        said += [f"{module.path}:{line}: calls {name}" for line, name in _opened(module)]
    return said


def _opened(module: tree.Module) -> Iterator[tuple[int, str]]:
    names = module.names
    for node in ast.walk(module.syntax):
        if not isinstance(node, ast.Call):
            continue
        name = tree.resolved(node.func, names)
        is_null_device = bool(node.args) and tree.resolved(node.args[0], names) == "os.devnull"
        if _opens(name) and not is_null_device:
            yield node.lineno, name


def _opens(name: str) -> bool:
    first, _, last = name.rpartition(".")
    return (
        name in OPENERS
        or (first == "os" and last in OS_CALLS)
        or (bool(first) and last in METHODS)
        or (last == "open" and ("path" in first.lower() or first == "?"))
    )


def changes_outside_fs(root: Path) -> list[str]:
    """Find writes, renames, links and locks in warehouse that go around `_fs.py`."""
    said = []
    for module in tree.modules(root, "warehouse"):
        if module.path == "warehouse/_fs.py":
            continue
        for node in ast.walk(module.syntax):
            if isinstance(node, ast.Call) and (name := _changing(node, module.names)):
                said.append(f"{module.path}:{node.lineno}: calls {name}")
    return said


def _changing(call: ast.Call, names: dict[str, str]) -> str | None:
    name = tree.resolved(call.func, names)
    first, _, last = name.rpartition(".")
    if name in CHANGES or (bool(first) and last in CHANGING_METHODS and not first.endswith("_fs")):
        return name
    modes = [*call.args, *(word.value for word in call.keywords)]
    texts = [mode.value for mode in modes if isinstance(mode, ast.Constant) and isinstance(mode.value, str)]
    is_writing = any(set(text) <= set("rwxabt+") and set(text) & set("wxa+") for text in texts if text)
    return f"{name} to write" if last == "open" and not first.endswith("_fs") and is_writing else None


def test_planted_files_and_databases_are_caught() -> None:
    tree.refused(
        disk_outside_warehouse,
        "disk",
        "pipeline/flow.py:3: imports sqlite3",
        "pipeline/flow.py:8: calls open",
        "pipeline/flow.py:9: calls pathlib.Path.read_text",
        "pipeline/flow.py:10: calls os.replace",
        "cli/main.py:9: calls ?.open",
    )


def test_only_warehouse_opens_files_and_databases() -> None:
    tree.kept(disk_outside_warehouse)


def test_planted_writes_around_the_one_door_are_caught() -> None:
    tree.refused(
        changes_outside_fs,
        "disk",
        "warehouse/lake.py:8: calls os.rename",
        "warehouse/lake.py:9: calls open to write",
        "warehouse/lake.py:10: calls ?.write_bytes",
        "warehouse/lake.py:11: calls folder.open to write",
    )


def test_every_change_on_disk_goes_through_the_one_door() -> None:
    tree.kept(changes_outside_fs)
