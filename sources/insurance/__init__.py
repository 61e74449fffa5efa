"""Insurance as insurers tell it: one envelope per delivery, then one line per policy and one per movement on a policy.

Three families of lines: life_insurance and general_insurance 1.0.0, and the older insurance_policies with spellings of
its own (QUARTELY, INSURANCE_RENEWWAL, exlcusions), which knows no status. A renewed general cover is a policy of its own
each year, told as long as its days touch the days asked for; its state is that of the day of the answer.
Names are read in any case and with any separator. The lists of the newer families are open: an unknown plan, kind of cover
or status is null with a finding, an unknown kind of movement is OTHERS.
Life and health stand on the person, cover of stock, building and vehicles on the entity.
"""

from __future__ import annotations

from kit.source import Channel, Declaration

DECLARATION = Declaration(
    name="insurance",
    title="Insurance",
    standard="ReBIT life_insurance and general_insurance 1.0.0",
    channels=(Channel.AA, Channel.DIRECT_UPLOAD),
    fi_types=("INSURANCE_POLICIES", "LIFE_INSURANCE", "GENERAL_INSURANCE"),
    record_types=("envelope", "policy", "transaction"),
    party_kinds=("entity", "proprietor", "partner", "director", "guarantor"),
)
