"""From GST lines to clean records: each is read or held back with its reason, and what is left out of an item is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from kit.errors import RecordError
from kit.ident import gstin_grade
from kit.plain import Parsed, parsed_or_held
from kit.source import Document, Item, Outcome, Tables
from sources.gst._checks import checked_halves
from sources.gst._inward import inward
from sources.gst._inward import known_by as bought_known_by
from sources.gst._outward import known_by as lines_known_by
from sources.gst._outward import outward
from sources.gst._reading import Reader, Told
from sources.gst._reconciled import reconciled
from sources.gst._return3b import return3b
from sources.gst.records import FORMS, SECTIONS

_PERIODS = ("fp", "ret_period", "ret_prd", "rtnprd")
_FRAME = frozenset(
    ("kind", "form", "gstin", "dof", "gendt", "section", "filingFrequency", "status", "num", *_PERIODS)
)
# Every name the forms know in lines of a kind, at whatever depth.
_KNOWN: Mapping[str, frozenset[str]] = {
    kind: frozenset((*_FRAME, *names.split()))
    for kind, names in {
        "envelope": """ver lgnm tradeNam ctb dty sts rgdt from to sentAt filing rtntype arn fiType type version linkedAccRef
            maskedGstinNumber Profile BusinessDetails trdnm apprvdt iscmp CategoryList cat PlaceofBusiness Address bno flno
            bnm st loc stcd dst pncd NatureOfBusinessList ntr Transactions strdt endt""",
        "filing": "arn frq version hash itcsumm itcavl itcunavl itcrev nonrevsup chksum gt cur_gt igst cgst sgst cess",
        "outward": """txval rt iamt camt samt csamt igst cgst sgst cess ctin inv nt itms itm_det itm num inum idt val pos rchrg
            inv_typ typ etin sply_ty exp_typ diff_percent oinum oidt ont_num ont_dt omon ntty nt_num nt_dt sbpcode sbnum
            sbdt irn irngendate srctyp opd expt_amt nil_amt ngsup_amt hsn_sc desc uqc qty ad_amt doc_num doc_typ docs to
            totnum cancel net_issue table suppval chksum flag from""",
        "inward": """txval rt iamt camt samt csamt igst cgst sgst cess ctin trdnm supfildt supprd inv nt items itms itm_det num
            inum typ dt val pos rev itcavl itcelg itc_elg rsn diffprcnt srctyp irn irngendate ntnum nt_num nt_dt ntty
            suptyp oinum oidt ont_num ont_dt idt rchrg inv_typ diff_percent chksum cfs cfs3b dtcancel fldtr1 flprdr1 aspd
            atyp p_gst cflag updby d_flag doclist docnum docdt doctyp isd_docty refdt portcd benum bedt amd sgstin tdname""",
        "return3b": """txval iamt camt samt csamt sup_details osup_det osup_zero osup_nil_exmp isup_rev osup_nongst eco_dtls
            eco_sup eco_reg_sup inter_sup sup_inter unreg_details comp_details uin_details unreg_details_list
            comp_details_list uin_details_list pos itc_elg itc_avl itc_rev itc_net itc_inelg itc_avl_list itc_rev_list
            itc_inelg_list ty type inward_sup isup_details isup_details_list inter intra intr_ltfee intr_details
            ltfee_details tx_pmt tx_py tx_py_list trans_typ trans_desc liab_ldg_id igst cgst sgst cess tx intr fee pdcash
            pdcash_dtls pdcash_list pditc ipd cpd spd cspd i_intrpd c_intrpd s_intrpd cs_intrpd c_lfeepd s_lfeepd i_pdi
            i_pdc i_pds c_pdi c_pdc s_pdi s_pds cs_pdcs""",
        "composition": "outward_supp inward_supp intr txval iamt camt samt csamt fee",
    }.items()
}
Read = tuple[list[object], Told]


def clean(items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
    """Give every item exactly one outcome, in an order decided by content."""
    return reconciled(parsed_or_held(items, tables, _parse, _readable))


def _parse(item: Item, body: Document) -> Parsed:
    kind = body.get("kind")
    parse = _PARSERS.get(kind) if isinstance(kind, str) else None
    if parse is None:
        raise RecordError("KIND_UNKNOWN", "a line is neither an envelope nor a part of a return")
    reader = Reader(item, body, _KNOWN[str(kind)])
    known_by, told = parse(reader)
    return Parsed(known_by, told | {"extra": reader.rest(_FRAME)}, None, reader.findings)


def _readable(body: Document) -> None:
    """A return tells of supplies and tax; money moves at the bank."""


def _envelope(reader: Reader) -> Read:
    business = "Profile.BusinessDetails." if isinstance(reader.at("Profile"), dict) else ""
    gstin = reader.gstin("gstin")
    first, last = _covered(reader, is_carried=bool(business))
    told: Told = {
        "kind": "profile",
        "on": last,
        "gstin": gstin,
        "masked_gstin": reader.words("maskedGstinNumber"),
        "gstin_grade": gstin_grade(gstin),
        "legal_name": reader.words(f"{business}lgnm"),
        "trade_name": reader.words("Profile.BusinessDetails.trdnm" if business else "tradeNam"),
        "constitution": reader.words("ctb"),
        "taxpayer_type": reader.words(f"{business}dty"),
        "status": reader.words(f"{business}sts"),
        "registered_on": reader.iso("Profile.BusinessDetails.apprvdt" if business else "rgdt"),
        "covered_from": first,
        "covered_to": last,
        "sent_at": _sent_at(reader),
        "schedule": [_told_of(reader, row) for row in reader.rows("filing")],
    }
    return [told["gstin"], told["masked_gstin"], told["covered_from"], told["covered_to"]], told


def _covered(reader: Reader, is_carried: bool) -> tuple[str | None, str | None]:
    first, last = ("Transactions.strdt", "Transactions.endt") if is_carried else ("from", "to")
    return reader.iso(first), reader.iso(last)


def _told_of(reader: Reader, at: str) -> Told:
    """That a return was not filed is said by its having no day."""
    reader.at(f"{at}.status")
    form = reader.name(f"{at}.rtntype", "FORM_MISSING")
    return {"form": form, "period": reader.period(f"{at}.ret_prd"), "filed_on": reader.iso(f"{at}.dof")}


def _sent_at(reader: Reader) -> str | None:
    moment = reader.moment("sentAt")
    return None if moment is None else moment.isoformat()


def _return_of(reader: Reader, kind: str) -> Told:
    form = reader.word("form", FORMS)
    if form is None:
        raise RecordError("FORM_UNKNOWN", "a line names no return that is known")
    if kind != "filing":  # The record of its filing tells whose a return is; here a wrong one is only told.
        reader.gstin("gstin")
    return {"kind": kind, "form": form, "period": reader.period(*_PERIODS)}


def _filing(reader: Reader) -> Read:
    told = _return_of(reader, "filing") | {
        "on": reader.day("dof").isoformat(),
        "gstin": reader.gstin("gstin"),
        "status": reader.words("status"),
        "reference": reader.words("arn"),
        "frequency": reader.words("frq") or reader.words("filingFrequency"),
    }
    return [told["form"], told["period"], told["on"]], told


def _outward(reader: Reader) -> Read:
    section = reader.word("section", SECTIONS)
    if section is None:
        raise RecordError("SECTION_UNKNOWN", "a row names no section that is known")
    told = outward(reader, section, _return_of(reader, "outward"))
    return lines_known_by(told), told


def _inward(reader: Reader) -> Read:
    told = inward(reader, _return_of(reader, "inward"))
    return bought_known_by(told), told


def _return3b(reader: Reader) -> Read:
    told = return3b(reader, _return_of(reader, "return3b"))
    return [told["period"], told["on"]], told


def _composition(reader: Reader) -> Read:
    """A statement of a quarter and a return of a year tell the same of what was sold and bought."""
    told = _return_of(reader, "composition") | {
        "on": reader.day("dof").isoformat(),
        "turnover_paise": reader.paise("outward_supp.txval"),
        "tax": reader.heads("outward_supp."),
        "inward_paise": reader.maybe_paise("inward_supp.txval"),
        "inward_tax": reader.heads("inward_supp."),
        "interest_paise": reader.maybe_paise("intr"),
    }
    checked_halves(reader, told, "outward_supp.")
    return [told["form"], told["period"]], told


_PARSERS: Mapping[str, Callable[[Reader], Read]] = {
    "envelope": _envelope,
    "filing": _filing,
    "outward": _outward,
    "inward": _inward,
    "return3b": _return3b,
    "composition": _composition,
}
