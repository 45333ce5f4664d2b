"""The doctor: looks whether everything a call needs is there, and says what to do where it is not."""

from callagent.doctor.check import Check, Examined, Finding, State, Subject
from callagent.doctor.checks import CHECKS
from callagent.doctor.examination import examine

__all__ = ["CHECKS", "Check", "Examined", "Finding", "State", "Subject", "examine"]
