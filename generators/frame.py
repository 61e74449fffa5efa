"""What a book may know when it plans: the firm, its people and accounts, and the days it has to fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from generators.figures import Figures
from generators.firm import Firm
from generators.papers import Registration
from generators.people import Account, Counterparty, Party, Tie
from kit.chance import Stream

# Every life starts here, however late or early it is looked at, so that all looks agree.
EPOCH = date(2024, 4, 1)


def anchor_of(as_of: date) -> date:
    """Give the last end of March or September up to a day."""
    year = as_of.year
    return max(end for end in (date(year - 1, 9, 30), date(year, 3, 31), date(year, 9, 30)) if end <= as_of)


class Circle(NamedTuple):
    """What a member knows of a ring it trades in: the stream all share, its own place, and the firms in their places."""

    stream: Stream
    place: int
    firms: tuple[Firm, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The fixed frame of one life. What a book plans for a day may not depend on as_of or last: a later look tells the same past.

    till is the account the business lives from, purse the one its owner's private money moves on (often the same);
    first is the first day of the world or of a newcomer, last the end of the hidden months. Of untold accounts nobody tells;
    aside is the one of them that takings are led to, empty where there is none.
    """

    name: str
    firm: Firm
    parties: tuple[Party, ...]
    accounts: tuple[Account, ...]
    people: Mapping[Tie, Sequence[Counterparty]]
    registration: Registration | None
    till: str
    purse: str
    first: date
    as_of: date
    last: date
    figures: Mapping[str, Figures]
    untold: frozenset[str] = frozenset()
    aside: str = ""
    circle: Circle | None = None

    @property
    def owner(self) -> Party:
        """The natural person behind the business; of a proprietorship the entity itself."""
        return self.parties[min(1, len(self.parties) - 1)]

    def turnover_on(self, day: date) -> float:
        """Expected takings of one day in paise with the firm's growth and its seasons, before any chance."""
        sector = self.firm.sector
        years = (day - self.first).days / 365
        month, weekday = sector.months_percent[day.month - 1], sector.weekdays_percent[day.weekday()]
        season: float = month * weekday / 10_000
        grown: float = (1 + self.firm.growth) ** years
        return self.firm.turnover_paise / 365 * grown * season

    @property
    def anchor(self) -> date:
        """The last end of March or September before the hidden months; what is planted by date stands before it.

        All looks of one half-year agree on it, so that they tell one story.
        """
        return anchor_of(self.as_of)
