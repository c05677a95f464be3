"""Pages of people, roles and branches."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import available_timezones

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from allocation.branch_moves import store as branch_moves
from allocation.leaving.store import standing
from api.admin.staff import wanted_people
from api.cursor import Cursor, cut, keys_of
from api.pages.administration.visit import AdminVisit
from api.routing import Router
from core.clock import local_day
from data.session import Session
from identity.bearers.store import sessions_of
from identity.errors import PersonNotFound
from identity.openings import store as openings_store
from identity.people import store
from identity.people.person import State, Wanted
from identity.principal import Role
from identity.roles import store as roles_store
from identity.store import branches
from map_ui.administration import people_pages
from map_ui.administration.people_pages import BranchLine, Option

pages = Router(prefix="/admin", include_in_schema=False, default_response_class=HTMLResponse)

ON_A_PAGE = 50
MOST_COLLEAGUES = 500


@pages.get("")
async def first(visit: AdminVisit) -> RedirectResponse:
    """Administration begins with people."""
    return RedirectResponse("/admin/people", status_code=303)


@pages.get("/people")
async def people(
    request: Request,
    visit: AdminVisit,
    wanted: Annotated[Wanted, Depends(wanted_people)],
    cursor: Cursor = None,
) -> HTMLResponse:
    """The people that fit a search, by name."""
    session, now = visit.session, visit.now
    after = keys_of(cursor, str)
    found = await store.people(session, wanted, now, after=after, limit=ON_A_PAGE + 1)
    page, behind = cut(found, ON_A_PAGE, lambda person: (person.full_name, person.id))
    shown = people_pages.people(
        visit.desk,
        page,
        await store.count(session, wanted, now),
        wanted,
        branches=await branch_options(session),
        composed=[each.name for each in await roles_store.all_composed(session)],
        next_url=further(request, behind),
        unvouched=await store.count(session, Wanted(is_vouched=False), now),
    )
    return HTMLResponse(shown)


@pages.get("/people/{id}")
async def person(visit: AdminVisit, id: UUID) -> HTMLResponse:  # noqa: A002
    """One person's account."""
    session, now = visit.session, visit.now
    who = await store.person(session, id, now)
    if who is None:
        raise PersonNotFound(str(id))
    changes = await roles_store.open_changes(session)
    colleagues = await store.people(
        session, Wanted(role=Role.AGENT, state=None), now, after=None, limit=MOST_COLLEAGUES
    )
    shown = people_pages.person(
        visit.desk,
        who,
        viewer_id=visit.caller.id,
        openings=await openings_store.openings(session, id),
        has_a_hand=await openings_store.have_one_hand(session, id, visit.caller.id),
        standing=await standing(session, id, now),
        sessions=await sessions_of(session, id, now),
        change=next((change for change in changes if change.staff_id == id), None),
        composed=[each.name for each in await roles_store.all_composed(session)],
        branches=[each for each in await branch_options(session) if each.value != who.branch_code],
        move=await branch_moves.planned_of(session, id),
        today=local_day(now, visit.desk.zone).isoformat(),
        colleagues=[
            Option(str(each.id), f"{each.full_name} ({each.branch_code})")
            for each in colleagues
            if each.id != id and each.state is not State.LEFT
        ],
    )
    return HTMLResponse(shown)


@pages.get("/roles")
async def roles(visit: AdminVisit) -> HTMLResponse:
    """What each role grants, and the changes that wait for another administrator."""
    session = visit.session
    composed = await roles_store.all_composed(session)
    shown = people_pages.roles(
        visit.desk,
        [(each.name, frozenset(each.permissions)) for each in composed],
        await store.count_by_role(session),
        await roles_store.open_changes(session),
        visit.caller.id,
    )
    return HTMLResponse(shown)


@pages.get("/branches")
async def branches_page(visit: AdminVisit) -> HTMLResponse:
    """The tree of branches."""
    session = visit.session
    found = {branch.id: branch for branch in await branches(session)}
    parents = await store.branch_parents(session)
    counts = await store.count_by_branch(session)
    lines = [
        BranchLine(
            branch.id, branch.code, branch.name, branch.zone, branch.currency, branch.country,
            depth, counts.get(branch.id, 0), branch.location is not None,
        )
        for id_, depth in in_tree_order(parents, list(found))
        for branch in [found[id_]]
    ]  # fmt: skip
    zones = sorted(zone for zone in available_timezones() if "/" in zone)
    return HTMLResponse(people_pages.branches(visit.desk, lines, zones))


def in_tree_order(
    parents: Mapping[UUID, UUID | None], ids: Sequence[UUID]
) -> list[tuple[UUID, int]]:
    """Each id with its depth, after its parent and before the next of the parent's; siblings stay
    in the order given. One whose parent is not among them is a root."""
    below: dict[UUID | None, list[UUID]] = {}
    for id_ in ids:
        parent = parents.get(id_)
        below.setdefault(parent if parent in parents else None, []).append(id_)

    def walk(parent: UUID | None, depth: int) -> list[tuple[UUID, int]]:
        return [
            line for id_ in below.get(parent, []) for line in ((id_, depth), *walk(id_, depth + 1))
        ]

    return walk(None, 0)


async def branch_options(session: Session) -> list[Option]:
    """The branches in scope, to choose from."""
    return [Option(b.code, f"{b.name} ({b.code})") for b in await branches(session)]


def further(request: Request, cursor: str | None) -> str | None:
    """Where the page behind this one is, with all else as it was asked; None on the last."""
    if cursor is None:
        return None
    kept = {name: value for name, value in request.query_params.items() if name != "cursor"}
    return f"{request.url.path}?{urlencode({**kept, 'cursor': cursor})}"
