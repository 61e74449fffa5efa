"""Every code a kind of route can refuse with, by status, as OpenAPI declares it to the typed client."""

from __future__ import annotations

from api.problems import MEDIA_TYPE
from consent.grants import Reason

Codes = dict[str, int]
Responses = dict[int | str, dict[str, object]]

EVERYWHERE: Codes = {
    "HOST_NOT_LOCAL": 400,
    "PATH_MALFORMED": 400,
    "LEDGER_MISSING": 400,
    "LEDGER_NOT_A_DATABASE": 400,
    "LEDGER_OLDER": 400,
    "LEDGER_NEWER": 400,
    "LEDGER_READ_ONLY": 503,
    "LEDGER_REFUSED": 400,
    "HOME_READ_ONLY": 503,
    "HOME_UNUSABLE": 400,
    "PATH_REFUSED": 400,
    "ORIGIN_NOT_ALLOWED": 403,
    "PATH_NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "REQUEST_MALFORMED": 422,
    "INTERNAL": 500,
    "LEDGER_BUSY": 503,
    "LEDGER_UNREACHABLE": 503,
    "DISK_FULL": 503,
    "DISK_FAILED": 503,
    "MACHINE_BUSY": 503,
}
SIGNED: Codes = EVERYWHERE | {"SIGN_IN_REQUIRED": 401}
CUSTOMER: Codes = {"CUSTOMER_ID_INVALID": 400}
BODY: Codes = {"BODY_MALFORMED": 400, "BODY_TOO_LARGE": 413, "BODY_NOT_JSON": 415}
STORED: Codes = {"ARTEFACT_UNREADABLE": 400, "NO_SUCH_VERSION": 404}
ACT: Codes = STORED | {"AUDIT_UNAVAILABLE": 503, "CUSTOMER_BUSY": 503, "CLOCK_BACKWARDS": 400}
LINK: Codes = ACT | {"LINK_NOT_VALID": 401}
CONSENT: Codes = ACT | {reason.value: 403 for reason in Reason}
GRANT: Codes = ACT | {
    "ARTEFACT_INVALID": 400,
    "CONSENT_TYPES_TOO_NARROW": 400,
    "FI_TYPE_NOT_ON_AA": 400,
    "PARTY_ID_INVALID": 400,
    "PARTY_KIND_MISMATCH": 400,
    "PURPOSE_UNKNOWN": 400,
    "SOURCE_UNKNOWN": 400,
    "FAIR_USE": 412,
    "SIGNATURE_REQUIRED": 412,
}
CHANGE: Codes = ACT | {
    "MANIFEST_DAMAGED": 400,
    "SECRET_INVALID": 400,
    "SECRET_MISSING": 400,
    "CONSENT_UNKNOWN": 404,
    "CONSENT_STATE": 409,
    "SECRET_RETIRED": 409,
    "RAW_WITHDRAWN": 503,
    "SHELF_MOVED": 503,
}
CERTIFIED: Codes = ACT | {"CERTIFICATE_MISSING": 404, "CONSENT_UNKNOWN": 404}
READING: Codes = {
    "CLEAN_ALTERED": 400,
    "MANIFEST_DAMAGED": 400,
    "RAW_ALTERED": 400,
    "RESULT_ALTERED": 400,
    "DERIVED_OUT_OF_SCOPE": 403,
    "NOTHING_ANALYZED": 404,
    "NOT_ANALYZED": 404,
    "SUMMARY_NOT_FOUND": 404,
    "RAW_WITHDRAWN": 503,
    "SHELF_MOVED": 503,
}
METRIC: Codes = {
    "METRIC_UNKNOWN": 404,
    "NOTHING_CLEANED": 404,
    "NOT_CLEANED": 404,
    "RAW_LINE_MISSING": 404,
    "CLEAN_STALE": 409,
    "EVIDENCE_MOVED": 409,
    "RESULT_STALE": 409,
}
RUN: Codes = {"RUN_NOT_FOUND": 404}
FLOW: Codes = {"RUNS_BUSY": 503}


def declared(*groups: Codes) -> Responses:
    """Write groups of codes as OpenAPI responses, one per status."""
    by_status: dict[int, list[str]] = {}
    for code, status in {code: status for group in groups for code, status in group.items()}.items():
        by_status.setdefault(status, []).append(code)
    return {status: _response(sorted(codes)) for status, codes in sorted(by_status.items())}


def _response(codes: list[str]) -> dict[str, object]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": ", ".join(codes), "content": {MEDIA_TYPE: {"schema": schema}}, "x-codes": codes}


STREAM: Responses = {
    200: {
        "description": "Events `progress` with RunProgress as data, then one event `end` with RunEnd",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
