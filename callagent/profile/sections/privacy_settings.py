"""What of a call may not be kept: kinds of personal data that are masked before its words leave it."""

from typing import Annotated

from pydantic import Field

from callagent.sanitise.redaction import RedactedKind, Redaction
from callagent.yaml_config.validation import Settings


class PrivacySettings(Settings):
    """What is masked in journals, records, reports and what a job tells its room. In logs `card`, `iban` and
    `national_id` are masked whatever stands here, and telephone numbers are shortened.
    """

    redact: Annotated[tuple[RedactedKind, ...], Field(strict=False)] = Field(
        ("card", "national_id"),
        description="Kinds: card (Luhn, and keys of a card number behind the eighth), iban, national_id (with check "
        "digits, by country), email, phone, birth_date, keys (all that are pressed while a tool collects digits). "
        "`[]`: none. Spoken digits count too.",
    )

    def redaction(self, language: str) -> Redaction:
        """Return the policy for calls in a language, a BCP 47 tag."""
        return Redaction(self.redact, language)
