"""Users abroad: equation E5 in small, a market of its own in which word of mouth alone acts."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]


def users_a_week_later(users: ArrayLike, people: float, word_of_mouth: float) -> F64:
    """Users abroad of each firm a week later.

    du_i/dt = w u_i (N - sum u) / N, solved exactly for all firms together

    users: u, (F,), people; people: N who can be reached, above 0; word_of_mouth: w, people that a
    user brings in a week, net of users who leave. This is E5 without push, advertising and news:
    firms go abroad with small products, own no channel there, and lead no foreign app in quality,
    so that L = 1. Being net, w holds what E6 is at home; nothing is known of retention abroad.
    Returns (F,). Source: MODEL E5, E9; Verhulst 1838. Limits: one firm, the logistic curve; u small
    beside N, growth by e^w; sum u = N, users stay and shares do too.
    """
    u = np.asarray(users, dtype=np.float64)
    taken = min(float(u.sum()) / people, 1.0)
    grown = np.exp(word_of_mouth)
    later: F64 = u * grown / (1.0 + taken * (grown - 1.0))
    return later
