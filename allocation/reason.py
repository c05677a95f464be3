"""Why nobody owns a case: a name for programs, the numbers, and a sentence for managers."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

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
        of = f"of {self.agents} who fit otherwise"
        return {
            "barred": f"nobody may have it: {named}",
            "no_agent_in_branch": f"branch {branch} has no agent at work",
            "no_agent_with_skill": f"no agent in branch {branch} has skill {named}",
            "no_agent_with_all_skills": f"no agent in branch {branch} has all of {named}",
            "no_agent_with_language": f"no agent in branch {branch} with the skills speaks {named}",
            "no_agent_of_gender": f"the customer asks for {named}; no agent in branch {branch}"
            f" is, {of}",
            "no_agent_with_certificate": f"no agent in branch {branch} has a valid certificate"
            f" {named}, {of}",
            "tag_excluded": f"it is tagged {named}; no agent in branch {branch} may have that,"
            f" {of}",
            "conflict_of_interest": f"no agent in branch {branch} is without a conflict of interest"
            f" with the customer, {of}",
            "above_cash_limits": f"a visit may bring {self.cash_minor} minor units in cash; the"
            f" highest limit in branch {branch} is {self.limit_minor}, {of}",
            "no_agent_of_territory": f"no agent at work in branch {branch} works territory {named},"
            f" {of}",
            "out_of_reach": f"no street leads from an eligible agent of branch {branch} to it",
            "capacity_short": f"capacity of branch {branch} short by {self.short_by_min} minutes",
            "cases_short": f"the agents of branch {branch} who have time have their most cases;"
            f" short by {self.short_by_cases} cases",
            "pinned_agent_missing": "it is pinned to an agent who is not at work",
            "not_on_map": "its address is not on the map",
            "not_yet_allocated": "nobody at work had it, and no allocation has given it since",
        }[self.code]
