"""Signing in: a link works once and for ten minutes, a session for twelve hours, and neither is kept in clear."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest

from api.sign_in import COOKIE, LINK_LIFE, SESSION_LIFE, issue_link
from kit.period import FixedClock
from pipeline.wiring import House
from tests.api.caller import Caller, filled, problem, routes


def test_a_link_signs_in_and_leads_to_the_page(stranger: Caller, house: House) -> None:
    response = stranger.get(issue_link(house))
    assert (response.status_code, response.headers["location"]) == (303, "/")
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
    session = stranger.get("/api/session").json()
    assert (session["signed_in"], session["environment"]) == (True, "sandbox")


def test_a_sign_in_is_audited_and_without_the_entry_there_is_none(stranger: Caller, house: House) -> None:
    link = issue_link(house)
    stranger.get(link)
    assert [entry.action for entry in house.audit.entries()] == ["session.open"]
    second = issue_link(house)
    _wait(house, -timedelta(minutes=5))
    assert problem(stranger.get(second))["code"] == "CLOCK_BACKWARDS"
    _wait(house, timedelta(minutes=5))
    assert stranger.get(second).status_code == 303


def test_a_link_works_once(stranger: Caller, house: House) -> None:
    link = issue_link(house)
    assert stranger.get(link).status_code == 303
    again = stranger.get(link)
    assert (again.status_code, problem(again)["code"]) == (401, "LINK_NOT_VALID")
    assert "set-cookie" not in again.headers


def test_a_link_is_too_old_after_ten_minutes(stranger: Caller, house: House) -> None:
    link = issue_link(house)
    _wait(house, LINK_LIFE)
    assert problem(stranger.get(link))["code"] == "LINK_NOT_VALID"


@pytest.mark.parametrize("token", ["x", "", "%00", "%F0%9F%98%80", "x" * 128])
def test_a_made_up_link_is_refused_and_not_repeated(stranger: Caller, token: str) -> None:
    response = stranger.get(f"/sign-in?token={token}")
    assert (response.status_code, problem(response)["code"]) == (401, "LINK_NOT_VALID")


@pytest.mark.parametrize("query", ["", f"?token={'x' * 129}"])
def test_a_link_without_a_proper_token_is_malformed(stranger: Caller, query: str) -> None:
    assert problem(stranger.get(f"/sign-in{query}"))["code"] == "REQUEST_MALFORMED"


def test_a_browser_is_told_in_a_page_what_to_run(stranger: Caller) -> None:
    response = stranger.get("/sign-in?token=x", Accept="text/html,*/*")
    assert response.status_code == 401
    assert response.headers["content-type"].startswith("text/html") and "bahi serve" in response.text


def test_a_session_ends_after_twelve_hours(caller: Caller, house: House) -> None:
    _wait(house, SESSION_LIFE - timedelta(seconds=1))
    assert caller.get("/api/session").status_code == 200
    _wait(house, timedelta(seconds=1))
    assert problem(caller.get("/api/session"))["code"] == "SIGN_IN_REQUIRED"


def test_a_session_token_is_no_link_and_a_link_token_is_no_session(stranger: Caller, house: House) -> None:
    token = issue_link(house).partition("=")[2]
    assert stranger.get("/api/session", Cookie=f"{COOKIE}={token}").status_code == 401
    session = stranger.get(f"/sign-in?token={token}").cookies[COOKIE]
    assert stranger.get(f"/sign-in?token={session}").status_code == 401


def test_only_hashes_are_kept(stranger: Caller, house: House) -> None:
    token = issue_link(house).partition("=")[2]
    session = stranger.get(f"/sign-in?token={token}").cookies[COOKIE]
    for path in house.home.root.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert token.encode() not in content and session.encode() not in content


def test_what_is_too_old_is_swept_away_by_the_next_link(house: House) -> None:
    issue_link(house)
    _wait(house, LINK_LIFE)
    issue_link(house)
    with house.ledger.reading() as tx:
        row = tx.one("SELECT COUNT(*) AS n FROM sign_in")
    assert row == {"n": 1}


def test_every_api_route_asks_for_a_session(stranger: Caller) -> None:
    api = [(method, path) for method, path in routes(stranger.app) if path.startswith("/api")]
    assert len(api) >= 10
    for method, path in api:
        for cookie in ("", f"{COOKIE}=made-up", f"{COOKIE}=\u00ff"):
            response = stranger.send(method, filled(path), headers={"Cookie": cookie} if cookie else {})
            assert (response.status_code, problem(response)["code"]) == (401, "SIGN_IN_REQUIRED"), path


def test_only_the_two_doors_stand_outside(stranger: Caller) -> None:
    outside = {path for _, path in routes(stranger.app) if not path.startswith("/api/")}
    assert outside == {"/sign-in", "/healthz"}


def _wait(house: House, span: timedelta) -> None:
    clock = cast(FixedClock, house.clock)
    clock.at += span
