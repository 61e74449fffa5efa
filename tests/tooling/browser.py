"""Serves a fresh installation with one consented customer, and walks its page in a real browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
BAHI = str(Path(sys.executable).parent / "bahi")
CUSTOMER = "BROWSER-1"
CLOSE_AFTER_S = 15


def environment(home: Path) -> dict[str, str]:
    """Point everything at a home of its own."""
    return {**os.environ, "BAHI_HOME": str(home), "BAHI_CUSTOMER": CUSTOMER, "PYTHONUNBUFFERED": "1"}


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Start the service on a free port and give the sign-in link it prints."""
    asked = [BAHI, "serve", "--port", "0"]
    with (home / "serve.log").open("wb") as log:
        service = subprocess.Popen(
            asked, env=environment(home), stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        assert service.stdout is not None
        words = (word for line in service.stdout for word in line.split())
        yield next((word for word in words if word.startswith("http://")), "")
    finally:
        service.terminate()
        service.wait(CLOSE_AFTER_S)


def main() -> int:
    """Return what the walk returned."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        for words in (["init"], ["consent", "grant", "--customer-id", CUSTOMER]):
            subprocess.run([BAHI, *words], env=environment(home), check=True, stdout=subprocess.DEVNULL)
        with served(home) as link:
            if not link:
                print(f"bahi serve did not start:\n{(home / 'serve.log').read_text()}")
                return 1
            walk, seen = ["npm", "run", "--silent", "e2e"], {**environment(home), "BAHI_URL": link}
            return subprocess.run(walk, cwd=ROOT / "frontend", env=seen, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
