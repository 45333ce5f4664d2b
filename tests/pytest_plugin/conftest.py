from tests.support.pytest_project import project

__all__ = ["project"]
