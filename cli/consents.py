"""consent grant, lint, revoke, certificate, pause, resume, show and list."""

from __future__ import annotations

import argparse
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sources
from cli.asking import (
    DEFAULT_PURPOSE,
    Parser,
    add_customer,
    add_json,
    customer_of,
    day_of,
    described,
    house,
    parser,
)
from cli.output import remark, say, say_json, say_table
from consent.artefact import Event, FetchType, State
from consent.document import as_document
from consent.grants import Consent
from consent.terms import GrantOrder, Party
from kit.errors import NotFound
from kit.period import isoformat_utc, ist_day
from kit.source import Channel
from pipeline.wiring import House

ACTS = ("grant", "lint", "revoke", "certificate", "pause", "resume", "show", "list")
# Without a consent id an act is for those consents it can change; a revoked one may be revoked again.
CHANGEABLE: Mapping[str, Collection[State]] = {
    "revoke": (State.ACTIVE, State.PAUSED, State.REVOKED),
    "pause": (State.ACTIVE,),
    "resume": (State.PAUSED,),
    "show": tuple(State),
}
GRANTED = "granted, one for each party and channel"
ABOUT = {
    "grant": "ask for consents, one for each party and channel; the sandbox approves and signs them",
    "lint": "hold what would be asked for against the fair-use rows; grants nothing",
    "revoke": "withdraw consents: refused at once, data removed",
    "certificate": "print, save or check the signed proof of a removal",
    "pause": "stop use for a while",
    "resume": "allow use again",
    "show": "print one consent with every field",
    "list": "list the consents of a customer",
}
EXAMPLES: Mapping[str, Sequence[str]] = {
    "grant": (
        "bahi consent grant --customer-id MSME001",
        "bahi consent grant --customer-id MSME001 --sources bank,gst",
        "bahi consent grant --customer-id MSME002 --party ENTITY,DIRECTOR-1",
        "bahi consent grant --customer-id MSME001 --purpose 104 --from 2025-10-01 --to 2026-09-30",
    ),
    "lint": (
        "bahi consent lint --customer-id MSME001",
        "bahi consent lint --customer-id MSME001 --sources bank --template CT006 --from 2025-10-01 --to 2026-09-30",
        "bahi consent lint --customer-id MSME001 --purpose 104 --frequency 5/MONTH --data-life 31DAY --json",
        "bahi consent lint --customer-id MSME001 --purpose 101 --fi-types DEPOSIT,MUTUAL_FUNDS --from 2010-04-01",
    ),
    "revoke": (
        "bahi consent revoke --customer-id MSME001",
        "bahi consent revoke --customer-id MSME001 --consent-id C",
    ),
    "certificate": (
        "bahi consent certificate --customer-id MSME001",
        "bahi consent certificate --customer-id MSME001 --consent-id C --to certificate.json",
        "bahi consent certificate --verify certificate.json --keys keys.json",
    ),
    "pause": ("bahi consent pause --customer-id MSME001 --consent-id C",),
    "resume": ("bahi consent resume --customer-id MSME001 --consent-id C",),
    "show": ("bahi consent show --customer-id MSME001 --consent-id C",),
    "list": ("bahi consent list --customer-id MSME001", "bahi consent list --customer-id MSME001 --json"),
}


def parser_of(name: str) -> Parser:
    """Make the parser of the consent command."""
    made = parser(name, "Grant, change or look at consents.", [EXAMPLES[act][0] for act in ACTS])
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Parser)
    for act in ACTS:
        about = ABOUT[act].capitalize() + "."
        below = acts.add_parser(act, help=ABOUT[act], **described(about, EXAMPLES[act]))
        add_customer(below, required=act != "certificate", any_purpose=act in ("list", "certificate"))
        add_json(below)
        _add_options(below, act)
    return made


def _add_options(to: argparse.ArgumentParser, act: str) -> None:
    if act in ("grant", "lint"):
        _add_request(to)
    elif act != "list":
        to.add_argument("--consent-id", metavar="C", help="one consent (default: every one of that purpose)")
    if act == "lint":
        _add_terms(to)
    if act == "certificate":
        from cli.certificates import add_options

        add_options(to)


def _add_request(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--sources", metavar="A,B", help="source names, with commas (default: all that --channel carries)"
    )
    to.add_argument(
        "--party",
        default="ENTITY",
        metavar="P,Q",
        help="whose data, with commas: ENTITY, the business (default), or people like PARTNER-1",
    )
    to.add_argument(
        "--channel", choices=[str(channel) for channel in Channel], help="default: the source's own"
    )
    to.add_argument("--from", dest="first", metavar="D", help="first day of data, like 2025-10-01")
    to.add_argument("--to", dest="last", metavar="D", help="last day of data")


def _add_terms(to: argparse.ArgumentParser) -> None:
    """What is left out is asked for as grant would."""
    to.add_argument(
        "--template", metavar="T", help="fair-use template, like CT006 (default: the rows of any)"
    )
    to.add_argument("--fetch-type", choices=[str(kind) for kind in FetchType], help="once or repeatedly")
    to.add_argument("--fi-types", metavar="A,B", help="ReBIT FI types (default: those of the sources)")
    to.add_argument("--consent-types", metavar="A,B", help="some of PROFILE,SUMMARY,TRANSACTIONS")
    to.add_argument("--data-life", metavar="N", help="how long the data may be kept, like 31DAY or INF")
    to.add_argument("--frequency", metavar="N", help="fetches in a calendar unit, like 5/MONTH or INF")
    to.add_argument("--expiry", metavar="N", help="how long the consent stands from today, like 1YEAR")


def carry_out(asked: argparse.Namespace) -> int:
    """Do the act that was asked for."""
    if asked.act == "certificate":
        from cli.certificates import certificate

        return certificate(asked)
    opened = house(customer_of(asked))
    if asked.act == "lint":
        from cli.lint import linted

        return linted(opened, asked, _order(asked))
    if asked.act == "grant":
        _say_consents(opened, asked, opened.consents.grant(_order(asked)), GRANTED)
        remark(f"  next: bahi run --customer-id {asked.customer_id} --purpose {asked.purpose}")
    elif asked.act in ("show", "list"):
        _show(opened, asked)
    elif asked.act == "revoke":
        _revoke(opened, asked)
    else:
        event = Event.PAUSE if asked.act == "pause" else Event.RESUME
        chosen = [opened.consents.apply(consent_id, event) for consent_id in _chosen(opened, asked)]
        _say_consents(opened, asked, chosen, f"{asked.act}d")
    return 0


def _order(asked: argparse.Namespace) -> GrantOrder:
    names = None if asked.sources is None else _words(asked.sources)
    for name in names or ():
        sources.source(name)
    return GrantOrder(
        customer=customer_of(asked),
        purpose=asked.purpose,
        sources=names,
        parties=tuple(map(_party, _words(asked.party) or (asked.party,))),
        channel=None if asked.channel is None else Channel(asked.channel),
        first=day_of(asked.first),
        last=day_of(asked.last),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _party(name: str) -> Party:
    """PARTNER-1 is asked only for what partners have; a name that tells no kind is asked for everything."""
    kind = re.sub("-[0-9]+$", "", name).lower()
    kinds = {kind for source in sources.declarations().values() for kind in source.party_kinds}
    return Party(name, kind if kind in kinds else None)


def _listed(opened: House, asked: argparse.Namespace) -> list[Consent]:
    every = opened.consents.listing(customer_of(asked))
    if asked.purpose is None:
        return list(every)
    return [consent for consent in every if consent.artefact.purpose == asked.purpose]


def _chosen(opened: House, asked: argparse.Namespace) -> list[str]:
    """A consent named by its id is taken whatever its state, so that the refusal says which state it is in."""
    mine = _listed(opened, asked)
    now = opened.clock.now()
    if asked.consent_id is None:
        chosen = [consent.id for consent in mine if consent.standing(now) in CHANGEABLE[asked.act]]
    else:
        chosen = [consent.id for consent in mine if consent.id == asked.consent_id]
    if not chosen:
        raise NotFound(
            "CONSENT_NOT_FOUND",
            f"This customer has no consent for purpose {asked.purpose} that this could be done to.",
            hint=f"Run: bahi consent list --customer-id {customer_of(asked)}",
        )
    return chosen


def _show(opened: House, asked: argparse.Namespace) -> None:
    opened.audit.look(f"consent.{asked.act}", customer_of(asked))
    found = _listed(opened, asked)
    if asked.act == "show":
        wanted = set(_chosen(opened, asked))
        found = [consent for consent in found if consent.id in wanted]
    if asked.act == "show" and not asked.json:
        say_json([consent_document(consent, opened.clock.now()) for consent in found])
    else:
        _say_consents(opened, asked, found, "listed")


def _say_consents(opened: House, asked: argparse.Namespace, found: Sequence[Consent], done: str) -> None:
    if asked.json:
        documents = [consent_document(consent, opened.clock.now()) for consent in found]
        say_json({"customer_id": str(asked.customer_id), "consents": documents})
        return
    if not found:
        say("no consents")
        grant = f"bahi consent grant --customer-id {asked.customer_id}"
        remark(f"  next: {grant} --purpose {asked.purpose or DEFAULT_PURPOSE}")
        return
    rows = [_row(consent, opened.clock.now()) for consent in found]
    say_table(("consent", "state", "purpose", "party", "channel", "sources", "from", "to", "expires"), rows)
    remark(f"{len(found)} {done}")


def consent_document(consent: Consent, now: datetime) -> dict[str, object]:
    """Write a consent with every field, where it stands and how it was used."""
    uses = [{"source": use.source, "used_at": isoformat_utc(use.at)} for use in consent.uses]
    standing = {"consent_id": consent.id, "state": consent.standing(now), "uses": uses}
    return standing | {"purpose": consent.artefact.purpose} | as_document(consent.artefact)


def _row(consent: Consent, now: datetime) -> tuple[str, ...]:
    artefact = consent.artefact
    days = artefact.detail.range.days()
    return (
        consent.id,
        consent.standing(now),
        str(artefact.purpose),
        artefact.party,
        artefact.channel,
        ",".join(artefact.sources()),
        days.first.isoformat(),
        days.last.isoformat(),
        ist_day(artefact.detail.expiry).isoformat(),
    )


def _revoke(opened: House, asked: argparse.Namespace) -> None:
    """A consent already withdrawn stays so; asking twice is not an error."""
    chosen = _chosen(opened, asked)
    outcomes = [opened.erasure.revoke(consent_id) for consent_id in chosen]
    if asked.json:
        say_json({"customer_id": str(asked.customer_id), "revoked": [one._asdict() for one in outcomes]})
        return
    for consent_id, outcome in zip(chosen, outcomes, strict=True):
        say(f"{consent_id} revoked; what was held under it is removed")
        remark(f"  certificate {outcome.erasure_id}, to save it: {_save_command(asked, consent_id)}")
    _say_what_is_left(opened, asked)


def _save_command(asked: argparse.Namespace, consent_id: str) -> str:
    command = f"bahi consent certificate --customer-id {asked.customer_id} --consent-id {consent_id}"
    return f"{command} --to certificate-{consent_id}.json"


def _say_what_is_left(opened: House, asked: argparse.Namespace) -> None:
    """Results may rest on every consent of their purpose, so they went; whoever still consents has them again."""
    now = opened.clock.now()
    if any(consent.standing(now) is State.ACTIVE for consent in _listed(opened, asked)):
        remark("results of this purpose are removed, they may rest on it; the rest is computed again")
        remark(f"  next: bahi run --customer-id {asked.customer_id} --purpose {asked.purpose}")
