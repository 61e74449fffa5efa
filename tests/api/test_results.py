"""Numbers stand in the dictionary's order under the dictionary's titles, in the list as when one is opened."""

from __future__ import annotations

from importlib import import_module
from typing import cast

import pytest

import sources
from tests.api.caller import Caller, Json
from tests.api.flow import CUSTOMER, PURPOSE, grant, run


@pytest.fixture
def analyzed(caller: Caller) -> Caller:
    grant(caller)
    run(caller)
    return caller


def metrics_of(caller: Caller, name: str = "bank") -> list[Json]:
    body = caller.get(f"/api/customers/{CUSTOMER}/results?purpose={PURPOSE}").json()
    (summary,) = [one for one in cast("list[Json]", body["summaries"]) if one["name"] == name]
    return cast("list[Json]", summary["metrics"])


def test_metrics_follow_the_dictionary_and_not_their_ids(analyzed: Caller) -> None:
    listed = [metric["id"] for metric in metrics_of(analyzed)]
    assert listed == [item.id for item in sources.source("bank").definitions]
    assert listed != sorted(cast("list[str]", listed))


def test_a_metric_is_called_the_same_in_the_list_and_when_it_is_opened(analyzed: Caller) -> None:
    for metric in metrics_of(analyzed):
        opened = analyzed.get(f"/api/customers/{CUSTOMER}/explain/{metric['id']}?purpose={PURPOSE}&limit=1")
        assert opened.json()["definition"]["title"] == metric["title"]


def test_a_metric_the_dictionary_no_longer_lists_stands_last_by_its_id(
    analyzed: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = sources.source("bank").definitions
    monkeypatch.setattr(import_module("sources.bank.summarize"), "DEFINITIONS", tuple(others))
    last = metrics_of(analyzed)[-1]
    assert last["id"] == last["title"] == first.id


def test_a_session_names_what_a_consent_can_be_asked_for(caller: Caller) -> None:
    offered = cast("list[Json]", caller.get("/api/session").json()["sources"])
    assert [source["name"] for source in offered] == list(sources.names())
    for source in offered:
        declared = sources.declarations()[str(source["name"])]
        assert source["title"] == declared.title
        assert source["channels"] == [channel.value for channel in declared.channels]
