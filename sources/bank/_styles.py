"""How five banks word their lines. The names in braces are filled in; a blank where none is needed stands as it is printed.

A handle is never followed by a hyphen or a dot, which would read as a part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Style(NamedTuple):
    """One bank's wording by kind of line; names are cut at letters, and padded to them where fields are of fixed width.

    A mandate goes back as short where money lacked, else as one of stopped; a cheque as the first of bad_cheque where its
    drawer was short, else as another. returned is what the bank calls its charge for a mandate that went back.
    """

    letters: int
    is_padded: bool
    modes: Mapping[str, str]
    short: str
    stopped: tuple[str, ...]
    bad_cheque: tuple[str, ...]
    returned: str
    upi: str
    upi_back: str
    neft_in: str
    neft_out: str
    neft_back: str
    imps_in: str
    imps_out: str
    nach: str
    nach_back: str
    return_charge: str
    cheque_in: str
    cheque_out: str
    cheque_back: str
    cheque_refused: str
    cash_in: str
    machine_in: str
    cash_out: str
    atm: str
    card: str
    terminal: str
    challan: str
    interest_in: str
    interest_out: str
    charge: str
    charge_tax: str
    sweep_out: str
    sweep_in: str


_HYPHENS = Style(
    letters=22,
    is_padded=False,
    modes={},
    short="FUNDS INSUFFICIENT",
    stopped=("PAYMENT STOPPED BY DRAWER", "NOT ARRANGED FOR", "MANDATE NOT ACTIVE"),
    bad_cheque=(
        "FUNDS INSUFFICIENT",
        "EXCEEDS ARRANGEMENT",
        "DRAWERS SIGNATURE DIFFERS",
        "PAYMENT STOPPED BY DRAWER",
        "REFER TO DRAWER",
    ),
    returned="ACH RTN CHRG",
    upi="UPI-{name}-{vpa} -{ifsc}-{ref}-{note}",
    upi_back="UPI-REV-{name}-{vpa} -{ifsc}-{ref}-REVERSAL",
    neft_in="{rail} CR-{ifsc}-{name}-{note}-{ref}",
    neft_out="{rail} DR-{ifsc}-{name}-NETBANK-{ref}-{note}",
    neft_back="{rail} CR-{ifsc}-{name}-RETURN {ref}-ACCOUNT DOES NOT EXIST",
    imps_in="IMPS-{ref}-{name}-{bank}-XXXXXXX{tail}-{note}",
    imps_out="IMPS-{ref}-{name}-{bank}-XXXXXXX{tail}-{note}",
    nach="ACH D- {name}-{mandate}",
    nach_back="ACH D- {name}-{mandate}-RTN {why}",
    return_charge="ACH RTN CHRG {day}-{mandate}-{why}",
    cheque_in="CHQ DEP - MICR CLG - {name} - {ref}",
    cheque_out="CHQ PAID-MICR CTS-{ref}-{name}",
    cheque_back="O/W RTN CHQ {ref}-{why}-{name}",
    cheque_refused="I/W CHQ RTN:{ref}:{why}",
    cash_in="CASH DEPOSIT BY - SELF - {branch}",
    machine_in="CASH DEP CDM-{terminal}-{branch}",
    cash_out="CASH WDL - SELF - {branch}",
    atm="ATW-{card}-{terminal}-{branch}",
    card="POS {card} {name}",
    terminal="POS SETTLEMENT-TID {terminal}-BATCH {batch}-{name}",
    challan="{what}-{challan}-{ref}",
    interest_in="CREDIT INTEREST CAPITALISED",
    interest_out="DEBIT INTEREST CAPITALISED {day}",
    charge="{what} {day}-{ref}",
    charge_tax="GST @18% ON {what} {day}-{ref}",
    sweep_out="FD THROUGH SWEEP-{mandate}",
    sweep_in="SWEEP IN FROM FD-{mandate}",
)
_TRANSFERS = Style(
    letters=16,
    is_padded=False,
    modes={},
    short="04 BALANCE INSUFFICIENT",
    stopped=("06 PAYMENT STOPPED BY DRAWER", "05 NOT ARRANGED FOR", "21 INACTIVE MANDATE"),
    bad_cheque=(
        "01 FUNDS INSUFFICIENT",
        "02 EXCEEDS ARRANGEMENT",
        "12 DRAWERS SIGNATURE DIFFERS",
        "20 PAYMENT STOPPED BY DRAWER",
    ),
    returned="ACH RETURN CHARGES",
    upi="{to} TRANSFER-UPI/{side}/{ref}/{name}/{bank}/{vpa}/{note}--",
    upi_back="BY TRANSFER-UPI/REV/{ref}/{name}/{bank}/{vpa}/REVERSAL--",
    neft_in="BY TRANSFER-{rail}*{ifsc}*{ref}*{name}--{note}",
    neft_out="TO TRANSFER-{rail}*{ifsc}*{ref}*{name}--{note}",
    neft_back="BY TRANSFER-{rail} RETURN*{ifsc}*{ref}*{name}--R03",
    imps_in="BY TRANSFER-INB IMPS{ref}/{name}/XXXXX{tail}/{note}--",
    imps_out="TO TRANSFER-INB IMPS{ref}/{name}/XXXXX{tail}/{note}--",
    nach="DEBIT-ACHDr {mandate} {name}--",
    nach_back="DEBIT-ACHDr {mandate} {name}--NACH RTN {why}",
    return_charge="DEBIT-ACH RETURN CHARGES {mandate} {why}--",
    cheque_in="CHEQUE DEPOSIT--CLG {ref} {name}",
    cheque_out="CHEQUE WDL-CHEQUE TRANSFER TO {ref} {name}--",
    cheque_back="CHEQUE RETURN--O/W RTN CHQ {ref} {why}",
    cheque_refused="CHEQUE RETURN--I/W CHQ RTN:{ref} {why}",
    cash_in="CASH DEPOSIT-CASH DEPOSIT SELF--{serial} AT {office} {branch}",
    machine_in="CASH DEPOSIT-CASH DEP CDM {terminal}--{serial} AT {office} {branch}",
    cash_out="CASH CHEQUE-CASH WITHDRAWAL SELF--{serial} AT {office} {branch}",
    atm="ATM WDL-ATM CASH {terminal} {branch}--",
    card="by debit card-POS{serial} {name}--",
    terminal="BY TRANSFER-POS SETTLEMENT {terminal} BATCH {batch} {name}--",
    challan="TO TRANSFER-INB {what} {challan}--",
    interest_in="INTEREST CREDIT--",
    interest_out="DEBIT INTEREST--{day}",
    charge="DEBIT-{what}--",
    charge_tax="DEBIT-GST ON {what}--",
    sweep_out="TO TRANSFER-TRF TO MOD {mandate}--",
    sweep_in="BY TRANSFER-SWEEP FROM MOD {mandate}--",
)
_SLASHES = Style(
    letters=20,
    is_padded=False,
    modes={"UPI": "OTHERS", "NACH": "AUTO_DEBIT"},
    short="FUNDS INSUFFICIENT",
    stopped=("PAYMENT STOPPED", "ACCOUNT DESCRIPTION DOES NOT TALLY", "INVALID UMRN OR INACTIVE MANDATE"),
    bad_cheque=(
        "FUNDS INSUFFICIENT",
        "EXCEEDS ARRANGEMENT",
        "DRAWER SIGN DIFFERS",
        "AMOUNT IN WORDS AND FIGURES DIFFER",
    ),
    returned="ACHDEBITRETURNCHARGES",
    upi="UPI/{kind}/{ref}/{name}/{note}/{bank}",
    upi_back="UPI/REV/{ref}/{name}/REVERSAL/{bank}",
    neft_in="{rail}-{ref}-{name}-{note}",
    neft_out="{rail}/{ref}/{name}/{note}",
    neft_back="{rail} RETURN-{ref}-{name}-BENEFICIARY ACCOUNT INVALID",
    imps_in="MMT/IMPS/{ref}/{note}/{name}/{bank}",
    imps_out="MMT/IMPS/{ref}/{note}/{name}/{bank}",
    nach="ACH/{name}/{mandate}",
    nach_back="ACH RTN/{name}/{mandate}/{why}",
    return_charge="ACHDEBITRETURNCHARGES/{mandate}/{day}/{why}",
    cheque_in="CLG/{name}/{ref}/{bank}",
    cheque_out="CLG/{ref}/{name}",
    cheque_back="REJECT:{ref}:{why}/{name}",
    cheque_refused="I/W CHQ RTN:{ref}:{why}",
    cash_in="BY CASH-{branch}",
    machine_in="CAM/{terminal}/CASH DEP/{day}/{serial}",
    cash_out="CASH PAID:SELF-{branch}",
    atm="NWD/{card}/{terminal}/{branch}",
    card="VPS/{name}/{serial}/{card}",
    terminal="POS/SETTLEMENT/{name}/{terminal}/{batch}",
    challan="BIL/ONL/{serial}/{what}/{challan}",
    interest_in="{account} INT.PD {day}",
    interest_out="{account} INT.COLL {day}",
    charge="{what}/{day}/{serial}",
    charge_tax="CGST-CI 9% SGST-CI 9% {what}/{serial}",
    sweep_out="TRF TO FD NO. {mandate}",
    sweep_in="REV SWEEP FROM FD {mandate}",
)
_FIXED = Style(
    letters=18,
    is_padded=True,
    modes={"INTEREST_CREDIT": "OTHERS"},
    short="04",
    stopped=("06", "05", "21"),
    bad_cheque=(
        "EXCEEDS ARRANGEMENT",
        "PAYMENT STOPPED BY DRAWER",
        "DRAWERS SIGNATURE DIFFERS",
        "38: AMOUNT / NAME DIFFER ON ADVICE",
    ),
    returned="ECS RTN CHG",
    upi="UPI {inout}/{ref}/{vpa}/{name}/{note}",
    upi_back="UPI IN/{ref}/{vpa}/{name}/RVSL",
    neft_in="{rail}/{ref}/{name}/{note}",
    neft_out="{rail}/{ref}/{name}/{note}",
    neft_back="{rail}/{ref}/{name}/RETURNED: NO SUCH ACCOUNT",
    imps_in="IMPS IN/{ref}/{name}/{note}",
    imps_out="IMPS OUT/{ref}/{name}/{note}",
    nach="ACHDR/{name}/{mandate}/STAN:{serial}",
    nach_back="ACHDR/{name}/{mandate}/NACH RTN: {why}",
    return_charge="ECS RTN CHG/{mandate}/{day}/RTN: {why}",
    cheque_in="CLG INW/{ref}/{name}/DEPOSIT",
    cheque_out="CLG OUT/{ref}/{name}/PAID",
    cheque_back="O/W RTN CHQ/{ref}/{name}/{why}",
    cheque_refused="I/W CHQ RTN/{ref}/{why}",
    cash_in="CASH DEP/{branch}/SELF",
    machine_in="CDM/{terminal}/{branch}/CASH",
    cash_out="CASH WDL/{branch}/SELF",
    atm="ATW/{card}/{branch} {terminal}",
    card="TO ECM/{serial}/{name} {branch}",
    terminal="POS/{terminal}/{batch}/{name} SETTLED",
    challan="TAX/{what}/{challan}/{serial}",
    interest_in="SB INT CR/{day}",
    interest_out="INT DR/{day}",
    charge="{what}/{day}",
    charge_tax="GST/{what}/{day}",
    sweep_out="SWEEP TO DEPOSIT/{mandate}",
    sweep_in="SWEEP FROM DEPOSIT/{mandate}",
)
_PLAIN = Style(
    letters=26,
    is_padded=False,
    modes={"UPI": "OTHERS", "IMPS": "OTHERS", "CARD": "OTHERS"},
    short="INSUFFICIENT BALANCE",
    stopped=("PAYMENT STOPPED BY DRAWER", "EXCEEDS ARRANGEMENT", "MANDATE SUSPENDED"),
    bad_cheque=(
        "INSUFFICIENT FUNDS",
        "PAYMENT STOPPED BY DRAWER",
        "SIGNATURE DIFFERS",
        "INSTRUMENT OUT OF DATE",
    ),
    returned="NACH RTN CHGS",
    upi="UPI/{ref}/{side}/{name}/{bank}/{vpa}/{note}",
    upi_back="UPI/{ref}/RVSL/{name}/{bank}/{vpa}/FAILED",
    neft_in="{rail} {ref} {name} {note}",
    neft_out="{rail} {ref} {name} {note}",
    neft_back="{rail} RTN {ref} {name} INCORRECT ACCOUNT NUMBER",
    imps_in="IMPS/{ref}/CR/{name}/{bank}/{note}",
    imps_out="IMPS/{ref}/DR/{name}/{bank}/{note}",
    nach="NACH DR {mandate} {name}",
    nach_back="NACH RTN {mandate} {name} {why}",
    return_charge="CHRGS FOR NACH RTN {mandate} {why}",
    cheque_in="CHQ DEP {ref} CLG  {name}",
    cheque_out="CHQ PAID {ref}  {name}",
    cheque_back="CHQ DEP RTN {ref} {why}",
    cheque_refused="I/W CHQ RTN {ref} {why}",
    cash_in="BY CASH DEPOSIT {branch}",
    machine_in="CASH DEP MACHINE {terminal} {branch}",
    cash_out="TO CASH SELF {branch}",
    atm="ATM WDL {serial} {branch}",
    card="PCD/{card}/{name}",
    terminal="POS STLMT {name} {terminal} BATCH {batch}",
    challan="E-TAX {what} {challan}",
    interest_in="Int.Pd:{day}",
    interest_out="Int.Coll:{day}",
    charge="{what} For {day}",
    charge_tax="GST on {what} {day}",
    sweep_out="Auto sweep to TD {mandate}",
    sweep_in="Sweep in from TD {mandate}",
)
STYLES: Mapping[str, Style] = {
    "BAHI-FIP": _PLAIN,
    "BAHI-FIP-2": _HYPHENS,
    "BAHI-FIP-3": _TRANSFERS,
    "BAHI-FIP-4": _SLASHES,
    "BAHI-FIP-5": _FIXED,
}


def style_of(bank: str) -> Style:
    """Give the wording of a bank; one without its own words things plainly."""
    return STYLES.get(bank, _PLAIN)
