"""A thousand personal values, in every place both faces take text, in records and in files: no log, error or row holds one."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, cast

import httpx
import orjson
import pytest
import uvicorn

import sources.bank.clean
import sources.bank.generate
from api.app import create_app
from consent.terms import GrantOrder
from kit.ident import customer_id
from kit.source import Parcel, Pull
from pipeline.wiring import House, open_house
from tests.api.caller import Caller, routes
from tests.journeys.hostile import CUSTOMER, Place, cli_places
from tests.journeys.hostile_walk import api_calls, told
from tests.support import CLOCK
from warehouse.migrate import upgrade

VALUES_N = 1_000
INJECTED = "INJECTED LINE"
FIRST = "Zaqilo Veturam Ogshika Thunbel Yapriko Wexandu Quorimel Brunhati Ishvalo Kemdurai \u0916\u0947\u092e\u0930\u093e".split()
LAST = "Nalvekar Pudhiram Zorathia Ghelwani Uchikoth Mirzuban Tovalkar Esubranj Rahnpuri \u091d\u0941\u092e\u094d\u092a\u0947\u0932".split()
# What one installation shows of a customer by right: its results, and the raw lines someone opens.
HELD_BY_RIGHT = ("raw", "clean", "analytics", ".truth")


def values(seed: int) -> list[str]:
    """Make values that look like people's and can be nobody's, none twice."""
    chance = random.Random(seed)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def pan() -> str:
        return "".join(chance.choices(letters, k=5)) + "0000" + chance.choice(letters)

    def digits(n: int) -> str:
        return "".join(chance.choices("0123456789", k=n))

    def name() -> str:
        return f"{chance.choice(FIRST)} {chance.choice(LAST)} {chance.choice(letters)}{digits(2)}"

    kinds: tuple[Callable[[], str], ...] = (
        pan,
        lambda: f"27{pan()}1Z{chance.choice(letters)}",
        lambda: f"9{digits(14)}",
        lambda: f"+915{digits(9)}",
        lambda: f"5{digits(9)}",
        lambda: f"0{digits(11)}",
        name,
        lambda: f"{chance.choice(FIRST).lower()}.{digits(6)}@mail.example",
        lambda: f"{digits(8)}.shop@bahi",
        lambda: f"{digits(4)} {chance.choice(LAST)} Galli, Nowherepur {digits(6)}",
    )
    made: dict[str, None] = {}
    while len(made) < VALUES_N:
        made[kinds[len(made) % len(kinds)]()] = None
    return list(made)


class Hits:
    """Looks for any of the values in a text, as written or as JSON escapes it."""

    def __init__(self, planted: list[str]) -> None:
        lower = [value.lower() for value in planted]
        self._forms = sorted({form for value in lower for form in (value, json.dumps(value)[1:-1])})

    def among(self, text: str) -> list[str]:
        """List what was found."""
        looked_at = text.lower()
        return [form for form in self._forms if form in looked_at]


def test_the_search_finds_every_value_in_either_form() -> None:
    planted = values(7)
    hits = Hits(planted)
    assert len(set(planted)) == VALUES_N
    assert all(hits.among(f"x{value}y") and hits.among(json.dumps({"a": value})) for value in planted)
    assert not hits.among("bahi: USAGE: must be a whole number from 101 to 105")


class Property(Protocol):
    def __call__(self, name: str, value: object) -> None: ...


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation that both faces of this process use, with one customer who agreed."""
    (tmp_path / "home").mkdir()
    (tmp_path / "cwd").mkdir()
    upgrade(tmp_path / "home" / "bahi.db")
    monkeypatch.setenv("BAHI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BAHI_CLOCK", CLOCK)
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: None)
    opened = open_house({"BAHI_HOME": str(tmp_path / "home"), "BAHI_CLOCK": CLOCK}, "test")
    opened.consents.grant(GrantOrder(customer_id(CUSTOMER), 103, ("bank",)))
    return opened


class Listening(Caller):
    """Remembers what the service said when it refused."""

    heard = ""

    def send(self, method: str, path: str, **more: object) -> httpx.Response:  # type: ignore[override]
        response = super().send(method, path, **more)  # type: ignore[arg-type]
        if response.status_code >= 400:
            self.heard += response.text + "".join(response.headers.values())
        return response


def kept(house: House) -> Iterator[tuple[str, str]]:
    """Read every file of an installation but those that hold a customer's records by right."""
    for path in sorted(house.home.root.rglob("*")):
        place = path.relative_to(house.home.root)
        if path.is_file() and place.parts[0] not in HELD_BY_RIGHT:
            yield place.as_posix(), path.read_bytes().decode("utf-8", "replace")


def check(house: House, hits: Hits) -> None:
    """Look through logs, ledger and its log of writes; each line of the log is one event of ours."""
    files = dict(kept(house))
    assert "bahi.db" in files
    assert {name: found for name, text in files.items() if (found := hits.among(text))} == {}
    for line in files.get("logs/bahi.ndjson", "").splitlines():
        event = json.loads(line)
        assert "at" in event and INJECTED not in line


def planted_in(value: str, place: Place) -> str:
    """A customer or party may be called anything an id may be; a personal value is planted as no id is written."""
    is_id = place.option in ("--customer-id", "--party")
    return f"{value} of {value}" if is_id else value


def test_no_value_given_to_a_command_comes_back_in_a_refusal_or_is_written_down(
    house: House, record_property: Property
) -> None:
    planted, places = values(1), [place for place in cli_places() if not place.is_file]
    hits, per_place_n = Hits(planted), -(-VALUES_N // len(places)) + 1
    refused_n = turn = 0
    for place in places:
        for _ in range(per_place_n):
            value, turn = planted[turn % VALUES_N], turn + 1
            for text in (planted_in(value, place), f"{value}\n{INJECTED} {value}"):
                done = told(place.words(text))
                assert done.code in (0, 2, 3), (place.name, done.err)
                said = done.err if done.code == 0 else done.out + done.err
                assert not hits.among(said) and INJECTED not in said, (place.name, said)
                refused_n += done.code != 0
    assert turn >= VALUES_N and refused_n > VALUES_N
    check(house, hits)
    record_property(
        "values given to commands", {"places": len(places), "values": turn, "refusals": refused_n}
    )


def test_no_value_sent_to_the_service_comes_back_in_a_refusal_or_is_written_down(
    house: House, record_property: Property
) -> None:
    planted, turn = values(2), 0
    hits = Hits(planted)
    with Listening(create_app(house)) as caller:
        caller.sign_in(house)
        calls = list(api_calls(caller))
        for name, call in calls:
            for _ in range(-(-VALUES_N // len(calls)) + 1):
                value, turn = planted[turn % VALUES_N], turn + 1
                for text in (f"{value} of {value}", f"{value}\r\n{INJECTED} {value}"):
                    assert call(text) is None, name
            assert not hits.among(caller.heard) and INJECTED not in caller.heard, name
            assert caller.heard
            caller.heard = ""
    assert turn >= VALUES_N
    check(house, hits)
    record_property("values sent to the service", {"places": len(calls), "values": turn})


def test_the_service_offers_no_metrics_that_could_hold_a_value(house: House) -> None:
    with Caller(create_app(house)) as caller:
        caller.sign_in(house)
        templates = {template for _, template in routes(caller.app)}
        assert len(templates) > 8 and not [one for one in templates if "metrics" in one]
        assert caller.get("/metrics").headers["content-type"].startswith("text/html"), "only the page answers"


def soiled(planted: list[str]) -> list[bytes]:
    """Write values where a provider could: in every text of a line, where a number or a day belongs, and outside JSON."""
    lines = []
    for n in range(0, len(planted), 5):
        one, two, three, four, five = planted[n : n + 5]
        line: dict[str, object] = {
            "kind": "transaction", "linkRefNumber": "L1", "txnId": f"T{n}", "type": "DEBIT", "mode": "UPI",
            "amount": "12.50", "transactionTimestamp": "2026-09-15T10:00:00+05:30", "valueDate": "2026-09-15",
            "narration": f"UPI/{one}/{two}", "reference": three, "transactionalBalance": four,
        }  # fmt: skip
        spoilt = ("amount", "valueDate", "type", "mode", "transactionTimestamp", "kind", five)[n // 5 % 7]
        lines.append(orjson.dumps(line | {spoilt: five}) + b"\n")
        lines.append(f'{{"narration": "{five}\n'.encode())
    return lines


def deliver(monkeypatch: pytest.MonkeyPatch, lines: list[bytes]) -> None:
    """Let the provider answer with these lines besides its own."""
    answer = sources.bank.generate.generate

    def more(business: object, pull: Mapping[str, Pull], *given: object) -> Iterator[Parcel]:
        for parcel in cast("Callable[..., Iterator[Parcel]]", answer)(business, pull, *given):
            yield Parcel(parcel.party, [*parcel.lines, *lines])

    monkeypatch.setattr(sources.bank.generate, "generate", more)


SILENT = ("clean", "analyze", "verify", "status")


def test_no_value_in_a_record_reaches_a_log_an_error_or_a_row_whatever_fails(
    house: House, monkeypatch: pytest.MonkeyPatch, record_property: Property
) -> None:
    planted = values(3)
    hits, who = Hits(planted), f"--customer-id={CUSTOMER}"
    deliver(monkeypatch, soiled(planted))
    said = told(["run", who, "--months=1", "--bank-rows=40"])
    assert said.code == 0, said.err
    arrived = b"".join(path.read_bytes() for path in (house.home.raw / CUSTOMER).rglob("*.ndjson")).decode()
    assert set(hits.among(arrived)) >= {value.lower() for value in planted if value.isascii()}
    spoken = said.out + said.err
    for command in SILENT:
        for shape in ([], ["--json"]):
            done = told([command, who, *shape])
            assert done.code in (0, 2), (command, done.err)
            spoken += done.out + done.err
    spoken += "".join(
        told(words).out for words in (["audit", "list", "--json"], ["doctor"], ["consent", "list", who])
    )
    (delivery,) = (house.home.raw / CUSTOMER / "bank").glob("*.ndjson")
    delivery.chmod(0o600)
    delivery.write_bytes(delivery.read_bytes().replace(b"UPI/", b"upi/"))
    for command in (*SILENT, "generate", "run"):
        done = told([command, who, "--json"])
        spoken += done.err + (done.out if done.code else "")
    assert "RAW_ALTERED" in spoken
    assert not hits.among(spoken)
    check(house, hits)
    record_property("values in records", len(planted))


@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError, UnicodeDecodeError])
def test_a_bug_that_quotes_a_value_is_logged_by_its_places(
    house: House, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    planted = values(4)[:20]
    hits = Hits(planted)
    assert told(["generate", f"--customer-id={CUSTOMER}", "--months=1", "--bank-rows=20"]).code == 0

    def broken(*_: object) -> object:
        text = f"{planted}\n{INJECTED}"
        raise kind("utf-8", text.encode(), 0, 1, text) if kind is UnicodeDecodeError else kind(text)

    monkeypatch.setattr(sources.bank.clean, "clean", broken)
    done = told(["clean", f"--customer-id={CUSTOMER}", "--json"])
    assert done.code == 1 and "INTERNAL" in done.err
    assert not hits.among(done.out + done.err)
    assert len((house.home.logs / "bahi.ndjson").read_text().splitlines()) == 1
    check(house, hits)


def test_no_value_in_a_file_someone_names_comes_back_in_a_refusal(
    house: House, tmp_path: Path, record_property: Property
) -> None:
    planted, read_n = values(5), 0
    hits = Hits(planted)
    shapes = {
        "lines": "\n".join(f"{value} of {value}" for value in planted[:250]).encode(),
        "document": orjson.dumps({value: [value] for value in planted[250:600]}),
        "signed": orjson.dumps(
            {"kind": "checkpoint", "customer": planted[600:800], "signature": planted[801]}
        ),
        "broken": f'{{"x": "{planted[802:]}'.encode(),
        "bytes": b"\xff\xfe" + planted[900].encode("utf-16"),
    }
    for name, content in shapes.items():
        (tmp_path / name).write_bytes(content)
    for place in (place for place in cli_places() if place.is_file and not place.option.endswith("--to")):
        for name in shapes:
            for shape in ([], ["--json"]):
                done = told([*place.words(str(tmp_path / name)), *shape])
                assert done.code in (0, 2, 3), (place.name, name, done.err)
                assert not hits.among(done.err + (done.out if done.code else "")), (place.name, name)
                read_n += 1
    assert read_n > 50
    check(house, hits)
    record_property("files of values read", read_n)
