"""Lists of what the package brings along: locales, and providers with their options."""

from pathlib import Path

from pydantic import BaseModel

from callagent.profile import load_profile
from callagent.providers.registry import OFFERS, Offer, parameters, resolve
from callagent.yaml_config.units import DURATION
from scripts.reference_pages.markdown import code, table
from scripts.reference_pages.schema_tables import keys_of

PROFILES = Path(__file__).resolve().parents[2] / "configs" / "profiles"
PARTS = {"stt": "speech to text", "tts": "text to speech", "llm": "replies", "vad": "voice activity"}


def locales(_: str) -> str:
    """Return the shipped locales: what speaks and hears in each, and how many phrases it has."""
    rows = []
    for path in sorted((PROFILES / "locales").glob("*.yaml")):
        profile = load_profile(PROFILES / path.name, env={})
        settings, providers = profile.interruption, profile.providers
        used = dict.fromkeys((providers.stt.use, providers.tts.use, providers.llm.use))
        counts = (len(phrases) for phrases in (settings.soft_acks, settings.commands, settings.questions))
        rows.append((code(path.stem), ", ".join(map(code, used)), DURATION.text(settings.grace), *map(str, counts)))
    heading = ("locale", "providers", "`grace`", "`soft_acks`", "`commands`", "`questions`")
    return table(heading, rows)


def providers(_: str) -> str:
    """Return every provider by its name, the part of a call that it can be, and what it needs."""
    rows = [
        (code(name), f"`{part}`, {PARTS[part]}", _needs(offer))
        for part, offers in OFFERS.items()
        for name, offer in offers.items()
    ]
    return table(("name", "part", "needs"), rows)


def provider_options(name: str) -> str:
    """Return the options of a provider, `stt local`: a table where they are
    callagent's own, their names where a plugin's.
    """
    part, provider = name.split()
    options = resolve(OFFERS[part][provider].options)
    if issubclass(options, BaseModel):
        return keys_of(options)
    return ", ".join(map(code, parameters(options)))


def _needs(offer: Offer) -> str:
    needs = [f"the extra {code(offer.install.partition('[')[2].rstrip(']'))}"] if "[" in offer.install else []
    if offer.key:
        needs.append(
            f"{code(offer.key)}, or {code('api_key')} beside {code(offer.unless)}" if offer.unless else code(offer.key)
        )
    return "; ".join(needs) or "nothing"
