"""The page on which many people are enrolled."""

from fastapi import Response
from fastapi.responses import HTMLResponse

from api.pages.administration.people import branch_options
from api.pages.administration.visit import AdminVisit
from api.routing import Router
from collection.enrollment import store
from collection.enrollment.columns import COLUMNS, example_csv
from collection.enrollment.roster import ROLES
from map_ui.administration import people_pages

pages = Router(prefix="/admin", include_in_schema=False, default_response_class=HTMLResponse)


@pages.get("/enrollment")
async def enrollment(visit: AdminVisit) -> HTMLResponse:
    """A file of people, and those that were enrolled before."""
    shown = people_pages.enrollment(
        visit.desk,
        COLUMNS,
        ROLES,
        await branch_options(visit.session),
        await store.enrollments(visit.session, 50),
        viewer_id=visit.caller.id,
    )
    return HTMLResponse(shown)


@pages.get("/enrollment/example.csv")
async def example(visit: AdminVisit) -> Response:
    """A file to start from."""
    headers = {"Content-Disposition": 'attachment; filename="people.csv"'}
    return Response(example_csv(), media_type="text/csv", headers=headers)
