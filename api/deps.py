"""What routes are handed: the house, a checked customer id, the crew; and the route class that asks for a session first."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.routing import APIRoute

from api import sign_in
from api.body import checked
from api.crew import Crew
from kit.ident import CustomerId, customer_id
from pipeline.wiring import House


class SignedRoute(APIRoute):
    """Checks the session before a byte of the body is read; every /api route is one."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[None, None, Response]]:
        inner = super().get_route_handler()
        takes_body = self.body_field is not None

        async def handle(request: Request) -> Response:
            sign_in.check(house_of(request), request.cookies.get(sign_in.COOKIE))
            return await inner(await checked(request) if takes_body else request)

        return handle


def api_router() -> APIRouter:
    """Open a router whose routes cannot be reached unsigned."""
    return APIRouter(prefix="/api", route_class=SignedRoute)


def house_of(request: Request) -> House:
    """Find the house this application was made for."""
    return cast(House, request.app.state.house)


# The functions below are async only so that they are called in place; a plain one costs a trip to a thread.
async def the_house(request: Request) -> House:
    """Hand over the house."""
    return house_of(request)


async def the_crew(request: Request) -> Crew:
    """Hand over the threads that carry out runs."""
    return cast(Crew, request.app.state.crew)


async def the_customer(text: Annotated[str, Path(alias="customer_id")]) -> CustomerId:
    """Check the customer id of the path."""
    return customer_id(text)


TheHouse = Annotated[House, Depends(the_house)]
TheCrew = Annotated[Crew, Depends(the_crew)]
TheCustomer = Annotated[CustomerId, Depends(the_customer)]
# Looked up as they are: an impossible id is answered exactly like an unknown one.
ConsentId = Annotated[str, Path()]
RunId = Annotated[str, Path()]
Purpose = Annotated[int, Query(ge=1, le=999)]
