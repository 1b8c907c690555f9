"""Processes that cut faces, where the training is faster than one process can cut.

More threads do not help: much of the work holds Python's interpreter lock.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput

Batch = tuple[NDArray[np.uint8], NDArray[np.float32]]
Cut = Callable[[NDArray[np.int64]], Batch]
"""Items (B,), by their numbers in a stream, to images (B, S, S, 3) and shapes (B, L, 2)."""

_GRACE_SECONDS = 30


class CuttingProcesses(contextlib.ExitStack):
    """Forks of this process, which end with the context.

    A fork has all that this process has in memory, the decoded images above all, and shares it.

    Args:
        count: how many; with none, this process cuts.

    Raises:
        BadInput: this system cannot fork.
    """

    def __init__(self, count: int = 0) -> None:
        super().__init__()
        if count and "fork" not in multiprocessing.get_all_start_methods():
            raise BadInput(f"--processes {count}: this system cannot fork a process; leave it out")
        self._count = count

    @property
    def calls(self) -> int:
        """How many at a time keep all forks at work: a batch waits for each while one is cut."""
        return 2 * self._count

    def run(self, cut: Cut) -> Cut:
        """The same function, which lets whichever fork is free do the work.

        Besides what `cut` raises, it raises BadInput where a fork was killed.
        """
        if not self._count:
            return cut
        fork = multiprocessing.get_context("fork")
        pool = self.enter_context(ProcessPoolExecutor(self._count, fork, _start, (cut,)))
        with warnings.catch_warnings():
            # Python and JAX warn of locks that their threads hold; a fork uses neither's threads.
            warnings.filterwarnings("ignore", ".*fork", category=RuntimeWarning)
            warnings.filterwarnings("ignore", ".*fork", category=DeprecationWarning)
            pool.submit(os.getpid).result()  # forks them all

        def run_in_fork(items: NDArray[np.int64]) -> Batch:
            try:
                return pool.submit(_cut, items).result()
            except BrokenProcessPool:
                raise BadInput(
                    "a process that cuts faces was killed, perhaps for want of memory; go on with "
                    "--resume and fewer --processes"
                ) from None

        return run_in_fork


HERE = CuttingProcesses()
"""No other process: this one cuts."""


def _start(cut: Cut) -> None:
    """What a fork does first."""
    global _cut_of_this_fork
    _cut_of_this_fork = cut
    # What stops a training may reach all its processes; it still needs these to finish a step.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: signal.alarm(_GRACE_SECONDS))
    cv2.setNumThreads(0)  # OpenCV's own threads are not in a fork
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _cut(items: NDArray[np.int64]) -> Batch:
    return _cut_of_this_fork(items)


_cut_of_this_fork: Cut
