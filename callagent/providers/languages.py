"""A profile's language as each provider calls it; None where the provider does not know it."""

from typing import Final, get_args

_DEEPGRAM_CODES: Final = """
    ar be bg bn bs ca cs da da-DK de de-CH el en en-AU en-GB en-IN en-NZ en-US es es-419 et fa fi fr fr-CA gu he hi hr
    hu id it ja kn ko ko-KR lt lv mk mr ms nl nl-BE no pl pt pt-BR pt-PT ro ru sk sl sr sv sv-SE ta te th th-TH tl tr uk
    ur vi zh zh-CN zh-HK zh-TW
"""
"""Language codes of nova-3, the older models' with them: developers.deepgram.com, "Models & Languages Overview"."""

_LATIN_AMERICAN_REGIONS: Final = "419 AR BO CL CO CR CU DO EC GT HN MX NI PA PE PR PY SV US UY VE"
"""Regions whose Spanish is that of `es-419`: UN M49 area 419, and the United States."""

_OPENAI_CODES: Final = """
    af ar az be bg bs ca cs cy da de el en es et fa fi fr gl he hi hr hu hy id is it ja kk kn ko lt lv mi mk mr ms ne nl
    no pl pt ro ru sk sl sr sv sw ta th tl tr uk ur vi zh
"""
"""Languages of OpenAI's transcription (ISO 639-1), as its speech-to-text guide lists them."""

_DEEPGRAM = frozenset(_DEEPGRAM_CODES.split())
_LATIN_AMERICA = frozenset(_LATIN_AMERICAN_REGIONS.split())
_OPENAI = frozenset(_OPENAI_CODES.split())


def deepgram(language: str) -> str | None:
    """Return the code of Deepgram: with the region where it has a model of its own for it."""
    primary, _, region = language.partition("-")
    if language in _DEEPGRAM:
        return language
    if primary == "es" and region.upper() in _LATIN_AMERICA:
        return "es-419"
    return primary if primary in _DEEPGRAM else None


def openai_transcription(language: str) -> str | None:
    """Return the code of OpenAI's recognisers: the language without its region."""
    primary = language.partition("-")[0]
    return primary if primary in _OPENAI else None


def cartesia(language: str) -> str | None:
    """Return the code of Cartesia: the language without its region, which is the voice's matter."""
    from livekit.plugins.cartesia.models import TTSLanguages

    primary = language.partition("-")[0]
    return primary if primary in get_args(TTSLanguages) else None


def english(language: str) -> str | None:
    """For models that know English only."""
    return "en" if language.partition("-")[0] == "en" else None
