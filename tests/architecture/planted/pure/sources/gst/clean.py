"""Planted: a cleaner that guesses, and loses paise."""

from random import choice
import secrets


def clean(amount_paise: int) -> object:
    made = [
        choice([1, 2]),
        hash("x"),
        secrets.token_hex(8),
        amount_paise / 100,
        amount_paise * 0.01,
        float(amount_paise),
        round(amount_paise),
    ]
    return made
