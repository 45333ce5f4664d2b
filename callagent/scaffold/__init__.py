"""A project of an agent's author, made ready: profile, Python, scripted calls and tests that pass at once, offline."""

from callagent.scaffold.project import NewProject, locales

__all__ = ["NewProject", "locales"]
