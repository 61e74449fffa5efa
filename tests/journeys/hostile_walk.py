"""Run as a process of its own: carries hostile texts to every place of both faces, and reports each path it touched."""

from __future__ import annotations

import io
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import quote

import httpx
import uvicorn

from api.app import create_app, openapi_document
from cli.main import main
from consent.terms import GrantOrder
from kit.ident import customer_id
from pipeline.wiring import House, open_house
from tests.api.caller import Caller
from tests.journeys.hostile import CUSTOMER, LINKED, Place, cli_places, payloads
from tests.support import Done

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Which arguments of an event are paths that change, and whether a link at the end is followed.
_CHANGES = {
    "os.mkdir": (0,), "os.rename": (0, 1), "os.remove": (0,), "os.rmdir": (0,), "os.link": (0, 1),
    "os.symlink": (1,), "os.truncate": (0,), "os.chmod": (0,), "os.chown": (0,), "os.utime": (0,),
    "os.setxattr": (0,), "tempfile.mkdtemp": (0,), "tempfile.mkstemp": (0,),
}  # fmt: skip
_LOOKS = {"os.listdir": (0,), "os.scandir": (0,), "sqlite3.connect": (0,)}
_PROCESSES = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork")


@dataclass
class Trace:
    """What was touched, each path once, with the place that touched it first."""

    sandbox: Path
    place: str = ""
    written: dict[str, str] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)
    processes: list[str] = field(default_factory=list)

    def hear(self, event: str, args: tuple[object, ...]) -> None:
        """Note one event; a change outside the sandbox does not happen, whoever asked for it."""
        if event == "open" and isinstance(args[0], str | bytes):
            flags = cast(int, args[2])
            self._note(args[0], -1, bool(flags & _WRITES), not flags & os.O_NOFOLLOW)
        elif event in _CHANGES:
            for n in _CHANGES[event]:
                self._note(args[n], _folder_of(event, args, n), True, False)
        elif event in _LOOKS:
            self._note(args[0], -1, False, True)
        elif event in _PROCESSES:
            self.processes.append(f"{event} from {self.place}")

    def _note(self, path: object, folder: int, is_change: bool, follows: bool) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        text = os.fsdecode(path)
        text = text.removeprefix("file://").split("?")[0] if text.startswith("file:///") else text
        base = Path(f"/proc/self/fd/{folder}").readlink() if folder >= 0 else Path.cwd()
        real = _real(base / text, follows)
        (self.written if is_change else self.read).setdefault(real, self.place)
        if is_change and not real.startswith((f"{self.sandbox}/", "/dev/null")):
            raise PermissionError(13, "outside the sandbox of the test")


def _folder_of(event: str, args: tuple[object, ...], n: int) -> int:
    given = {"os.mkdir": 2, "os.remove": 1, "os.rmdir": 1, "os.symlink": 2}.get(event)
    given = 2 + n if event in ("os.rename", "os.link") else given
    value = args[given] if given is not None and given < len(args) else -1
    return value if isinstance(value, int) else -1


def _real(path: Path, follows: bool) -> str:
    """Find where a path leads; where the act itself does not follow a link, its last part stays as it is."""
    try:
        return str(path.resolve() if follows else path.parent.resolve() / path.name)
    except (OSError, ValueError, RuntimeError):
        return str(path.absolute()).replace("\0", "?")


def furnish(sandbox: Path) -> House:
    """Make an installation with a customer, and others whose folders are links that lead out."""
    house = open_house(os.environ, "test")
    for name in (CUSTOMER, *LINKED):
        house.consents.grant(GrantOrder(customer_id(name), 103, ("bank",)))
    said = told(["run", f"--customer-id={CUSTOMER}", "--months=1", "--bank-rows=20"])
    assert said.code == 0, said
    outside, home = sandbox / "outside", house.home
    for folder, name in zip((home.raw, home.clean, home.results), LINKED, strict=False):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(outside, target_is_directory=True)
    (home.raw / LINKED[3]).mkdir()
    (home.raw / LINKED[3] / "manifest.json").symlink_to(outside / "secret.txt")
    return house


def told(words: list[str]) -> Done:
    """Carry out one command in this process."""
    out, err = io.BytesIO(), io.StringIO()
    shown = io.TextIOWrapper(out, "utf-8", "surrogateescape")
    with redirect_stdout(shown), redirect_stderr(err):
        code = main(words)
        shown.flush()
    return Done(code, out.getvalue().decode("utf-8", "replace"), err.getvalue())


Call = Callable[[str], str | None]


def cli_call(place: Place) -> Call:
    """Give the act that carries a text to one place of the command line, and tells of a bug."""

    def call(payload: str) -> str | None:
        done = told(place.words(payload))
        return done.err[-300:] if done.code not in (0, 2, 3, 75) or "Traceback" in done.err else None

    return call


def api_calls(caller: Caller) -> Iterator[tuple[str, Call]]:
    """Find every field of every path, query, header and body of the service."""
    document = openapi_document()
    schemas = cast("dict[str, dict[str, dict[str, dict[str, object]]]]", document["components"])["schemas"]
    paths = cast("dict[str, dict[str, dict[str, object]]]", document["paths"])
    for template, operations in paths.items():
        for method, operation in operations.items():
            for given in cast("list[dict[str, str]]", operation.get("parameters", [])):
                yield f"{method} {template} {given['name']}", _parameter(caller, method, template, given)
            if body := cast("dict[str, dict[str, dict[str, dict[str, str]]]]", operation.get("requestBody")):
                model = body["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
                for name in schemas[model]["properties"]:
                    yield f"{method} {template} body {name}", _body(caller, method, template, name)
    yield "any address", lambda payload: _sent(caller, "GET", f"/{_quoted(payload)}")


def _parameter(caller: Caller, method: str, template: str, given: dict[str, str]) -> Call:
    def call(payload: str) -> str | None:
        if given["in"] == "path":
            return _sent(caller, method, _filled(template, **{given["name"]: _quoted(payload)}))
        if given["in"] == "header":
            return _sent(caller, method, _filled(template), headers={given["name"]: _quoted(payload)})
        return _sent(caller, method, f"{_filled(template)}?purpose=103&{given['name']}={_quoted(payload)}")

    return call


def _body(caller: Caller, method: str, template: str, name: str) -> Call:
    def call(payload: str) -> str | None:
        good: dict[str, object] = {"purpose": 103} | ({"sources": ["bank"]} if "consents" in template else {})
        bent = [payload] if name == "sources" else payload
        with suppress(UnicodeEncodeError):
            return _sent(caller, method, _filled(template), json=good | {name: bent})
        return None

    return call


def _filled(template: str, **values: str) -> str:
    for name in {part[1:-1] for part in template.split("/") if part.startswith("{")}:
        usual = {"customer_id": CUSTOMER, "metric_id": "bank.credits_paise", "event": "pause"}
        template = template.replace(f"{{{name}}}", values.get(name, usual.get(name, "none")))
    return template


def _quoted(payload: str) -> str:
    return quote(payload.encode("utf-8", "surrogateescape"), safe="")[:60_000]


def _sent(caller: Caller, method: str, path: str, **more: object) -> str | None:
    try:
        response = caller.send(method.upper(), path, **more)  # type: ignore[arg-type]
    except httpx.InvalidURL:
        return None
    return response.text[:300] if response.status_code >= 500 and response.status_code != 503 else None


def walk(sandbox: Path, per_place_n: int, only: str) -> dict[str, object]:
    """Carry so many texts to each place whose name begins so, turning through all of them, and report."""
    uvicorn.Server.run = lambda *_, **__: None  # type: ignore[method-assign]
    house, trace, texts = furnish(sandbox), Trace(sandbox), payloads(sandbox)
    counts: Counter[str] = Counter()
    bugs, used, named = [], set(), {}
    with Caller(create_app(house)) as caller:
        caller.sign_in(house)
        calls = [(place.name, cli_call(place), place.is_file) for place in cli_places()]
        calls += [(name, call, False) for name, call in api_calls(caller)]
        calls = [one for one in calls if one[0].startswith(only)]
        sys.addaudithook(trace.hear)
        turn = 0
        for name, call, is_file in calls:
            counts["api places" if " /" in name or name == "any address" else "cli places"] += 1
            for payload in (texts[(turn + n) % len(texts)] for n in range(min(per_place_n, len(texts)))):
                trace.place = f"{name} {payload[:80]!a}"
                used.add(payload)
                if is_file:
                    named |= {_real(Path.cwd() / payload, follows): True for follows in (True, False)}
                if bug := call(payload):
                    bugs.append(f"{trace.place}: {bug}")
                counts["calls"] += 1
            turn += per_place_n
        trace.place = "the end"
    report = {**counts, "payloads": len(used), "bugs": bugs, "named": sorted(named)}
    return report | {"written": trace.written, "read": trace.read, "processes": trace.processes}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(walk(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))
