"""Where tasks run: in this process or in others, through one interface.

Worker processes are spawned, not forked: a fork would copy the threads' locks of the compiled
kernel and of polars in whatever state they are.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import active_children, get_context, parent_process, resource_tracker
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from sim.core.errors import SimError
from sim.results.errors import MissingExtraError

P = ParamSpec("P")
R = TypeVar("R")

Where = str | int | Executor
"""`serial`, `thread[:N]`, `process[:N]`, `dask[:ADDRESS]`, a number of processes, an executor."""

KINDS = "serial, thread, thread:N, process, process:N, dask (on this machine) or dask:ADDRESS"
CONNECT_SECONDS = 10


class ExecutorError(SimError):
    """There is no such place to run tasks, or it cannot be reached."""


class LostExecutorError(ExecutorError):
    """The place where tasks ran is gone; what had finished was handed over."""


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
        super().__init__(processes, get_context("spawn"), initializer=_start_worker)
        self._not_mine = frozenset(active_children())

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Submit a task; a worker started for it never sees Ctrl-C, which this process handles."""
        with interrupts_blocked():
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


@dataclass(frozen=True)
class Place:
    """Somewhere that tasks can run.

    `open` gives an executor for the length of a block, `workers` says how many tasks it works on
    at once. `ahead` tasks are under way for each worker, so that none waits while a result is
    taken. `alone` gives an executor for tasks whose worker may die.
    """

    name: str
    open: Callable[[], AbstractContextManager[Executor]]
    workers: Callable[[Executor], int]
    alone: Callable[[], AbstractContextManager[Executor]] | None = None
    ahead: int = 2
    size: int | None = None
    """How many workers there will be, where that is known before."""


def place_of(where: Where | Place) -> Place:
    """Return the place that a text, a number of processes or an executor names.

    An executor of the caller's own is neither started again nor shut down. Raises ExecutorError
    for another text.
    """
    if isinstance(where, Place):
        return where
    if isinstance(where, Executor):
        return _place_of_caller(where)
    if isinstance(where, int):
        where = "serial" if where == 1 else f"process:{where}"
    kind, colon, rest = where.partition(":")
    if kind == "dask":
        return _dask(rest)
    if kind == "serial" and not colon:
        return Place("serial", SerialExecutor, lambda _: 1, ahead=1, size=1)
    if kind not in ("thread", "process") or (colon and not (rest.isdecimal() and int(rest))):
        raise ExecutorError(f"there is no executor {where!r}; there is {KINDS}")
    number = int(rest) if rest else os.cpu_count() or 1
    if kind == "thread":
        return Place(where, lambda: _threads(number), lambda _: number, size=number)
    return Place(
        where,
        lambda: ProcessExecutor(number),
        lambda _: number,
        lambda: ProcessExecutor(1),
        size=number,
    )


def _place_of_caller(executor: Executor) -> Place:
    @contextmanager
    def borrowed() -> Iterator[Executor]:
        yield executor

    def workers(_: Executor) -> int:
        # The standard library's executors know their size, though they do not say so in public.
        size = getattr(executor, "_max_workers", None)
        return size if isinstance(size, int) else os.cpu_count() or 1

    if isinstance(executor, SerialExecutor):
        return Place("serial", borrowed, lambda _: 1, ahead=1)
    return Place(type(executor).__name__, borrowed, workers)


@contextmanager
def _threads(number: int) -> Iterator[Executor]:
    pool = ThreadPoolExecutor(number)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _dask(address: str) -> Place:
    @contextmanager
    def connected() -> Iterator[Executor]:
        client = _client(address)
        try:
            yield client.get_executor(pure=False)
        finally:
            client.close()

    def workers(executor: Any) -> int:
        return sum(executor._client.nthreads().values())

    return Place(f"dask:{address}" if address else "dask", connected, workers)


def _client(address: str) -> Any:
    """Connect to a scheduler, or start one with a worker per CPU on this machine."""
    try:
        # Under a type checker the library is there or not, as its user chose; so it has no types.
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise MissingExtraError("the executor dask", "cluster") from error
    if address:
        try:
            return distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ExecutorError(f"no dask scheduler answers at {address!r}: {error}") from error
    # A client closes the cluster that it started itself.
    return distributed.Client(
        threads_per_worker=1,
        dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
        set_as_default=False,
    )


def worker_died(error: BaseException) -> bool:
    """Return whether an error of a task says that its worker died, not that the task failed."""
    # Named, not imported: without a cluster nobody needs the library.
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _start_worker() -> None:
    # One thread per process: the processes share the cores already.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A worker waits for tasks on a pipe that it holds open itself, so that it would not notice.
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Start processes that never see Ctrl-C; one that comes meanwhile is not lost."""
    # A process inherits what its starter blocks. One thing that starting does blocks and unblocks
    # by itself, but once only.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        # Blocked here, it may reach another thread, which passes it on to the handler.
        with interrupts_deferred():
            yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Raise KeyboardInterrupt at the end of the block, not inside it."""
    # A result is taken whole or not at all. Only the main thread may change signal handlers, and
    # only it receives Ctrl-C.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen: list[int] = []
    before: Any = signal.signal(signal.SIGINT, lambda number, _: seen.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if seen:
        raise KeyboardInterrupt
