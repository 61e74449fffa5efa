"""What a book may know when it plans: the firm, its people and accounts, and the days it has to fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from generators.figures import Figures
from generators.firm import Firm
from generators.papers import Registration
from generators.people import Account, Counterparty, Party, Tie

# Every life starts here, however late or early it is looked at, so that all looks agree.
EPOCH = date(2024, 4, 1)


@dataclass(frozen=True, slots=True)
class Frame:
    """The fixed frame of one life. What a book plans for a day may not depend on as_of or last: a later look tells the same past.

    till is the account the business lives from, purse the one its owner's private money moves on (often the same);
    first is the first day of the world, last the end of the hidden months.
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
        year = self.as_of.year
        ends = (date(year - 1, 9, 30), date(year, 3, 31), date(year, 9, 30))
        return max(end for end in ends if end <= self.as_of)
