"""Consent decides whether: artefacts, the one door to a Scope, the audit chain and erasure; no source is named here."""
