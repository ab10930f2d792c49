"""The tables of who may open what as one page of documentation: every page beside every role."""

from __future__ import annotations

from collections.abc import Iterator

from countermark.desk.accounts import ROLES
from web.access import Table, read_area
from web.app import WEB, areas


def table() -> Table:
    """All areas' tables, without starting the pages."""
    found = Table()
    for area in areas():
        read_area(area, WEB / area / "access.toml", found)
    return found


def rows() -> Iterator[list[str]]:
    """Headings, then one row a page: its name, what it shows of children, and yes or nothing for each role."""
    yield ["page", "without signing in", *[role.replace("_", " ") for role in ROLES], "shows children"]
    for endpoint, page in sorted(table().pages.items()):
        open_to = ["yes" if page.public or role in page.roles else "" for role in ROLES]
        yield [f"`{endpoint}`", "yes" if page.public else "", *open_to, "each view is entered" if page.child else ""]


def page() -> Iterator[str]:
    """The page docs/access.md, line by line. Made from the areas' tables; a test holds it in step."""
    yield "# Who may open what"
    yield ""
    yield (
        "Made from the `access.toml` of each area of pages (`web/<area>/`) by `make docs`. A page that no table names is refused to "
        "everybody, and the pages do not start while there is one. A team manager sees own teams alone, whatever the table says."
    )
    yield ""
    headings, *pages = list(rows())
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in pages:
        yield f"| {' | '.join(row)} |"
    yield ""
