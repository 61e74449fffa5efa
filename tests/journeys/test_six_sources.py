"""A customer whose data is held by everybody: one request becomes the consents it needs, and each holder is asked once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sources
from tests.support import Install, files_below, installed

EVERY = ",".join(sources.names())
WHOSE = ("--customer-id", "MSME001")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Install:
    install = installed(tmp_path_factory.mktemp("home"))
    install.must("consent", "grant", *WHOSE, "--sources", EVERY)
    return install


def consents(install: Install, customer: str = "MSME001") -> list[dict[str, object]]:
    told = install.must("consent", "list", "--customer-id", customer, "--json").json()
    assert isinstance(told, dict)
    listed: list[dict[str, object]] = told["consents"]
    return listed


def test_one_request_becomes_one_consent_for_each_channel(asked: Install) -> None:
    named = {name: declared.channels[0] for name, declared in sources.declarations().items()}
    split = {str(one["channel"]): one["sources"] for one in consents(asked)}
    assert len(consents(asked)) == len(split) == len(set(named.values()))
    for channel, held in split.items():
        assert isinstance(held, list)
        assert {one["source"] if isinstance(one, dict) else one for one in held} == {
            name for name, own in named.items() if own == channel
        }


@pytest.mark.parametrize(
    "name", [one.name for one in sources.declarations().values() if "AA" not in one.channels]
)
def test_what_no_aggregator_carries_is_not_asked_for_there(asked: Install, name: str) -> None:
    done = asked.bahi("consent", "grant", *WHOSE, "--channel", "AA", "--sources", name, "--json")
    assert done.code == 2 and "FI_TYPE_NOT_ON_AA" in done.err + done.out


def test_people_are_asked_only_for_what_people_have(asked: Install) -> None:
    people = ("--party", "ENTITY,DIRECTOR-1", "--sources", EVERY)
    asked.must("consent", "grant", "--customer-id", "FIRM-1", *people)
    covered = {str(one["party"]): set() for one in consents(asked, "FIRM-1")}
    for one in consents(asked, "FIRM-1"):
        held = one["sources"]
        assert isinstance(held, list)
        covered[str(one["party"])] |= {
            entry["source"] if isinstance(entry, dict) else entry for entry in held
        }
    kinds = {name: declared.party_kinds for name, declared in sources.declarations().items()}
    assert covered == {
        "ENTITY": {name for name in kinds if "entity" in kinds[name]},
        "DIRECTOR-1": {name for name in kinds if "director" in kinds[name]},
    }


def test_every_holder_is_asked_once_and_tells_of_one_business(asked: Install) -> None:
    done = asked.must("generate", *WHOSE, "--quiet", "--json").json()
    assert isinstance(done, dict)
    assert [(step["source"], step["status"]) for step in done["steps"]] == [
        (name, "done") for name in sources.names()
    ]
    assert all(step["counts"]["lines"] > 1 for step in done["steps"])
    before = files_below(asked.home / "raw"), files_below(asked.home / ".truth")
    again = asked.must("generate", *WHOSE, "--quiet", "--json").json()
    assert isinstance(again, dict) and {step["status"] for step in again["steps"]} == {"unchanged"}
    assert (files_below(asked.home / "raw"), files_below(asked.home / ".truth")) == before
    (truth,) = before[1].values()
    assert json.loads(truth.splitlines()[0])["kind"] == "business"


def test_help_names_whom_can_be_asked_for(tmp_path: Path) -> None:
    from generators.personas import names

    told = Install(tmp_path, {}).must("generate", "--help").out
    assert all(f"\n  {name} " in told for name in names())
    done = installed(tmp_path / "home")
    done.must("consent", "grant", *WHOSE, "--sources", "bank")
    refused = done.bahi("generate", *WHOSE, "--persona", "nobody")
    assert refused.code == 2 and "PERSONA_UNKNOWN" in refused.err and "drawn" in refused.err
    assert not list((done.home / "raw").rglob("*.ndjson")) and not (done.home / ".truth").exists()
