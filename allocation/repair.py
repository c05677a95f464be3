"""From a rounded flow to an assignment within the limits that no single move would better."""

from heapq import heapify, heappop, heappush

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from allocation.choices import NOBODY, Choices, Load
from allocation.eligibility import Flags
from allocation.problem import Floats, Integers

# Above the limit a second of work costs more than leaving any case to nobody would save.
_BEYOND_LIMIT = 1e9
# A case above an agent's most cases weighs like that much work above the limit.
_CASE_S = 600
# Gains below a hundredth of a second are rounding, not reasons to move.
_GAIN_S = 0.01


def repaired(choices: Choices, owner: Integers) -> Integers:
    """`owner` with every load within its limit and nothing left to gain by moving one case.

    Also undoes every set of connected changes that does not pay for the relations it breaks.
    """
    state = _State(choices, owner.copy())
    state.descend()
    state.trim()
    state.insert()
    state.descend()
    state.undo_what_does_not_pay()
    return state.owner


class _State:
    """An assignment in the making: `owner` per case, and the loads and prices that follow."""

    def __init__(self, choices: Choices, owner: Integers) -> None:
        self.choices = choices
        self.owner = owner
        placed = np.flatnonzero(owner != NOBODY)
        load = self._load_of(owner)
        self.load_s, self.cases, self.money = load.work_s, load.cases, load.money
        self.price_s = choices.leave_s.copy()
        chosen = owner[choices.case] == choices.agent
        self.price_s[choices.case[chosen]] = choices.price_s[chosen]
        assert len(placed) == int(chosen.sum())

    def descend(self) -> None:
        """Make the best single moves, each agent in at most one per pass, until none gains."""
        while len(moves := self._gainful()):
            # NOBODY, -1, is the last place: it takes part in any number of moves.
            touched = np.zeros(len(self.load_s) + 1, dtype=bool)
            for pair in moves.tolist():
                case, to = int(self.choices.case[pair]), int(self.choices.agent[pair])
                was = int(self.owner[case])
                if touched[to] or touched[was]:
                    continue
                touched[to] = True
                touched[was] = was != NOBODY
                self._move(case, to, float(self.choices.price_s[pair]))

    def _gainful(self) -> Integers:
        """Pairs whose case would gain by moving there now, the best first."""
        choices, case, to = self.choices, self.choices.case, self.choices.agent
        everyone = np.arange(len(self.load_s))
        now_s = self._carrying_s(self.load_s, self.cases, self.money, everyone)
        relief_s = np.zeros(len(self.owner))
        placed = np.flatnonzero(self.owner != NOBODY)
        was = self.owner[placed]
        relief_s[placed] = now_s[was] - self._carrying_s(
            self.load_s[was] - choices.service_s[placed],
            self.cases[was] - choices.members[placed],
            self.money[was] - choices.expected_minor[placed],
            was,
        )
        new_load_s = self.load_s[to] + choices.service_s[case]
        new_cases = self.cases[to] + choices.members[case]
        new_money = self.money[to] + choices.expected_minor[case]
        fits = (new_load_s <= choices.limit_s[to]) & (new_cases <= choices.max_cases[to])
        rise_s = choices.carrying_s(new_load_s, new_money, to) - now_s[to]
        gain_s = (self.price_s + relief_s)[case] - choices.price_s - rise_s
        gain_s[~fits | (self.owner[case] == to)] = 0.0
        pairs = np.flatnonzero(gain_s > _GAIN_S)
        best: Integers = pairs[np.argsort(-gain_s[pairs], kind="stable")]
        return best

    def trim(self) -> None:
        """Leave the least urgent cases of agents above their limit to nobody."""
        urgency = self.choices.leave_s / self.choices.minutes
        for agent in np.flatnonzero(self._beyond()).tolist():
            cases = np.flatnonzero(self.owner == agent)
            for case in cases[np.argsort(urgency[cases], kind="stable")].tolist():
                if not self._beyond()[agent]:
                    break
                self._move(case, NOBODY, float(self.choices.leave_s[case]))

    def insert(self) -> None:
        """Give cases without an owner to any eligible agent with room, the most urgent first.

        Where nobody has room, a case takes the place of a less urgent one if that pays.
        """
        urgency = self.choices.leave_s / self.choices.minutes
        lost = np.flatnonzero(self.owner == NOBODY)
        queue = [(-float(urgency[case]), case) for case in lost.tolist()]
        heapify(queue)
        while queue:
            _, case = heappop(queue)
            if self._enter(case):
                continue
            outbid = self._outbid(case, urgency)
            if outbid is not None:
                heappush(queue, (-float(urgency[outbid]), outbid))

    def _enter(self, case: int) -> bool:
        """Place `case` where there is room, at the least price; False where there is none."""
        choices, service_s = self.choices, self.choices.service_s[case]
        agents = choices.eligible[choices.group[case]]
        agents = agents[
            (self.load_s[agents] + service_s <= choices.limit_s[agents])
            & (self.cases[agents] + choices.members[case] <= choices.max_cases[agents])
        ]
        price_s = choices.pair_price_s(np.full(len(agents), case), agents)
        load_s, money = self.load_s[agents], self.money[agents]
        rise_s = choices.carrying_s(
            load_s + service_s, money + choices.expected_minor[case], agents
        ) - choices.carrying_s(load_s, money, agents)
        best = int(np.argmin(price_s + rise_s)) if len(agents) else NOBODY
        if best == NOBODY or not np.isfinite(price_s[best]):
            return False
        self._move(case, int(agents[best]), float(price_s[best]))
        return True

    def _outbid(self, case: int, urgency: Floats) -> int | None:
        """Place `case` instead of the less urgent one whose leaving pays most, and return that."""
        choices, service_s = self.choices, self.choices.service_s
        open_to = np.zeros(len(self.load_s) + 1, dtype=bool)
        open_to[choices.eligible[choices.group[case]]] = True
        rivals = np.flatnonzero((urgency < urgency[case]) & open_to[self.owner])
        agents = self.owner[rivals]
        load_s = self.load_s[agents] - service_s[rivals] + service_s[case]
        cases = self.cases[agents] - choices.members[rivals] + choices.members[case]
        fits = (load_s <= choices.limit_s[agents]) & (cases <= choices.max_cases[agents])
        rivals, agents, load_s = rivals[fits], agents[fits], load_s[fits]
        if not len(rivals):
            return None
        now = self.money[agents]
        money = now - choices.expected_minor[rivals] + choices.expected_minor[case]
        price_s = choices.pair_price_s(np.full(len(agents), case), agents)
        gain_s = (
            choices.leave_s[case]
            - choices.leave_s[rivals]
            - price_s
            + self.price_s[rivals]
            - choices.carrying_s(load_s, money, agents)
            + choices.carrying_s(self.load_s[agents], now, agents)
        )
        best = int(np.argmax(gain_s))
        if not gain_s[best] > _GAIN_S:
            return None
        rival, agent = int(rivals[best]), int(agents[best])
        self._move(rival, NOBODY, float(choices.leave_s[rival]))
        self._move(case, agent, float(price_s[best]))
        return rival

    def undo_what_does_not_pay(self) -> None:
        """Put things back as they were wherever that is no worse.

        Changes that share an agent stand or fall together; changes that share none are
        independent, because the price is a sum over agents.
        """
        choices, home = self.choices, self.choices.home
        changed = np.flatnonzero(self.owner != home)
        if not len(changed):
            return
        ends = np.stack([home[changed], self.owner[changed]])
        ends = np.where(ends == NOBODY, ends[::-1], ends)
        agents = np.arange(len(self.load_s))
        shape = (len(agents), len(agents))
        graph = coo_array((np.ones(len(changed)), (ends[0], ends[1])), shape=shape)
        parts, part = connected_components(graph, directed=False)
        back = self.owner.copy()
        back[changed] = home[changed]
        then = self._load_of(back)
        relief_s = self._carrying_s(self.load_s, self.cases, self.money, agents) - self._carrying_s(
            then.work_s, then.cases, then.money, agents
        )
        saved_s = np.bincount(part, relief_s, minlength=parts) + np.bincount(
            part[ends[0]],
            self.price_s[changed] - choices.home_price_s[changed],
            minlength=parts,
        )
        for case in changed[saved_s[part[ends[0]]] >= -_GAIN_S].tolist():
            self._move(case, int(home[case]), float(choices.home_price_s[case]))

    def _move(self, case: int, to: int, price_s: float) -> None:
        choices = self.choices
        for agent, sign in ((int(self.owner[case]), -1), (to, 1)):
            if agent != NOBODY:
                self.load_s[agent] += sign * choices.service_s[case]
                self.cases[agent] += sign * choices.members[case]
                self.money[agent] += sign * choices.expected_minor[case]
        self.owner[case], self.price_s[case] = to, price_s

    def _beyond(self) -> Flags:
        choices = self.choices
        beyond: Flags = (self.load_s > choices.limit_s) | (self.cases > choices.max_cases)
        return beyond

    def _carrying_s(
        self, load_s: Integers, cases: Integers, money: Floats, agents: Integers
    ) -> Floats:
        choices = self.choices
        over_s = np.maximum(load_s - choices.limit_s[agents], 0)
        over = over_s + _CASE_S * np.maximum(cases - choices.max_cases[agents], 0)
        price_s: Floats = choices.carrying_s(load_s, money, agents) + _BEYOND_LIMIT * over
        return price_s

    def _load_of(self, owner: Integers) -> Load:
        choices, base = self.choices, self.choices.base
        placed = np.flatnonzero(owner != NOBODY)
        load = Load.of(choices.problem, owner[placed], choices.column[placed])
        return Load(base.work_s + load.work_s, base.cases + load.cases, base.money + load.money)
