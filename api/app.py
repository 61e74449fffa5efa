"""Puts the service together: gate, routes, page and one description of all of it."""

from __future__ import annotations

from asyncio import CancelledError, create_task
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from operator import attrgetter

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from api import models, problems
from api.crew import Crew
from api.gate import Gate
from api.pages import Pages
from api.routes import consents, customers, results, runs, session
from api.timer import Timer
from pipeline.wiring import House

Life = Callable[[FastAPI], AbstractAsyncContextManager[None]]

COMPONENT = "#/components/schemas/{model}"
TITLE = "Bahi"
VERSION = "1"
ROUTERS = (session.doors, session.router, customers.router, consents.router, runs.router, results.router)
# These travel beside the routes' own models: as errors, and as data of a stream.
FURTHER_MODELS = (models.Problem, models.RunProgress, models.RunEnd, models.RunFailure)


def create_app(house: House) -> FastAPI:
    """Make the application of one opened house."""
    crew = Crew(house)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        timer = create_task(Timer(house).run())
        yield
        timer.cancel()
        with suppress(CancelledError):
            await timer
        crew.close()

    app = _routed(life)
    app.state.house = house
    app.state.crew = crew
    app.router.default = Pages()
    problems.install(app)
    app.add_middleware(Gate, house=house)
    return app


def openapi_document() -> dict[str, object]:
    """Describe every route without opening a house; the TypeScript client is generated from it."""
    app = _routed(None)
    document: dict[str, object] = get_openapi(title=TITLE, version=VERSION, routes=app.routes)
    components = document["components"]
    assert isinstance(components, dict)
    for model in FURTHER_MODELS:
        schema = TypeAdapter(model).json_schema(mode="serialization", ref_template=COMPONENT)
        schema.pop("$defs", None)
        components["schemas"][model.__name__] = schema
    components["schemas"] = dict(sorted(components["schemas"].items()))
    return document


def _routed(life: Life | None) -> FastAPI:
    # No page of documentation: it would load scripts from elsewhere.
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=life,
        generate_unique_id_function=attrgetter("name"),
    )
    for router in ROUTERS:
        app.include_router(router)
    return app
