"""System packages the tests need: installed here when root and apt allow, otherwise named exactly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
LOCALE = "hi_IN.UTF-8"
REMEDY = (
    "apt-get update && apt-get install -y chromium locales strace && localedef -i hi_IN -f UTF-8 hi_IN.UTF-8"
)


def has_chromium() -> bool:
    """Look for any Chromium on the path."""
    return any(shutil.which(name) for name in CHROMIUM)


def has_locale() -> bool:
    """Ask the C library in a fresh process, since one that failed before may remember it."""
    script = f"import locale; locale.setlocale(locale.LC_ALL, {LOCALE!r})"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode == 0


def missing() -> list[str]:
    """Name the Debian packages whose work is not done yet."""
    there = {"chromium": has_chromium(), "locales": has_locale(), "strace": bool(shutil.which("strace"))}
    return [name for name, is_there in there.items() if not is_there]


def install(packages: list[str]) -> None:
    """Install by apt and make the locale; failing steps only print, the check afterwards decides."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wanted = [name for name in packages if name != "locales" or not shutil.which("localedef")]
    if "locales" in packages and not Path("/usr/share/i18n/locales/hi_IN").exists():
        wanted = sorted({*wanted, "locales"})
    if wanted:
        print(f"installing system packages: {' '.join(wanted)}", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        apt = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
        subprocess.run(apt, env=quiet, check=False, stdout=subprocess.DEVNULL)
    if "locales" in packages and shutil.which("localedef"):
        subprocess.run(["localedef", "-i", "hi_IN", "-f", "UTF-8", LOCALE], check=False)


def main() -> int:
    """Leave 0 behind only when everything the tests need is there."""
    packages = missing()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        install(packages)
        packages = missing()
    if not packages:
        return 0
    print(f"The tests need system packages that are not installed: {', '.join(packages)}.")
    print(f"As root, run:  {REMEDY}")
    return 2


if __name__ == "__main__":
    sys.exit(main())
