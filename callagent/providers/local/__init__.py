"""Providers that run on this machine: no network, no key."""
