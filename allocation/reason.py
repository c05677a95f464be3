"""Why nobody owns a case: a name for programs, the numbers, and a sentence for managers."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from core.said import say

ReasonCode = Literal[
    "barred",
    "no_agent_in_branch",
    "no_agent_with_skill",
    "no_agent_with_all_skills",
    "no_agent_with_language",
    "no_agent_of_gender",
    "no_agent_with_certificate",
    "tag_excluded",
    "conflict_of_interest",
    "above_cash_limits",
    "no_agent_of_territory",
    "out_of_reach",
    "capacity_short",
    "cases_short",
    "pinned_agent_missing",
    "not_on_map",
    "not_yet_allocated",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nobody owns a case.

    `missing` holds what nobody has: skills, languages, certificates; the tags that everybody
    excludes; or the territory that nobody works. `agents` is how many agents at work fit in every
    respect asked about before.
    `short_by_min` and `short_by_cases` are the work in the branch that found no agent with room,
    over all its cases. `cash_minor` is the cash a visit may bring, `limit_minor` the highest limit
    of those who fit otherwise.
    """

    code: ReasonCode
    branch_id: UUID
    missing: tuple[str, ...] = ()
    agents: int = 0
    short_by_min: int = 0
    short_by_cases: int = 0
    cash_minor: int = 0
    limit_minor: int = 0

    def sentence(self, branch: str) -> str:
        """The reason in words; `branch` is the branch's name."""
        named = ", ".join(self.missing)
        of = say("of {agents} who fit otherwise", agents=self.agents)
        return {
            "barred": say("nobody may have it: {named}", named=named),
            "no_agent_in_branch": say("branch {branch} has no agent at work", branch=branch),
            "no_agent_with_skill": say(
                "no agent in branch {branch} has skill {named}", branch=branch, named=named
            ),
            "no_agent_with_all_skills": say(
                "no agent in branch {branch} has all of {named}", branch=branch, named=named
            ),
            "no_agent_with_language": say(
                "no agent in branch {branch} with the skills speaks {named}",
                branch=branch,
                named=named,
            ),
            "no_agent_of_gender": say(
                "the customer asks for {named}; no agent in branch {branch} is, {of}",
                named=named,
                branch=branch,
                of=of,
            ),
            "no_agent_with_certificate": say(
                "no agent in branch {branch} has a valid certificate {named}, {of}",
                branch=branch,
                named=named,
                of=of,
            ),
            "tag_excluded": say(
                "it is tagged {named}; no agent in branch {branch} may have that, {of}",
                named=named,
                branch=branch,
                of=of,
            ),
            "conflict_of_interest": say(
                "no agent in branch {branch} is without a conflict of interest with the "
                "customer, {of}",
                branch=branch,
                of=of,
            ),
            "above_cash_limits": say(
                "a visit may bring {cash_minor} minor units in cash; the highest limit in "
                "branch {branch} is {limit_minor}, {of}",
                cash_minor=self.cash_minor,
                branch=branch,
                limit_minor=self.limit_minor,
                of=of,
            ),
            "no_agent_of_territory": say(
                "no agent at work in branch {branch} works territory {named}, {of}",
                branch=branch,
                named=named,
                of=of,
            ),
            "out_of_reach": say(
                "no street leads from an eligible agent of branch {branch} to it", branch=branch
            ),
            "capacity_short": say(
                "capacity of branch {branch} short by {short_by_min} minutes",
                branch=branch,
                short_by_min=self.short_by_min,
            ),
            "cases_short": say(
                "the agents of branch {branch} who have time have their most cases; short by "
                "{short_by_cases} cases",
                branch=branch,
                short_by_cases=self.short_by_cases,
            ),
            "pinned_agent_missing": say("it is pinned to an agent who is not at work"),
            "not_on_map": say("its address is not on the map"),
            "not_yet_allocated": say("nobody at work had it, and no allocation has given it since"),
        }[self.code]
