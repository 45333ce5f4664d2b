"""Telephony: numbers, guards, dialling, and the configuration of the phone network's side of LiveKit."""

from callagent.telephony.numbers import InvalidNumber, Kind, Number, is_region, parse_number, region_of

__all__ = ["InvalidNumber", "Kind", "Number", "is_region", "parse_number", "region_of"]
