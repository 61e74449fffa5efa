"""Signing in, who is signed in, and whether the service is well."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

import sources
from api import sign_in
from api.deps import TheHouse, api_router
from api.models import Health, Session, Source
from api.pages import plain_page
from api.problems import Unsigned
from api.refusals import EVERYWHERE, LINK, SIGNED, declared

router = api_router()
doors = APIRouter()


@router.get("/session", responses=declared(SIGNED))
def session(house: TheHouse) -> Session:
    """Say that the caller is signed in, to what kind of installation, and which sources it knows."""
    offered = [
        Source(name=name, title=declared.title, channels=[channel.value for channel in declared.channels])
        for name, declared in sources.declarations().items()
    ]
    return Session(signed_in=True, environment=house.config.environment, sources=offered)


@doors.get("/sign-in", response_class=RedirectResponse, status_code=303, responses=declared(EVERYWHERE, LINK))
def sign_in_by_link(
    request: Request, house: TheHouse, token: Annotated[str, Query(max_length=128)]
) -> Response:
    """Turn the one-time link into a session cookie and go to the first page."""
    try:
        session_token = sign_in.redeem(house, token)
    except Unsigned as error:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        return plain_page(error.status, error.message, error.hint)
    response = RedirectResponse("/", 303)
    life_seconds = int(sign_in.SESSION_LIFE.total_seconds())
    response.set_cookie(sign_in.COOKIE, session_token, life_seconds, httponly=True, samesite="strict")
    return response


@doors.get("/healthz", responses=declared(EVERYWHERE))
def health(house: TheHouse) -> Health:
    """Answer only if the ledger can be read."""
    with house.ledger.reading() as tx:
        tx.one("SELECT COUNT(*) AS n FROM run WHERE id = ''")
    return Health(status="ok")
