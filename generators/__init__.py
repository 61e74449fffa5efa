"""The hidden world: one simulated business makes one ledger of events, which every source only projects."""
