"""The certificate of an erasure over the service: the signed bytes, and only where something was erased."""

from __future__ import annotations

from typing import cast

import orjson

from consent.certificate import checked
from consent.keys import public_keys
from pipeline.wiring import House
from tests.api.caller import Caller, problem
from tests.api.flow import CUSTOMER, grant, run


def test_the_bytes_are_those_that_were_signed_and_the_same_each_time(caller: Caller, house: House) -> None:
    consent_id = grant(caller)
    run(caller)
    removed = caller.post(f"/api/consents/{consent_id}/revoke").json()["removed"]
    answer = caller.get(f"/api/consents/{consent_id}/certificate")
    with house.ledger.reading() as tx:
        (found,) = checked(answer.content, public_keys(tx))
    assert (found.customer, found.consent_id) == (CUSTOMER, consent_id)
    document = cast("dict[str, object]", orjson.loads(answer.content))
    assert (document["deliveries_n"], document["objects_n"]) == (removed["deliveries"], removed["objects"])
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert caller.post(f"/api/consents/{consent_id}/revoke").json()["removed"] == removed
    assert caller.get(f"/api/consents/{consent_id}/certificate").content == answer.content


def test_a_living_consent_has_none_and_the_list_says_which_has(caller: Caller, house: House) -> None:
    gone, alive = grant(caller), grant(caller)
    caller.post(f"/api/consents/{gone}/revoke")
    refused = caller.get(f"/api/consents/{alive}/certificate")
    assert refused.status_code == 404
    told = problem(refused)
    assert told["code"] == "CERTIFICATE_MISSING" and told["hint"]
    listed = caller.get(f"/api/customers/{CUSTOMER}/consents").json()["consents"]
    assert {one["consent_id"]: one["has_certificate"] for one in listed} == {gone: True, alive: False}


def test_looking_at_a_certificate_is_written_down(caller: Caller, house: House) -> None:
    consent_id = grant(caller)
    caller.post(f"/api/consents/{consent_id}/revoke")
    caller.get(f"/api/consents/{consent_id}/certificate")
    (latest,) = house.audit.entries(limit=1)
    assert (latest.action, latest.customer) == ("consent.certificate", CUSTOMER)
