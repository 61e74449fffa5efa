"""A caller of the service in this process; it checks every problem it is given against what the route declares."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from functools import cache
from types import TracebackType
from typing import TypedDict, cast

import httpx
import jsonschema_rs
import orjson
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from api.app import openapi_document
from api.refusals import SIGNED
from api.sign_in import issue_link
from pipeline.wiring import House

PATIENCE_SECONDS = 60
Json = dict[str, object]


class Media(TypedDict):
    schema: Json


Response = TypedDict("Response", {"x-codes": list[str], "content": dict[str, Media]}, total=False)


class Problem(TypedDict):
    """The one shape of an error."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str
    instance: str


class Operation(TypedDict):
    """What OpenAPI says of one method of one path."""

    responses: dict[str, Response]


class Caller:
    """Sends requests one after the other, all on one loop, as a browser on this machine would."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.answered: set[tuple[str, str]] = set()
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")

    def __enter__(self) -> Caller:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()
        self.app.state.crew.close()

    def sign_in(self, house: House) -> None:
        """Open a fresh link; the cookie stays with this caller."""
        assert self.get(issue_link(house)).status_code == 303

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Read."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: object = None) -> httpx.Response:
        """Act, with a JSON body if there is one."""
        return self.send("POST", path) if body is None else self.send("POST", path, json=body)

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        json: object = None,
    ) -> httpx.Response:
        """Send anything at all."""
        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in (headers or {}).items()]
        request = self._client.request(method, path, headers=named, content=content, json=json)
        response = self._runner.run(asyncio.wait_for(request, PATIENCE_SECONDS))
        template, operation = _operation(method, path.partition("?")[0])
        if method == "HEAD":
            return response
        if response.is_error and "json" in response.headers.get("content-type", ""):
            codes = operation["responses"].get(str(response.status_code), {}).get("x-codes", ())
            code = problem(response)["code"]
            assert code in codes, f"{method} {template} does not declare {response.status_code} {code}"
        elif response.status_code in (200, 201, 202):
            _check_success(response, operation)
            self.answered.add((method, template))
        return response


def _closed_document() -> Json:
    """Describe the service with every object closed, so that a member nobody declared is a fault."""
    document = openapi_document()
    components = cast("dict[str, dict[str, Json]]", document["components"])
    for schema in components["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return document


DOCUMENT = _closed_document()


def _check_success(response: httpx.Response, operation: Operation) -> None:
    content = operation["responses"].get(str(response.status_code), {}).get("content", {})
    if response.headers["content-type"] == "application/json":
        _shape(orjson.dumps(content["application/json"]["schema"])).validate(response.json())


@cache
def _shape(schema: bytes) -> jsonschema_rs.Validator:
    """A validator reads all components, so each shape has one for all its answers."""
    return jsonschema_rs.validator_for({**orjson.loads(schema), "components": DOCUMENT["components"]})


@cache
def _templates() -> Sequence[tuple[re.Pattern[str], str]]:
    paths = cast("dict[str, dict[str, Operation]]", DOCUMENT["paths"])
    return [(compile_path(template)[0], template) for template in paths]


def _operation(method: str, path: str) -> tuple[str, Operation]:
    paths = cast("dict[str, dict[str, Operation]]", DOCUMENT["paths"])
    for shape, template in _templates():
        if shape.match(path) and method.lower() in paths[template]:
            return template, paths[template][method.lower()]
    undeclared: dict[str, Response] = {}
    for code, status in SIGNED.items():
        undeclared.setdefault(str(status), {"x-codes": []})["x-codes"].append(code)
    return path, {"responses": undeclared}


def problem(response: httpx.Response) -> Problem:
    """Read an error, making sure it has the one shape all errors have."""
    assert response.headers["content-type"] == "application/problem+json"
    body = cast(Problem, response.json())
    assert set(body) == set(Problem.__annotations__)
    assert body["status"] == response.status_code
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", body["code"])
    assert body["type"] == f"urn:bahi:problem:{body['code'].lower().replace('_', '-')}"
    assert re.fullmatch(r"urn:bahi:trace:[0-9a-f]{16}", body["instance"])
    assert body["title"] and body["detail"]
    return body


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """List every method and path template the application takes."""
    found = [
        (method, context.path)
        for context in iter_route_contexts(app.routes)
        for method in sorted(context.methods or ())
        if context.path is not None
    ]
    assert found
    return found


def filled(template: str, **values: str) -> str:
    """Put values, or harmless ones, into a path template."""
    known = {"customer_id": "MSME_0001", "consent_id": "none", "run_id": "none", "event": "pause"}
    known |= {"metric_id": "bank.credits_paise"} | values
    return template.format(**known)
