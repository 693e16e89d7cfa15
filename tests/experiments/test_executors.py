"""Tasks run wherever they are sent, and none that finished is lost."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from sim.experiments.executors import ProcessExecutor, SerialExecutor, interrupts_blocked, place_of
from sim.experiments.tasks import _run_in, _Waiting, run_all


def half(number: int) -> float:
    return number / 2


def half_unless_three(number: int) -> float:
    if number == 3:
        os._exit(1)
    return number / 2


def invert(number: int) -> float:
    return 1 / number


def collect(function: Callable[[int], float], tasks: list[int], processes: int) -> list[float]:
    found: list[float] = []
    run_all(function, tasks, processes, found.append, lambda task, error: -task)
    return found


@pytest.mark.parametrize("processes", [1, 2])
def test_every_task_is_done_once(processes: int) -> None:
    assert sorted(collect(half, list(range(9)), processes)) == [n / 2 for n in range(9)]


def test_no_tasks_are_no_work() -> None:
    assert collect(half, [], 2) == []


def test_only_the_task_that_kills_its_worker_is_lost() -> None:
    found = collect(half_unless_three, list(range(8)), 2)
    assert sorted(found) == [-3, 0, 0.5, 1, 2, 2.5, 3, 3.5]


@pytest.mark.parametrize("processes", [1, 2])
def test_error_of_a_task_ends_the_work(processes: int) -> None:
    with pytest.raises(ZeroDivisionError):
        collect(invert, [1, 0, 2], processes)


@pytest.mark.parametrize("processes", [1, 2])
def test_interrupt_while_a_result_is_taken_waits_until_it_is_taken(processes: int) -> None:
    found: list[float] = []

    def take(result: float) -> None:
        if not found:
            os.kill(os.getpid(), signal.SIGINT)
        found.append(result)

    def never(task: int, error: BaseException) -> float:
        raise error

    with pytest.raises(KeyboardInterrupt):
        run_all(half, list(range(50)), processes, take, never)
    assert 1 <= len(found) < 50
    assert len(set(found)) == len(found)


def test_serial_executor_raises_only_what_is_no_exception() -> None:
    def press() -> None:
        raise KeyboardInterrupt

    executor = SerialExecutor()
    assert isinstance(executor.submit(invert, 0).exception(), ZeroDivisionError)
    with pytest.raises(KeyboardInterrupt):
        executor.submit(press)


class Interrupted(Executor):
    """Finishes the first task at the moment in which Ctrl-C is pressed."""

    first: Future[Any] | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.first is None:
            self.first = Future()
            return self.first
        self.first.set_result(7.0)
        raise KeyboardInterrupt


def test_result_that_arrived_with_the_interrupt_is_handed_over() -> None:
    found: list[float] = []
    executor = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        _run_in(executor, place_of(executor), half, _Waiting([1, 2, 3]), {}, found.append)
    assert found == [7.0]


def test_worker_never_sees_ctrl_c() -> None:
    with ProcessExecutor(1) as pool:
        blocked = pool.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
        assert signal.SIGINT in blocked


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Take a Ctrl-C as Python does, even where whoever started the tests has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_a_worker_is_started_is_not_lost() -> None:
    done = list[str]()

    def start() -> None:
        with interrupts_blocked():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("started")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert done == ["started"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
