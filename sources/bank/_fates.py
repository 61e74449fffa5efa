"""Which of several copies of a line stands: decided by content alone, so that the order of arrival changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kit.source import Fate, Outcome
from sources.bank._line import Line, content_of, packed, unpacked

_MIDNIGHT = "T00:00:00+05:30"


def settled(
    held: dict[str, str], again: Mapping[str, list[str]], sent_at: Mapping[str, str]
) -> Iterator[Outcome]:
    """Leave in held the packed lines that stand, and give the outcome of every other copy."""
    for record_id, others in sorted(again.items()):
        by_content: dict[str, list[Line]] = {}
        for text in (held[record_id], *others):
            by_content.setdefault(content_of(text), []).append(unpacked(text))
        if len(by_content) == 1 and _may_be_twins(unpacked(held[record_id])):
            twins, fallen = _twins(next(iter(by_content.values())))
            held.update((line.id, packed(line)) for line in twins)
            yield from (_outcome(line, Fate.DUPLICATE, record_id) for line in fallen)
        else:
            newest = max(by_content, key=lambda content: (_newest(by_content[content], sent_at), content))
            standing, *fallen = sorted(by_content.pop(newest), key=_preference)
            held[record_id] = packed(standing)
            yield from (_outcome(line, Fate.DUPLICATE, record_id) for line in fallen)
            for content in sorted(by_content):
                older = sorted(by_content[content], key=_preference)
                yield from (_outcome(line, Fate.SUPERSEDED, record_id) for line in older)


def _newest(lines: list[Line], sent_at: Mapping[str, str]) -> str:
    return max(sent_at.get(line.delivery, "") for line in lines)


def _preference(line: Line) -> tuple[int, str, str, int]:
    """The copy that needed the least repair stands; then its bytes decide."""
    return len(line.notes), line.sha, line.delivery, int(line.number)


def _may_be_twins(line: Line) -> bool:
    """Without a number, and without a balance or a time of day, equal lines can be two movements."""
    return not line.txn_id and (not line.balance_paise or line.at.endswith(_MIDNIGHT))


def _twins(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """As many stand as one delivery holds at most; each further one has an ordinal in its id."""
    by_delivery: dict[str, list[Line]] = {}
    for line in sorted(lines, key=_preference):
        by_delivery.setdefault(line.delivery, []).append(line)
    fullest = max(by_delivery, key=lambda delivery: (len(by_delivery[delivery]), delivery))
    standing = [
        line._replace(id=f"{line.id}-{ordinal}") if ordinal else line
        for ordinal, line in enumerate(by_delivery.pop(fullest))
    ]
    return standing, [line for delivery in sorted(by_delivery) for line in by_delivery[delivery]]


def _outcome(line: Line, fate: Fate, stands_for: str) -> Outcome:
    return Outcome(fate, line.ref, line.party, int(line.amount_paise), None, None, stands_for, ())
