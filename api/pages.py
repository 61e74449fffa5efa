"""Serves the built page: hashed assets for ever, the page itself always asked for again, any address of ours as the page."""

from __future__ import annotations

from html import escape
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from api.problems import PAGE_METHODS

STATIC = Path(__file__).parent / "static"
BUILD_COMMAND = "make api/static/index.html"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class Pages:
    """What answers when no route does; below /api that is an error, elsewhere it is the page."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._files = StaticFiles(directory=folder, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request no route has taken."""
        if scope["type"] != "http":
            raise HTTPException(404)
        response = await self._answer(Request(scope))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.url.path.lstrip("/")
        if path.split("/")[0] in ("api", "healthz", "sign-in"):
            raise HTTPException(404)
        if request.method not in PAGE_METHODS:
            raise HTTPException(405)
        if is_asset(path):
            return await self._file(path, request, FOR_EVER if path.startswith("assets/") else ASK_AGAIN)
        return await self._page(request)

    async def _file(self, path: str, request: Request, caching: str) -> Response:
        response = await self._files.get_response(path, request.scope)
        response.headers["Cache-Control"] = caching
        return response

    async def _page(self, request: Request) -> Response:
        try:
            return await self._file("index.html", request, ASK_AGAIN)
        except HTTPException as error:
            if error.status_code != 404:
                raise
            return plain_page(
                503, "The page is not built yet", f"Build it, then load this address again: {BUILD_COMMAND}"
            )


def is_asset(path: str) -> bool:
    """Tell a file from an address of the page: only a file has a dot in its last step."""
    return "." in path.rsplit("/", 1)[-1]


def plain_page(status: int, title: str, text: str) -> HTMLResponse:
    """Write a page that needs no build and no script."""
    return HTMLResponse(
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='color-scheme' content='light dark'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{escape(title)}</title></head><body><main><h1>{escape(title)}</h1><p>{escape(text)}</p></main></body></html>",
        status,
    )
