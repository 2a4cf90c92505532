"""Two threads that borrow the same thing, so that each may put back what the other has set."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def one_inside_the_other(borrow: Callable[[Callable[[], object]], object]) -> None:
    """A second thread borrows inside the first one's time and gives back after it.

    ``borrow`` does so, and calls what it is given meanwhile. Where the second has to wait for the
    first, all is in turn.
    """
    entered, both, left = (threading.Event() for _ in range(3))

    def first() -> None:
        borrow(lambda: (entered.set(), both.wait(0.2)))  # in vain, if the second waits
        left.set()

    def second() -> None:
        entered.wait()
        borrow(lambda: (both.set(), left.wait()))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result()
