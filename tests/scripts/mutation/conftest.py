from importlib.util import find_spec

if find_spec("cosmic_ray") is None:  # the extra `mutation`
    collect_ignore = ["test_mutants.py", "test_report.py", "test_running.py"]
