"""Holds: the consents that keep a thing here, how they join, and which of them a Scope may see it through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime
from itertools import chain

from kit.scope import Grant, Scope
from warehouse._papers import Delivery, Hold, Note, Papers

Holds = tuple[Hold, ...]


def holds_under(grants: Iterable[Grant], purpose: int, received_at: datetime) -> Holds:
    """Hold for every consent among the grants; of several ends of life the latest counts."""
    ends: dict[str, list[datetime | None]] = {}
    for grant in grants:
        ends.setdefault(grant.consent_id, []).append(grant.life_end)
    return tuple(Hold(consent, purpose, received_at, _latest(ends[consent])) for consent in sorted(ends))


def merged(before: Holds, after: Holds) -> Holds:
    """Join holds by consent: the first receipt stands, the later end of life counts."""
    held = {(hold.consent_id, hold.purpose): hold for hold in before}
    for hold in after:
        known = held.get((hold.consent_id, hold.purpose), hold)
        end = _latest([known.life_end, hold.life_end])
        held[hold.consent_id, hold.purpose] = known._replace(life_end=end)
    return tuple(held[key] for key in sorted(held))


def seen(row: Delivery, scope: Scope) -> Delivery:
    """Keep of a delivery what the scope may see it through; without a hold left it is not seen at all."""
    granting = {grant.consent_id for grant in scope.of_source(row.source) if grant.party == row.party}
    originals = (one._replace(holds=_open(one.holds, granting, scope)) for one in row.originals)
    return row._replace(
        holds=_open(row.holds, granting, scope), originals=tuple(one for one in originals if one.holds)
    )


def is_seen(note: Note, scope: Scope) -> bool:
    """Say whether a note is held under a consent and the purpose of the scope."""
    return bool(_open(note.holds, scope.consent_ids(), scope))


def left_of(papers: Papers, is_dropped: Callable[[Hold], bool]) -> Papers:
    """Drop holds, and whatever nothing holds any more."""
    deliveries = [_without(row, is_dropped) for row in papers.deliveries]
    notes = [row._replace(holds=_kept(row.holds, is_dropped)) for row in papers.notes]
    return Papers(
        tuple(row for row in deliveries if row.holds),
        tuple(row for row in notes if row.holds),
    )


def every_hold(papers: Papers) -> list[Hold]:
    """List all that holds anything."""
    held = [(row.holds, *(one.holds for one in row.originals)) for row in papers.deliveries]
    every = [*chain.from_iterable(held), *(row.holds for row in papers.notes)]
    return list(chain.from_iterable(every))


def _without(row: Delivery, is_dropped: Callable[[Hold], bool]) -> Delivery:
    originals = (one._replace(holds=_kept(one.holds, is_dropped)) for one in row.originals)
    return row._replace(
        holds=_kept(row.holds, is_dropped), originals=tuple(one for one in originals if one.holds)
    )


def _kept(holds: Holds, is_dropped: Callable[[Hold], bool]) -> Holds:
    return tuple(hold for hold in holds if not is_dropped(hold))


def _open(holds: Holds, granting: Set[str], scope: Scope) -> Holds:
    return tuple(
        hold
        for hold in holds
        if hold.consent_id in granting
        and hold.purpose == scope.purpose
        and (hold.life_end is None or hold.life_end > scope.as_of)
    )


def _latest(ends: Sequence[datetime | None]) -> datetime | None:
    dated = [end for end in ends if end is not None]
    return max(dated) if len(dated) == len(ends) else None
