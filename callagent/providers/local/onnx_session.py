"""A model in onnxruntime on one thread, and what loading and running one raises."""

from pathlib import Path
from typing import Any, Final

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as errors

ERRORS: Final = (
    errors.Fail,
    errors.InvalidArgument,
    errors.InvalidGraph,
    errors.InvalidProtobuf,
    errors.NoSuchFile,
    errors.NotImplemented,
    errors.RuntimeException,
    MemoryError,
    ValueError,
)
"""What loading or running a model raises."""


def one_thread_session(model: Path | bytes) -> Any:
    """Return a session of a model, from its file or its bytes. Raise one of `ERRORS`.

    One thread: many calls run side by side, and threads that wait for work keep a core busy.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what it would print is raised as well
    content = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(content, sess_options=options, providers=["CPUExecutionProvider"])
