"""Personal data in what is said and written in a call: found, and masked by the policy of its profile."""

from callagent.sanitise.redaction.policy import KINDS, LOGS, RedactedKind, Redaction, without_spans

__all__ = ["KINDS", "LOGS", "RedactedKind", "Redaction", "without_spans"]
