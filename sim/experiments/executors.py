"""Where tasks run: in this process or in others, through one interface.

Worker processes are spawned, not forked: a fork would copy the threads' locks of the compiled
kernel and of polars in whatever state they are.
"""

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

GRACE_SECONDS = 0.3
"""After Ctrl-C, how long to wait for results that are on their way."""


class SerialExecutor(Executor):
    """Runs a task when it is submitted, in this process."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Return a finished future; only what is not an Exception is raised at once."""
        future: Future[R] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class ProcessExecutor(ProcessPoolExecutor):
    """Spawned worker processes that end with the block they are used in, even when it fails."""

    def __init__(self, processes: int) -> None:
        super().__init__(processes, get_context("spawn"))
        self._not_mine = frozenset(active_children())

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Submit a task; a worker started for it never sees Ctrl-C, which this process handles."""
        with _interrupts_ignored():
            return super().submit(fn, *args, **kwargs)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        """Wait for the workers; after an error end them, for nobody wants their results."""
        if kind is not None:
            self.shutdown(wait=False, cancel_futures=True)
            for worker in frozenset(active_children()) - self._not_mine:
                worker.terminate()
        return super().__exit__(kind, error, trace)


def run_all(
    function: Callable[[T], R],
    tasks: Sequence[T],
    processes: int,
    on_result: Callable[[R], None],
    lost: Callable[[T, BrokenExecutor], R],
) -> None:
    """Call `on_result(function(task))` for every task as it finishes, in any order.

    With one process tasks run here, one after another. When a worker process dies (killed for
    memory, a crash in compiled code), the tasks that were under way run again, each alone, and
    `lost(task, error)` stands for those that kill their worker again; the others go on. An
    exception that `function` raises ends it all, as does Ctrl-C, before which what has finished
    is still handed over.
    """
    waiting = deque(tasks)
    if processes == 1:
        with SerialExecutor() as serial:
            _run_in(serial, 1, function, waiting, {}, on_result)
    while waiting:
        running: dict[Future[R], T] = {}
        try:
            with ProcessExecutor(min(processes, len(waiting))) as pool:
                _run_in(pool, 2 * processes, function, waiting, running, on_result)
        except BrokenExecutor:
            for suspect in running.values():
                on_result(_alone(function, suspect, lost))


def _run_in(
    executor: Executor,
    width: int,
    function: Callable[[T], R],
    waiting: deque[T],
    running: dict[Future[R], T],
    on_result: Callable[[R], None],
) -> None:
    """Work through `waiting` with at most `width` tasks under way, which `running` tells."""
    try:
        while waiting or running:
            while waiting and len(running) < width:
                future = executor.submit(function, waiting[0])
                running[future] = waiting.popleft()
            _hand_over(wait(running, return_when=FIRST_COMPLETED).done, running, on_result)
    except (KeyboardInterrupt, BrokenExecutor):
        # Workers may have sent results that this process has not read yet.
        late = wait(running, timeout=GRACE_SECONDS).done
        _hand_over({f for f in late if f.exception() is None}, running, on_result)
        raise


def _hand_over(
    finished: set[Future[R]], running: dict[Future[R], T], on_result: Callable[[R], None]
) -> None:
    with _interrupts_deferred():
        for future in finished:
            on_result(future.result())
            del running[future]


def _alone(function: Callable[[T], R], task: T, lost: Callable[[T, BrokenExecutor], R]) -> R:
    try:
        with ProcessExecutor(1) as pool:
            return pool.submit(function, task).result()
    except BrokenExecutor as error:
        return lost(task, error)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    # A process inherits an ignored signal, but not a handler.
    with _interrupts_handled_by(signal.SIG_IGN):
        yield


@contextmanager
def _interrupts_deferred() -> Iterator[None]:
    # A result is taken whole or not at all.
    seen: list[int] = []
    with _interrupts_handled_by(lambda number, _: seen.append(number)):
        yield
    if seen:
        raise KeyboardInterrupt


@contextmanager
def _interrupts_handled_by(handler: Any) -> Iterator[None]:
    # Only the main thread may change signal handlers, and only it receives Ctrl-C.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: Any = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
