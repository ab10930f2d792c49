"""Who may open what. Each area's `access.toml` names every page and the roles that may; what is not named is refused.

[pages.<function>]           one for every page of the area
roles = ["officer"]          or public = true for a page that needs no signing in
child = true                 shows children: each view is entered in the audit chain
[[navigation]]               what stands in the bar at the top, for those who may open it
page = "scorecard"
label = "Figures"
order = 10
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from countermark.desk.accounts import ROLES
from web.context import ledger, person

WEB = Path(__file__).resolve().parent


class AccessError(ValueError):
    """The table of who may open what is not complete. Says which page; the pages do not start."""


@dataclass(frozen=True)
class Page:
    """Who may open one page."""

    endpoint: str
    roles: frozenset[str]
    public: bool = False
    child: bool = False


@dataclass(frozen=True)
class Link:
    """An entry of the bar at the top."""

    endpoint: str
    label: str
    order: int


@dataclass
class Table:
    """The whole table, of all areas."""

    pages: dict[str, Page] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)

    def may(self, role: str | None, endpoint: str) -> bool:
        """Whether a role (None: nobody signed in) may open a page. Never for a page that is not in the table."""
        page = self.pages.get(endpoint)
        return page is not None and (page.public or role in page.roles)


def read_area(area: str, path: Path, into: Table) -> None:
    """Add an area's table. AccessError for an unknown word or role in it."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := set(said) - {"pages", "navigation"}:
        raise AccessError(f"{area}/access.toml: unknown part {', '.join(sorted(unknown))}")
    for name, page in said.get("pages", {}).items():
        roles = frozenset(page.get("roles", []))
        public = bool(page.get("public", False))
        if set(page) - {"roles", "public", "child"} or roles - set(ROLES) or public == bool(roles):
            raise AccessError(f"{area}/access.toml: {name} needs known roles, or public = true")
        into.pages[f"{area}.{name}"] = Page(f"{area}.{name}", roles, public, bool(page.get("child", False)))
    for link in said.get("navigation", []):
        into.links.append(Link(f"{area}.{link['page']}", link["label"], link["order"]))
        into.links.sort(key=lambda one: one.order)


def guard(app: Flask, table: Table) -> None:
    """Refuse every request that the table does not allow, and refuse to start with a page that it does not name."""
    named, there = set(table.pages), {rule.endpoint for rule in app.url_map.iter_rules()}
    if missing := there - named - {"static"}:
        raise AccessError(f"no access.toml names {', '.join(sorted(missing))}: say which roles may open it")
    if gone := (named | {link.endpoint for link in table.links}) - there:
        raise AccessError(f"an access.toml names {', '.join(sorted(gone))}, which does not exist")
    app.extensions["access"] = table
    app.before_request(_check)
    app.after_request(_note_view)


def _check() -> Response | None:
    endpoint = request.endpoint
    who = g.get("person")
    if endpoint in (None, "static") or _table().may(who.role if who else None, str(endpoint)):
        return None  # not found, a style sheet, or allowed
    if who is not None:
        abort(403)
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("signing_in.sign_in", next=back))


def _note_view(response: Response) -> Response:
    """Enter a view of a child page that no `saw` has entered."""
    page = _table().pages.get(request.endpoint or "")
    if page and page.child and response.status_code == 200 and not g.get("view_noted"):
        saw(page.endpoint)
    return response


def saw(what: str, **says: object) -> None:
    """Enter in the audit chain that the person saw or took something. `says`: pseudonyms, tables, figures; never a child."""
    ledger().viewed(person().name, what, role=person().role, **says)
    g.view_noted = True


def _table() -> Table:
    from flask import current_app

    found: Table = current_app.extensions["access"]
    return found


def may(endpoint: str) -> bool:
    """Whether the person of this request may open a page: for templates, which show no link that would be refused."""
    who = g.get("person")
    return _table().may(who.role if who else None, endpoint)


def navigation() -> list[dict[str, object]]:
    """The bar at the top as the GOV.UK macro wants it, for the person of this request."""
    links = [link for link in _table().links if may(link.endpoint)]
    here, area = request.endpoint or "", (request.endpoint or "").split(".")[0]
    in_area = [link.endpoint for link in links if link.endpoint.split(".")[0] == area]
    marked = here if here in in_area else next(iter(in_area), None)  # one entry: the page itself, else its area's first
    return [
        {"text": link.label, "href": url_for(link.endpoint), "current": link.endpoint == here, "active": link.endpoint == marked}
        for link in links
    ]  # fmt: skip
