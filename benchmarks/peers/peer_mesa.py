"""Mesa: an object a person, activated one after another."""

import mesa
import numpy as np
from adoption import APPS, LEAVE, WEEKS, Outcome, adoption_probability


class Person(mesa.Agent):
    """Somebody who holds one app or none."""

    def __init__(self, model: "Market") -> None:
        super().__init__(model)
        self.app = -1
        self.start = 0

    def step(self) -> None:
        model = self.model
        draw = model.random.random()
        if self.app < 0:
            if draw < model.probability:
                self.app = model.pick(draw / model.probability)
                self.start = model.week
                model.adds[self.app] += 1
                model.next_holders[self.app] += 1
        elif draw < model.leave[model.week - self.start - 1]:
            model.next_holders[self.app] -= 1
            self.app = -1


class Market(mesa.Model):
    """The market of one run."""

    def __init__(self, people: int, seed: int) -> None:
        super().__init__(seed=seed)
        self.people, self.week, self.leave = people, 0, LEAVE.tolist()
        self.adds, self.next_holders = [0] * APPS, [0] * APPS
        Person.create_agents(self, people)

    def pick(self, share: float) -> int:
        first, second, _ = self.split
        return 0 if share < first else 1 if share < second else 2

    def step(self) -> None:
        holders = np.array(self.next_holders, dtype=float)
        self.probability, split = adoption_probability(holders, self.people)
        self.split = split.tolist()
        self.agents.do("step")
        self.week += 1


def simulate(people: int, seed: int) -> Outcome:
    """Play one run."""
    market = Market(people, seed)
    for _ in range(WEEKS):
        market.step()
    return Outcome(np.array(market.next_holders, float), np.array(market.adds, float))
