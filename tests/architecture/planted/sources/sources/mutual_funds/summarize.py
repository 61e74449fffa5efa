"""Planted: metrics under another word."""

IDS = ["mutual_funds.value_paise", "funds.value_paise"]
