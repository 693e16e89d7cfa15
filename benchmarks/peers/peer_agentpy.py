"""AgentPy: an object a person in an AgentList."""

import agentpy as ap
import numpy as np
from adoption import APPS, LEAVE, WEEKS, Outcome, adoption_probability


class Person(ap.Agent):
    """Somebody who holds one app or none."""

    def setup(self) -> None:
        self.app, self.start = -1, 0

    def live(self) -> None:
        model = self.model
        draw = model.random.random()
        if self.app < 0:
            if draw < model.probability:
                share = draw / model.probability
                first, second, _ = model.split
                self.app = 0 if share < first else 1 if share < second else 2
                self.start = model.t
                model.adds[self.app] += 1
                model.holders[self.app] += 1
        elif draw < model.leave[model.t - self.start - 1]:
            model.holders[self.app] -= 1
            self.app = -1


class Market(ap.Model):
    """The market of one run."""

    def setup(self) -> None:
        self.leave = LEAVE.tolist()
        self.adds, self.holders = [0] * APPS, [0] * APPS
        self.crowd = ap.AgentList(self, self.p.people, Person)

    def step(self) -> None:
        holders = np.array(self.holders, dtype=float)
        self.probability, split = adoption_probability(holders, self.p.people)
        self.split = split.tolist()
        self.crowd.live()


def simulate(people: int, seed: int) -> Outcome:
    """Play one run."""
    market = Market({"people": people, "steps": WEEKS, "seed": seed})
    market.run(display=False)
    return Outcome(np.array(market.holders, float), np.array(market.adds, float))
