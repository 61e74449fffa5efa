from __future__ import annotations

from hypothesis import settings

# A noisy machine may stall any single example for longer than the default deadline.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
