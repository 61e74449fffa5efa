"""What a fact changes of the frame of a life: an account nobody tells of, a first day later than the world's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from generators.figures import Figures
from generators.firm import Firm
from generators.frame import EPOCH, Frame, anchor_of
from generators.people import MAIN_PARTY, AccountKind, account
from kit.chance import Stream
from kit.period import add_months

NEWCOMER = "THIN_NEWCOMER"
BANK_BESIDE = "BAHI-FIP-2"
_BESIDE = frozenset({"HIDDEN_ACCOUNT", "ACCOUNT_LEFT_OUT"})
_DAY = timedelta(days=1)


def first_of(figures: Figures, firm: Firm, as_of: date) -> date:
    """Tell the first day of a life: the world's, or that of a newcomer."""
    if NEWCOMER not in firm.facts:
        return EPOCH
    anchor = anchor_of(as_of)
    return max(EPOCH, add_months(anchor + _DAY, -figures.whole("newcomer_months", anchor)))


def dated(firm: Firm, first: date) -> Firm:
    """A newcomer was founded days before his first day."""
    return replace(firm, started_on=first - 9 * _DAY) if NEWCOMER in firm.facts else firm


def placed(frame: Frame, stream: Stream, first: date) -> Frame:
    """Change the frame where a fact of the firm asks for it."""
    if NEWCOMER in frame.firm.facts:
        frame = _fresh(frame, first)
    if frame.firm.facts & _BESIDE:
        frame = _with_another(frame, stream)
    return frame


def _fresh(frame: Frame, first: date) -> Frame:
    """Accounts and registration are as old as the business, and nothing stands on them."""
    accounts = tuple(one._replace(opened_on=first, opening_paise=0) for one in frame.accounts)
    registration = frame.registration
    if registration is not None:
        registration = replace(registration, registered_on=first)
    return replace(frame, accounts=accounts, registration=registration, first=first)


def _with_another(frame: Frame, stream: Stream) -> Frame:
    """Open one more current account of the entity at another bank."""
    till = frame.accounts[0]
    bank = next(name for name in (BANK_BESIDE, "BAHI-FIP-3") if name != till.bank)
    opened = account(stream, MAIN_PARTY, AccountKind.CURRENT, (bank, till.branch), till.opened_on)
    opened = opened._replace(opening_paise=frame.firm.turnover_paise // 36)
    aside = opened.id if "HIDDEN_ACCOUNT" in frame.firm.facts else ""
    return replace(frame, accounts=(*frame.accounts, opened), untold=frozenset({opened.id}), aside=aside)
