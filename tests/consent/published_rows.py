"""The sixteen rows as Sahamati published them on 19 January 2026: 0 of a unit means that unit may not be used."""

from __future__ import annotations

from typing import NamedTuple


class Published(NamedTuple):
    rule: str
    purpose: int
    template: str
    fetch_type: str
    fi_types: str
    data_life: str
    frequency: str
    expiry: str
    range: str
    consent_types: str


PUBLISHED = (
    Published(
        "101-default",
        101,
        "",
        "PERIODIC",
        "DEPOSIT TERM_DEPOSIT RECURRING_DEPOSIT INSURANCE_POLICIES "
        "NPS GSTR1_3B LIFE_INSURANCE GENERAL_INSURANCE OTHER",
        "31 DAY, 1 MONTH, 0 YEAR",
        "0 HOUR, 1 DAY, 31 MONTH, 0 YEAR",
        "1 YEAR",
        "13 MONTH",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "101-default-market",
        101,
        "",
        "PERIODIC",
        "SIP EQUITIES MUTUAL_FUNDS ETF IDR CIS AIF INVIT REIT",
        "31 DAY, 1 MONTH, 0 YEAR",
        "0 HOUR, 1 DAY, 31 MONTH, 0 YEAR",
        "1 YEAR",
        "20 YEAR",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "102-default",
        102,
        "",
        "PERIODIC",
        "DEPOSIT TERM_DEPOSIT RECURRING_DEPOSIT INSURANCE_POLICIES "
        "NPS GSTR1_3B LIFE_INSURANCE GENERAL_INSURANCE OTHER",
        "31 DAY, 1 MONTH, 0 YEAR",
        "0 HOUR, 1 DAY, 45 MONTH, 0 YEAR",
        "1 YEAR",
        "13 MONTH",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "102-default-market",
        102,
        "",
        "PERIODIC",
        "SIP EQUITIES MUTUAL_FUNDS ETF IDR CIS AIF INVIT REIT",
        "31 DAY, 1 MONTH, 0 YEAR",
        "0 HOUR, 1 DAY, 45 MONTH, 0 YEAR",
        "1 YEAR",
        "10 YEAR",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "102-CT019",
        102,
        "CT019",
        "PERIODIC",
        "DEPOSIT TERM_DEPOSIT RECURRING_DEPOSIT INSURANCE_POLICIES "
        "NPS GSTR1_3B LIFE_INSURANCE GENERAL_INSURANCE OTHER",
        "7 DAY, 0 MONTH, 0 YEAR",
        "0 HOUR, 1 DAY, 45 MONTH, 0 YEAR",
        "1 YEAR",
        "13 MONTH",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "102-CT019-market",
        102,
        "CT019",
        "PERIODIC",
        "SIP EQUITIES BONDS DEBENTURES MUTUAL_FUNDS ETF IDR CIS AIF INVIT REIT",
        "7 DAY, 0 MONTH, 0 YEAR",
        "0 HOUR, 1 DAY, 45 MONTH, 0 YEAR",
        "1 YEAR",
        "10 YEAR",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "103-default",
        103,
        "",
        "ONETIME",
        "DEPOSIT TERM_DEPOSIT RECURRING_DEPOSIT SIP EQUITIES MUTUAL_FUNDS ETF IDR "
        "CIS AIF INVIT REIT GSTR1_3B LIFE_INSURANCE GENERAL_INSURANCE NPS INSURANCE_POLICIES",
        "31 DAY, 1 MONTH, 0 YEAR",
        "0 HOUR, 0 DAY, 0 MONTH, 0 YEAR",
        "1 MONTH",
        "14 MONTH",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "103-CT006",
        103,
        "CT006",
        "ONETIME",
        "DEPOSIT TERM_DEPOSIT RECURRING_DEPOSIT MUTUAL_FUNDS GSTR1_3B",
        "45 DAY, 1 MONTH, 0 YEAR",
        "0 HOUR, 0 DAY, 0 MONTH, 0 YEAR",
        "45 DAY",
        "12 MONTH",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "104-default",
        104,
        "",
        "PERIODIC",
        "DEPOSIT TERM_DEPOSIT RECURRING_DEPOSIT SIP EQUITIES MUTUAL_FUNDS ETF IDR "
        "CIS AIF INVIT REIT LIFE_INSURANCE GENERAL_INSURANCE NPS GSTR1_3B INSURANCE_POLICIES",
        "31 DAY, 1 MONTH, 0 YEAR",
        "0 HOUR, 0 DAY, 5 MONTH, 0 YEAR",
        "5 YEAR",
        "6 MONTH",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "104-CT035",
        104,
        "CT035",
        "PERIODIC",
        "DEPOSIT",
        "31 DAY, 1 MONTH, 0 YEAR",
        "0 HOUR, 1 DAY, 31 MONTH, 0 YEAR",
        "8 YEAR",
        "1 DAY",
        "SUMMARY",
    ),
    Published(
        "104-CT042",
        104,
        "CT042",
        "PERIODIC",
        "DEPOSIT GSTR1_3B",
        "90 DAY, 3 MONTH, 0 YEAR",
        "0 HOUR, 0 DAY, 1 MONTH, 0 YEAR",
        "1 YEAR",
        "6 MONTH",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "104-CT043",
        104,
        "CT043",
        "PERIODIC",
        "SIP EQUITIES DEBENTURES MUTUAL_FUNDS ETF IDR CIS AIF INVIT REIT",
        "7 DAY, 0 MONTH, 0 YEAR",
        "0 HOUR, 0 DAY, 25 MONTH, 0 YEAR",
        "1 YEAR",
        "6 MONTH",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "104-CT046",
        104,
        "CT046",
        "PERIODIC",
        "DEPOSIT",
        "1 DAY, 0 MONTH, 0 YEAR",
        "0 HOUR, 0 DAY, 3 MONTH, 0 YEAR",
        "18 MONTH",
        "1 MONTH",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "105-default",
        105,
        "",
        "ONETIME",
        "DEPOSIT GSTR1_3B INSURANCE_POLICIES LIFE_INSURANCE GENERAL_INSURANCE",
        "1 DAY, 0 MONTH, 0 YEAR",
        "0 HOUR, 0 DAY, 0 MONTH, 0 YEAR",
        "1 DAY",
        "1 DAY",
        "PROFILE SUMMARY",
    ),
    Published(
        "105-CT010",
        105,
        "CT010",
        "ONETIME",
        "DEPOSIT TERM_DEPOSIT RECURRING_DEPOSIT SIP EQUITIES BONDS DEBENTURES "
        "MUTUAL_FUNDS ETF IDR CIS AIF INVIT REIT GSTR1_3B",
        "7 DAY, 0 MONTH, 0 YEAR",
        "0 HOUR, 0 DAY, 0 MONTH, 0 YEAR",
        "1 MONTH",
        "6 MONTH",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
    Published(
        "105-CT045",
        105,
        "CT045",
        "ONETIME",
        "GSTR1_3B INSURANCE_POLICIES LIFE_INSURANCE GENERAL_INSURANCE MUTUAL_FUNDS DEPOSIT",
        "1 DAY, 0 MONTH, 0 YEAR",
        "0 HOUR, 0 DAY, 0 MONTH, 0 YEAR",
        "1 DAY",
        "12 MONTH",
        "PROFILE SUMMARY TRANSACTIONS",
    ),
)
