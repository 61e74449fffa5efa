"""The words of the three families of insurance lines, and those this project keeps; most lists of the standard are open."""

from __future__ import annotations

LIFE, GENERAL, OLD = "life_insurance", "general_insurance", "insurance_policies"
FORMS = (LIFE, GENERAL, OLD)

STATUSES = (
    "ACTIVE",
    "GRACE",
    "LAPSED",
    "PAID_UP",
    "MATURED",
    "SURRENDERED",
    "EXPIRED",
    "CLAIMED",
    "CANCELLED",
)
STATUS_WORDS = {
    "IN_FORCE": "ACTIVE",
    "INFORCE": "ACTIVE",
    "IN_GRACE": "GRACE",
    "GRACE_PERIOD": "GRACE",
    "REDUCED_PAID_UP": "PAID_UP",
    "PAIDUP": "PAID_UP",
    "FULLY_PAID_UP": "PAID_UP",
    "SURRENDER": "SURRENDERED",
    "LAPSE": "LAPSED",
    # The numbers the largest insurer gives; those of which a policy may or may not be in force are left unknown.
    "11": "CANCELLED",
    "12": "CANCELLED",
    "21": "ACTIVE",
    "31": "PAID_UP",
    "32": "PAID_UP",
    "41": "LAPSED",
    "42": "LAPSED",
    "43": "SURRENDERED",
}

FREQUENCIES = ("MONTHLY", "QUARTERLY", "HALF_YEARLY", "YEARLY", "ONE_TIME")
FREQUENCY_WORDS = {
    "QUARTELY": "QUARTERLY",
    "ANNUALLY": "YEARLY",
    "ANNUAL": "YEARLY",
    "HALF_YEARY": "HALF_YEARLY",
    "SINGLE": "ONE_TIME",
}
# What a family calls a frequency by another word than ours is its right spelling, no mistake.
SPELLED_FREQUENCY = {LIFE: {}, GENERAL: {"YEARLY": "ANNUALLY"}, OLD: {"QUARTERLY": "QUARTELY"}}

PLANS = (
    "TERM",
    "ENDOWMENT",
    "MONEYBACK",
    "PENSION_PLAN",
    "WHOLE_LIFE",
    "CHILDREN_PLAN",
    "LOAN_COVER_TERM",
    "COMPREHENSIVE",
    "THIRD_PARTY",
    "FIXED_BENEFIT",
    "INDEMNITY",
    "OTHERS",
)
PLAN_WORDS = {"MONEY_BACK": "MONEYBACK", "OTHER": "OTHERS", "CREDIT_LIFE": "LOAN_COVER_TERM"}

COVER_TYPES = (
    "LIFE",
    "HEALTH",
    "FIRE",
    "SHOPKEEPER",
    "MOTOR",
    "TERM_ROP",
    "CRITICAL_ILLNESS",
    "SELF",
    "FAMILY",
    "BUILDING",
    "CONTENTS",
    "OTHERS",
)
COVER_TYPE_WORDS = {"OTHER": "OTHERS", "VEHICLE": "MOTOR", "PROPERTY": "FIRE"}

MOVEMENTS = (
    "PREMIUM_PAYMENT",
    "RENEWAL",
    "BONUS",
    "MONEY_BACK",
    "LATE_FEES",
    "FINAL_SETTLEMENT",
    "CLAIM",
    "PLAN_CHANGE",
    "OTHERS",
)
MOVEMENT_WORDS = {
    "INSURANCE_RENEWAL": "RENEWAL",
    "INSURANCE_RENEWWAL": "RENEWAL",
    "PREMIUM": "PREMIUM_PAYMENT",
    "OTHER": "OTHERS",
}
SPELLED_MOVEMENT = {
    LIFE: {},
    GENERAL: {"RENEWAL": "PREMIUM_PAYMENT"},
    OLD: {"RENEWAL": "INSURANCE_RENEWWAL"},
}
# Which way money moves, seen from the insured; a bonus or a change of plan moves none.
DIRECTIONS = {
    "PREMIUM_PAYMENT": "DEBIT",
    "RENEWAL": "DEBIT",
    "LATE_FEES": "DEBIT",
    "CLAIM": "CREDIT",
    "MONEY_BACK": "CREDIT",
    "FINAL_SETTLEMENT": "CREDIT",
}
