"""A parent that has loaded everything and holds nothing open, and children of it that carry out one command and die."""

from __future__ import annotations

import gc
import hashlib
import importlib
import mmap
import os
import pickle
import random
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

KILLED = 99
Hook = Callable[[str, str], None]


class _Chance:
    """Randomness that is told by a seed, so that a point met twice is met with the same bytes."""

    def __init__(self) -> None:
        self.seed = 0
        self.drawn_n = 0

    def __call__(self, size: int) -> bytes:
        self.drawn_n += 1
        return hashlib.shake_256(f"{self.seed} {self.drawn_n}".encode()).digest(size)


_chance = _Chance()


@dataclass(frozen=True)
class Ended:
    """How a child ended and what it said; whatever stands in its answer counts as acknowledged."""

    code: int
    out: bytes
    err: str


def foresee() -> None:
    """Draw all randomness from a seed; called before anything of the product is loaded."""
    os.urandom = _chance
    random._urandom = _chance  # type: ignore[attr-defined]


def load(names: Sequence[str]) -> None:
    """Load modules, and keep the collector off all of them."""
    for name in names:
        importlib.import_module(name)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from warehouse import _fs

    # The engine of cryptography has a source of chance of its own.
    Ed25519PrivateKey.generate = lambda: Ed25519PrivateKey.from_private_bytes(_chance(32))
    _fs.fault = None
    gc.collect()
    gc.freeze()


_lives: dict[object, object] = {}


def remember(asked: Path) -> None:
    """Let children note of whom they make the life; one that is known already is no work, nor any act on a disk."""
    from generators.world import World

    make = World.business

    def known(world: World, *wanted: object) -> object:
        stream, name, look = wanted
        key = (stream.names, name, look)  # type: ignore[attr-defined]
        if key not in _lives:
            asked.write_bytes(pickle.dumps(key))
            return make(world, *wanted)  # type: ignore[arg-type]
        return _lives[key]

    World.business = known  # type: ignore[assignment, method-assign]


def learn(asked: Path) -> None:
    """Hash the code, and live through the life that a child noted last, before any other child is sent."""
    from generators.figures import Figures
    from generators.world import World
    from kit.chance import Stream
    from pipeline.order import analyze_code, clean_code
    from warehouse import assets

    clean_code("bank")
    analyze_code("bank")
    if asked.exists():
        names, name, look = key = pickle.loads(asked.read_bytes())
        world = World({part: Figures(document) for part, document in assets.figures().items()})
        _lives[key] = life = world.business(Stream(*names), name, look)
        _ = life.fate
        asked.unlink()


class Counter:
    """A number a child counts up and its parent reads, without any act of the system."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)

    def add(self) -> None:
        self.value += 1

    @property
    def value(self) -> int:
        return int.from_bytes(self._page[:8], "little")

    @value.setter
    def value(self, value: int) -> None:
        self._page[:8] = value.to_bytes(8, "little")


@dataclass(frozen=True)
class Errand:
    """What a child is to do: a command in a home, with this hook, drawing from this seed."""

    home: Path
    words: Sequence[str]
    hook: Hook | None = None
    seed: int = 1
    before: Callable[[], None] | None = None


def sent(errand: Errand, said: Path) -> Ended:
    """Send a child on an errand and wait for its end."""
    return ended(start(errand, said), said)


def start(errand: Errand, said: Path) -> int:
    """Send a child on an errand."""
    from cli.main import main

    return start_doing(lambda: main(list(errand.words)), errand, said)


def start_doing(deed: Callable[[], int], errand: Errand, said: Path) -> int:
    """Fork, point the child at its home, and let it leave with what the deed gives."""
    from warehouse import _fs

    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    try:
        for number, stream in ((1, "out"), (2, "err")):
            handle = os.open(said / stream, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(handle, number)
        os.environ["BAHI_HOME"] = str(errand.home)
        _chance.seed, _chance.drawn_n = errand.seed, 0
        if errand.before is not None:
            errand.before()
        _fs.fault = errand.hook
        code = deed()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    except BaseException:  # noqa: BLE001 - a child must never return into its parent's work
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(70)


def ended(child: int, said: Path) -> Ended:
    """Wait for a child; a negative code is the signal it died of."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ended(code, (said / "out").read_bytes(), (said / "err").read_text(errors="replace"))
