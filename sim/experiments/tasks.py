"""Many tasks through one executor: each result taken as it comes, none lost, whoever dies."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from contextlib import AbstractContextManager
from functools import partial
from time import monotonic
from typing import Generic, TypeVar

from sim.experiments.executors import (
    LostExecutorError,
    Place,
    Where,
    interrupts_deferred,
    place_of,
    worker_died,
)

T = TypeVar("T")
R = TypeVar("R")
Lost = Callable[[T, BaseException], R]
Split = Callable[[T], Sequence[T]]

GRACE_SECONDS = 0.3
"""After Ctrl-C, how long to wait for results that are on their way."""

LOOK_SECONDS = 10.0
NO_WORKER_SECONDS = 300.0
"""How often to look whether a cluster still has workers, and how long it may have none."""


def run_all(
    function: Callable[[T], R],
    tasks: Iterable[T],
    where: Where | Place,
    on_result: Callable[[R], None],
    lost: Lost[T, R],
    split: Split[T] = lambda task: (task,),
) -> None:
    """Call `on_result(function(task))` for every task as it finishes, in any order.

    A task is taken from `tasks` when there is room for it. When a worker dies (killed for memory,
    a crash in compiled code), what was under way runs again, in the parts that `split` makes of
    it, each alone; `lost(part, error)` stands for a part that kills its worker again, and the
    others go on. An exception that `function` raises ends it all, as does Ctrl-C; what has
    finished before is still handed over.

    Raises ExecutorError where there is no such place, LostExecutorError if it is gone for good.
    """
    place = place_of(where)
    waiting = _Waiting(tasks)
    while waiting:
        running: dict[Future[R], T] = {}
        try:
            with place.open() as executor:
                suspects = _run_in(executor, place, function, waiting, running, on_result)
                for part in (part for suspect in suspects for part in split(suspect)):
                    _again(executor, place, function, part, on_result, lost)
        except BrokenExecutor as error:
            if place.alone is None:
                raise LostExecutorError(f"the executor {place.name} broke: {error}") from error
            parts = deque(part for suspect in running.values() for part in split(suspect))
            while parts:
                _alone(place.alone, place, function, parts, on_result, lost)


class _Waiting(Generic[T]):
    """Tasks that are not under way yet, taken one by one from where they come from."""

    def __init__(self, tasks: Iterable[T]) -> None:
        self._source: Iterator[T] = iter(tasks)
        self._next: deque[T] = deque()

    def __bool__(self) -> bool:
        if not self._next:
            self._next.extend(task for _, task in zip(range(1), self._source, strict=False))
        return bool(self._next)

    def first(self) -> T:
        return self._next[0]

    def drop_first(self) -> None:
        self._next.popleft()


def _run_in(
    executor: Executor,
    place: Place,
    function: Callable[[T], R],
    waiting: _Waiting[T],
    running: dict[Future[R], T],
    on_result: Callable[[R], None],
) -> list[T]:
    """Work through `waiting`; return the tasks whose worker died while the executor lives.

    `running` tells at any time which tasks are under way.
    """
    suspects: list[T] = []
    try:
        while waiting or running:
            room = place.ahead * max(1, _reached(place, lambda: place.workers(executor)))
            while len(running) < room and waiting:
                task = waiting.first()
                running[_reached(place, partial(executor.submit, function, task))] = task
                waiting.drop_first()
            suspects += _hand_over(_wait(executor, place, running), place, running, on_result)
    except (KeyboardInterrupt, BrokenExecutor):
        # Workers may have sent results that this process has not read yet.
        late = wait(running, timeout=GRACE_SECONDS).done
        good = {f for f in late if not f.cancelled() and f.exception() is None}
        _hand_over(good, place, running, on_result)
        raise
    return suspects


def _wait(executor: Executor, place: Place, running: dict[Future[R], T]) -> set[Future[R]]:
    """Return futures that are done; give up if there has been no worker for long."""
    since = monotonic()
    while True:
        done = wait(running, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED).done
        if done:
            return done
        if _reached(place, lambda: place.workers(executor)) > 0:
            since = monotonic()
        elif monotonic() - since > NO_WORKER_SECONDS:
            raise LostExecutorError(f"the executor {place.name} has no worker left")


def _hand_over(
    finished: set[Future[R]],
    place: Place,
    running: dict[Future[R], T],
    on_result: Callable[[R], None],
) -> list[T]:
    """Hand over all results; then raise the first error, or return tasks whose worker died."""
    suspects: list[T] = []
    errors: list[BaseException] = []
    with interrupts_deferred():
        for future in finished:
            error = CancelledError() if future.cancelled() else future.exception()
            if error is None:
                on_result(future.result())
            elif worker_died(error) and not isinstance(error, BrokenExecutor):
                suspects.append(running[future])
            else:
                errors.append(error)
                continue
            del running[future]
    for error in errors:
        if isinstance(error, CancelledError):
            raise LostExecutorError(f"the executor {place.name} dropped its tasks") from error
        raise error
    return suspects


def _reached(place: Place, call: Callable[[], R]) -> R:
    """Return what a call to an executor returns; it may be gone."""
    try:
        return call()
    except BrokenExecutor:
        raise
    except (OSError, RuntimeError) as error:
        raise LostExecutorError(f"the executor {place.name} is gone: {error}") from error


def _again(
    executor: Executor,
    place: Place,
    function: Callable[[T], R],
    part: T,
    on_result: Callable[[R], None],
    lost: Lost[T, R],
) -> bool:
    """Run part of a task once more; return whether its worker lives."""
    died = False
    try:
        result = executor.submit(function, part).result()
    except CancelledError as error:
        raise LostExecutorError(f"the executor {place.name} dropped its tasks") from error
    except Exception as error:
        if not worker_died(error):
            raise
        result, died = lost(part, error), True
    with interrupts_deferred():
        on_result(result)
    return not died


def _alone(
    alone: Callable[[], AbstractContextManager[Executor]],
    place: Place,
    function: Callable[[T], R],
    parts: deque[T],
    on_result: Callable[[R], None],
    lost: Lost[T, R],
) -> None:
    """Run parts in a worker that only they can kill, until one does."""
    with alone() as executor:
        while parts:
            if not _again(executor, place, function, parts.popleft(), on_result, lost):
                return
