"""What OpenAPI promises of errors: every code the layers below can raise is declared, or said to be out of reach."""

from __future__ import annotations

import ast
from pathlib import Path

from api import refusals

ROOT = Path(__file__).resolve().parents[2]
BELOW = ("consent", "warehouse", "pipeline/reading.py", "pipeline/runs.py", "analytics/explain.py")
STATUS = {
    "CallerError": 400,
    "HouseUnfit": 503,
    "ConsentRequired": 403,
    "NotFound": 404,
    "Conflict": 409,
    "PolicyRefused": 412,
    "TransientError": 503,
}
OUT_OF_REACH = {
    "ACTOR_INVALID": "who acts is checked before the service begins",
    "AUDIT_BROKEN": "only the auditor and the doctor walk the whole audit",
    "BACKUP_UNREADABLE": "only the command line opens backups",
    "PASSPHRASE_TOO_SHORT": "only the command line opens backups",
    "PASSPHRASE_WRONG": "only the command line opens backups",
    "HOME_BUSY": "only the command line restores",
    "HOME_NOT_EMPTY": "only the command line restores",
    "FILE_EXISTS": "only the command line writes files where somebody points",
    "CHECKPOINT_FORGED": "only the command line takes checkpoints",
    "CHECKPOINT_OLDER": "only the command line takes checkpoints",
    "CHECKPOINT_UNREADABLE": "only the command line takes checkpoints",
    "CERTIFICATE_INVALID": "certificates are checked away from the service",
    "CHANNEL_NOT_OFFERED": "no route takes a channel",
    "DRIVER_MISSING": "the ledger's address is read before the service begins",
    "FILTER_INVALID": "no route takes a filter",
    "FILE_NOT_FOUND": "only the command line takes files",
    "FILE_TOO_LARGE": "only the command line takes files",
    "FILE_UNREADABLE": "only the command line takes files",
    "FILE_UNWRITABLE": "only the command line writes files where somebody points",
    "LEDGER_URL_INVALID": "the ledger's address is read before the service begins",
    "LEDGER_DAMAGED": "only the doctor walks the whole ledger",
    "ENTRY_NOT_SIGNED": "only the command line proves entries",
    "HEAD_NOT_SIGNED": "only the command line proves entries",
    "KEYS_UNREADABLE": "only the command line takes public keys",
    "PROOF_REFUTED": "only the command line takes proofs",
    "PROOF_UNREADABLE": "only the command line takes proofs",
    "PAGE_NOT_BUILT": "the service answers with a page of its own",
    "SECRET_NOT_HERE": "no route rotates a secret",
    "SECRET_EXCHANGED": "only the doctor compares the secrets with those of before",
    "SECRET_UNCHANGED": "no route rotates a secret",
    "RESTORATION_LEFT": "a home is opened before the service begins",
    "REPLY_ALTERED": "no route gives an earlier answer again",
    "VERSION_NOT_BEHIND": "only the command line takes the ledger to another version",
    "SCHEMA_UNKNOWN": "schemas are read while cleaning, inside a run",
}


def test_every_code_from_below_is_declared_with_its_status_or_out_of_reach() -> None:
    declared = {
        code: status
        for group in vars(refusals).values()
        if isinstance(group, dict)
        for code, status in group.items()
        if isinstance(status, int)
    }
    raised = _raised()
    assert len(raised) > 20
    missing = {code: status for code, status in raised.items() if code not in declared}
    assert set(missing) == set(OUT_OF_REACH) & set(raised), "declare it in api/refusals.py, or say why not"
    assert {code: declared[code] for code in raised if code in declared} == {
        code: status for code, status in raised.items() if code in declared
    }


def _raised() -> dict[str, int]:
    found: dict[str, int] = {}
    for place in BELOW:
        path = ROOT / place
        for module in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in STATUS:
                    first = node.args[0] if node.args else None
                    if isinstance(first, ast.Constant):
                        found[str(first.value)] = STATUS[node.func.id]
    return found
