"""Who may call what: the one table that says so, and that the tests hold the routes to.

A route without a row fails the tests, and so does a row without a route. `EVERYBODY` needs no
sign-in; `SIGNED_IN` needs any.
"""

from identity.principal import Role

AGENT, SUPERVISOR, ALLOCATION, CASH_DESK, ADMIN, CUSTOMER = (
    Role.AGENT, Role.SUPERVISOR, Role.ALLOCATION_MANAGER, Role.CASH_DESK, Role.ADMIN, Role.CUSTOMER,
)  # fmt: skip
EVERYBODY: frozenset[Role] | None = None
SIGNED_IN = frozenset(Role)
ANY_STAFF = SIGNED_IN - {CUSTOMER}
OFFICE = ANY_STAFF - {AGENT}
DEVICE = "device key"
"""Takes a device's key instead of a person's token."""

ACCESS: dict[tuple[str, str], frozenset[Role] | str | None] = {
    ("GET", "/tiles/{z}/{x}/{y}.mvt"): ANY_STAFF,
    ("PUT", "/v1/agent/attachments/{id}"): frozenset({AGENT}),
    ("GET", "/v1/agent/cases"): frozenset({AGENT}),
    ("GET", "/v1/agent/cases/{id}"): frozenset({AGENT}),
    ("PUT", "/v1/agent/check-ins/{id}"): frozenset({AGENT}),
    ("PUT", "/v1/agent/check-outs/{id}"): frozenset({AGENT}),
    ("PUT", "/v1/agent/deposits/{id}"): frozenset({AGENT}),
    ("PUT", "/v1/agent/panics/{id}"): frozenset({AGENT}),
    ("PUT", "/v1/agent/promises/{id}"): frozenset({AGENT}),
    ("PUT", "/v1/agent/receipts/{id}"): frozenset({AGENT}),
    ("DELETE", "/v1/agent/sign-on"): frozenset({AGENT}),
    ("GET", "/v1/agent/round"): frozenset({AGENT}),
    ("PUT", "/v1/agent/sign-on"): frozenset({AGENT}),
    ("GET", "/v1/agent/till"): frozenset({AGENT}),
    ("GET", "/v1/agents/{agent_id}/day-report"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/agents/{agent_id}/health"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/agents/{agent_id}/round"): frozenset({SUPERVISOR, ADMIN}),
    ("PUT", "/v1/agents/{agent_id}/shift"): frozenset({ALLOCATION, SUPERVISOR, ADMIN}),
    ("GET", "/v1/agents/{agent_id}/trail"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/agents/{agent_id}/trail.geojson"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/agents/{agent_id}/trail.gpx"): frozenset({SUPERVISOR, ADMIN}),
    ("POST", "/v1/agents/{agent_id}/unavailable"): frozenset({ALLOCATION, SUPERVISOR, ADMIN}),
    ("GET", "/v1/alerts"): frozenset({SUPERVISOR, ADMIN}),
    ("POST", "/v1/alerts/{alert_id}/acknowledge"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/attachments/{id}"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/branches"): ANY_STAFF,
    ("POST", "/v1/branches"): frozenset({ADMIN}),
    ("GET", "/v1/branches/{code}/policies"): OFFICE,
    ("PUT", "/v1/branches/{code}/policies/{key}"): frozenset({ADMIN}),
    ("DELETE", "/v1/branches/{code}/policies/{key}"): frozenset({ADMIN}),
    ("GET", "/v1/branches/{code}/day-reports"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/branches/{code}/evidence-heads"): frozenset({SUPERVISOR, ADMIN}),
    ("POST", "/v1/branches/{code}/days/{day}/plan"): frozenset({ALLOCATION, SUPERVISOR, ADMIN}),
    ("POST", "/v1/demand-files"): frozenset({ADMIN}),
    ("GET", "/v1/deposits"): frozenset({CASH_DESK, ADMIN}),
    ("POST", "/v1/deposits/{id}/acknowledge"): frozenset({CASH_DESK, ADMIN}),
    ("GET", "/v1/devices"): frozenset({ADMIN}),
    ("POST", "/v1/devices"): frozenset({ADMIN}),
    ("POST", "/v1/devices/{id}/key"): frozenset({ADMIN}),
    ("POST", "/v1/devices/{id}/revoke"): frozenset({ADMIN}),
    ("GET", "/v1/device"): DEVICE,
    ("POST", "/v1/device/self-tests"): DEVICE,
    ("GET", "/v1/device/self-tests/latest"): DEVICE,
    ("GET", "/v1/devices/{id}/health"): frozenset({ADMIN}),
    ("GET", "/v1/findings"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/live/events"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/live/fences"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/live/snapshot"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/me"): SIGNED_IN,
    ("GET", "/v1/quarantine"): frozenset({ADMIN}),
    ("GET", "/v1/quarantine/{id}"): frozenset({ADMIN}),
    ("POST", "/v1/quarantine/{id}/dismiss"): frozenset({ADMIN}),
    ("POST", "/v1/quarantine/{id}/replay"): frozenset({ADMIN}),
    ("GET", "/v1/push/key"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/push/subscriptions"): frozenset({SUPERVISOR, ADMIN}),
    ("POST", "/v1/push/subscriptions"): frozenset({SUPERVISOR, ADMIN}),
    ("DELETE", "/v1/push/subscriptions/{subscription_id}"): frozenset({SUPERVISOR, ADMIN}),
    ("POST", "/v1/panics/{id}/end"): frozenset({SUPERVISOR, ADMIN}),
    ("POST", "/v1/sign-in"): EVERYBODY,
    ("POST", "/v1/sign-out"): SIGNED_IN,
    ("POST", "/v1/staff"): frozenset({ADMIN}),
    ("GET", "/v1/suspicions"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/suspicions/{id}"): frozenset({SUPERVISOR, ADMIN}),
    ("PUT", "/v1/suspicions/{id}/review"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/tills"): frozenset({CASH_DESK, ADMIN}),
    ("GET", "/v1/visits/{id}/evidence"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/visits"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/visits.geojson"): frozenset({SUPERVISOR, ADMIN}),
    ("GET", "/v1/visits/{visit_id}"): frozenset({SUPERVISOR, ADMIN}),
}
