"""The quality that is kept of a customer, and whether what it speaks of has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import orjson

from kit.errors import NotFound
from kit.scope import Scope
from pipeline.quality.measure import FILE, NAME, quality_key
from pipeline.wiring import House
from warehouse.lake import Shelf


class Kept(NamedTuple):
    """A stored quality document, and whether its data, rules or limits moved on."""

    document: Mapping[str, object]
    is_stale: bool


def kept_quality(house: House, scope: Scope) -> Kept:
    """Read what analyzing kept under this right."""
    shelved = house.lake.shelved(scope, Shelf.RESULTS)
    entry = None if shelved is None else shelved.entries.get(NAME)
    if entry is None:
        raise NotFound(
            "NOTHING_ANALYZED",
            "No results are held under this consent.",
            hint=f"Run: bahi run --customer-id {scope.customer} --purpose {scope.purpose}",
        )
    document: Mapping[str, object] = orjson.loads(house.lake.document(scope, Shelf.RESULTS, FILE))
    standing = house.lake.shelved(scope, Shelf.CLEAN)
    cleaned = {} if standing is None else standing.entries
    mine = {name: held for name, held in cleaned.items() if name in scope.sources()}
    return Kept(document, entry.key != quality_key(house.lake, scope, mine))
