"""Numbers, and one number opened down to its raw lines; every read opens a Scope first."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

import orjson
from fastapi import Depends, Path, Query, Request, Response

import sources
from api import models
from api.deps import Purpose, TheCustomer, TheHouse, api_router
from api.refusals import CONSENT, CUSTOMER, METRIC, READING, SIGNED, declared
from kit.canonical import dumps
from kit.facts import Definition
from pipeline import reading
from pipeline.rights import open_reading

MOST_LINES = 500
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Limit = Annotated[int, Query(ge=1, le=MOST_LINES)]
MetricId = Annotated[str, Path(max_length=80)]


class Page(NamedTuple):
    """Which purpose, and which of the lines."""

    purpose: int
    offset: int
    limit: int


async def page_of(purpose: Purpose, offset: Offset = 0, limit: Limit = 50) -> Page:
    """Gather the query of an explanation."""
    return Page(purpose, offset, limit)


ThePage = Annotated[Page, Depends(page_of)]
router = api_router()


@router.get(
    "/customers/{customer_id}/results",
    response_model=models.Results,
    responses=declared(SIGNED, CUSTOMER, CONSENT, READING),
)
def results(request: Request, house: TheHouse, customer: TheCustomer, purpose: Purpose) -> Response:
    """Answer with every summary in scope, or 304 if the caller has it already."""
    summaries = reading.results(house, open_reading(house, customer, purpose))
    days = [summary.as_of for summary in summaries if summary.as_of]
    body = {"as_of": max(days, default=None), "summaries": [_shown(summary) for summary in summaries]}
    return _tagged(request, dumps(body))


@router.get(
    "/customers/{customer_id}/explain/{metric_id}",
    response_model=models.Explained,
    responses=declared(SIGNED, CUSTOMER, CONSENT, READING, METRIC),
)
def explain(
    request: Request, house: TheHouse, customer: TheCustomer, metric_id: MetricId, page: ThePage
) -> Response:
    """Open one number: its definition and one page of the lines behind it."""
    scope = open_reading(house, customer, page.purpose, reading.source_of(metric_id))
    found = reading.explain(house, scope, metric_id, (page.offset, page.limit))
    body = {
        "metric": found.metric,
        "definition": _defined(found.definition),
        "lines_n": found.lines_n,
        "lines": [_line(line) for line in found.lines],
    }
    return _tagged(request, dumps(body))


def _shown(summary: reading.Summary) -> dict[str, object]:
    metrics = orjson.loads(summary.document)["metrics"]
    return {
        "name": summary.name,
        "as_of": summary.as_of or None,
        "is_stale": summary.is_stale,
        "metrics": _titled(metrics, sources.source(summary.name).definitions),
    }


def _titled(
    metrics: Mapping[str, Mapping[str, object]], definitions: Sequence[Definition]
) -> list[dict[str, object]]:
    """Follow the dictionary; a stale summary may hold a metric it no longer lists, which then stands by its id."""
    titles = {item.id: item.title for item in definitions}
    named = [*titles, *sorted(set(metrics) - set(titles))]
    return [{**metrics[name], "title": titles.get(name, name)} for name in named if name in metrics]


def _defined(definition: Definition) -> models.Definition:
    return models.Definition(
        title=definition.title,
        formula=definition.formula,
        unit=definition.unit,
        null_rule=definition.null_rule,
    )


def _line(line: reading.OpenedLine) -> dict[str, object]:
    return {"record": line.record, "raw": {**line.raw._asdict(), "text": line.text}}


def _tagged(request: Request, body: bytes) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(None, 304, {"ETag": tag})
    return Response(body, 200, {"ETag": tag}, "application/json")
