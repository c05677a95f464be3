"""The roles that people have."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is. Everybody has exactly one; a customer has no staff account, and an
    integration is a program with a key."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ALLOCATION_MANAGER = "allocation_manager"
    CASH_DESK = "cash_desk"
    BRANCH_MANAGER = "branch_manager"
    TELE_CALLER = "tele_caller"
    HEAD_OFFICE = "head_office"
    LEADERSHIP = "leadership"
    AUDITOR = "auditor"
    ADMIN = "admin"
    INTEGRATION = "integration"
    CUSTOMER = "customer"
