"""How good what arrived is, before and after cleaning: rules, sums and the months that are missing."""
