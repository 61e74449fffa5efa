"""What a refusal says: one sentence for the reason, and the exact command that remedies it."""

from __future__ import annotations

from consent._guard import Reason, Refusal, Wanted
from kit.errors import ConsentRequired

_SENTENCES = {
    Reason.CONSENT_REQUIRED: "There is no approved consent for this customer and party.",
    Reason.PURPOSE_MISMATCH: "No consent was given for this purpose.",
    Reason.FI_TYPE_OUT_OF_SCOPE: "No consent of this purpose covers the source and record types asked for.",
    Reason.CONSENT_REVOKED: "The consent was revoked.",
    Reason.CONSENT_EXPIRED: "The consent has expired.",
    Reason.CONSENT_PAUSED: "The consent is paused.",
    Reason.DATA_LIFE_OVER: "The time for which the data may be kept and worked on is over.",
    Reason.RANGE_OUT_OF_SCOPE: "The days asked for reach outside the consent.",
    Reason.FILTER_OUT_OF_SCOPE: "The consent opens only some lines, and more were asked for.",
    Reason.CONSENT_OVERUSED: "The consent allows no further fetch in this period.",
}


def refused(refusal: Refusal, wanted: Wanted) -> ConsentRequired:
    """Word a refusal; its code is the reason and nothing else."""
    place = f"purpose {wanted.purpose}" if refusal.consent_id is None else f"consent {refusal.consent_id}"
    return ConsentRequired(
        refusal.reason, _SENTENCES[refusal.reason], hint=f"Run: {_command(refusal, wanted)}", place=place
    )


def _command(refusal: Refusal, wanted: Wanted) -> str:
    whose = f"--customer-id {wanted.customer}"
    if refusal.reason is Reason.CONSENT_PAUSED:
        return f"bahi consent resume {whose} --purpose {wanted.purpose} --consent-id {refusal.consent_id}"
    grant = f"bahi consent grant {whose} --purpose {wanted.purpose}"
    if wanted.sources:
        grant += f" --sources {','.join(wanted.sources)}"
    if wanted.range:
        grant += f" --from {wanted.range.first} --to {wanted.range.last}"
    parties = wanted.parties or ("",)
    return " && ".join(f"{grant} --party {party}" if party else grant for party in parties)
