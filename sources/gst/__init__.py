"""GST as GSTN's own forms tell it: an envelope, then per return a header and one line per document or section row.

The full forms (GSTR-1 and IFF, 3B, 2B, CMP-08, GSTR-4) are uploaded by the business; the account aggregator carries
GSTR1_3B 1.1.0 alone, whose GSTR-1 knows invoices to registered buyers and nothing else, without their rates.
Dates are dd-mm-yyyy and amounts JSON numbers in rupees; any other form is read with a finding. A head that does not
apply is left out of an item: supplies inside a state have no iamt. A line is known by its return and its document, or by
its return, section and row. Amended documents and advances are read in their own sections. What has no field of its own in a
record and is not nothing is kept aside by its path; a name no form knows is told as well. A word outside a closed list becomes
nothing with a finding; an unknown form or section is held back. What does not add up is told and never repaired: a document's
value (to a rupee), its tax and rate, net credit, tax paid, the order of credits, 3B against GSTR-1, a composition year
against its quarters. What was not filed is missing, and the envelope's list of returns says so.

Not modelled: by section 9(5) an operator pays the tax on meals sold through it; here the restaurant tells and pays it itself.
"""

from __future__ import annotations

from kit.source import Channel, Declaration

DECLARATION = Declaration(
    name="gst",
    title="GST returns",
    standard="GSTN GST3.2.3, ReBIT GSTR1_3B 1.1.0",
    channels=(Channel.DIRECT_UPLOAD, Channel.AA),
    fi_types=("GSTR1_3B",),
    record_types=("profile", "filing", "outward", "inward", "return3b", "composition"),
    party_kinds=("entity", "proprietor"),
)
