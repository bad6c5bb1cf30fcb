"""A payload in every text field and file name of every form that the pages of a person have, sent by the browser.

The forms are sent without the scripts of the pages, so that every refusal is a page and nothing is checked before.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import product

from claims_world import COMMUNE, OPERATOR, dispute, do, filing, seen
from conftest import often
from every_page import Site, read
from intake_world import picture
from served import FORMULA, TEMPLATE, XSS
from walked import unsafe, watched

from api.claims.challenging import challenge
from api.claims.desk import Desk
from api.claims.filing import file_rows
from api.claims.verifying import verify
from api.database import writing
from api.events import RunPublished
from api.people.access import Person
from api.publication.publications import say_published
from api.publication.published_files import list_sha256

SENDERS = ("operator_alfa", "commune_1", "planner", "police", "auditor", "admin", "public")
EACH = ("/bao-sai", "/phan-anh", "/du-lieu", "/ke-khai", "/tai-khoan")  # these show each role other forms

TAIL = f' {XSS}{TEMPLATE}"><img src=x onerror=window.__xss=2>'
OWN = ("/gui/me", "/gui/sessions")
NUMBERED = re.compile(r"QX\d+Q")
# the forms of a page that have fields for text or files; numbers of objects stand as *
FORMS = """(text) => [...(text ? new DOMParser().parseFromString(text, "text/html") : document).querySelectorAll("form")].map((form, at) => ({ at,
  action: form.getAttribute("action").split("?")[0].replace(/\\b(\\d+|[0-9a-f]{32,64})\\b/g, "*"), step: form.elements.namedItem("answer")?.value || "",
  texts: [...form.elements].filter((one) => one.name && one.matches("textarea, input:is([type=text], [type=search], [type=password], [type=email], :not([type]))")).map((one) => one.name),
  files: [...form.elements].filter((one) => one.type === "file").map((one) => one.name) })).filter((form) => form.texts.length + form.files.length)"""
# fill in everything that a form needs, and the payload where it is to stand
FILL = """([at, where, payload]) => {
  const form = [...document.querySelectorAll("form")][at];
  const valid = { login: "nguoi.thu." + Math.random().toString(36).slice(2), identity: "email:a@b.vn", "options.crs": "EPSG:4326", part: "p1", code: "123456", role: "planner" };
  const days = { as_of: "2025-10-01", vintage: "2025-07-01" };
  const radios = new Set();
  for (const one of form.elements) {
    if (!one.name || one.name.startsWith("_") || one.type === "hidden" || one.type === "file") continue;
    if (where.includes(one.name) && !["radio", "checkbox"].includes(one.type)) one.value = payload;
    else if (one.type === "radio") { if (!radios.has(one.name)) { radios.add(one.name); const all = [...form.elements].filter((o) => o.name === one.name && o.type === "radio"); if (!all.some((o) => o.checked && o.value)) (all.find((o) => o.value) || one).checked = true; } }
    else if (one.type === "checkbox") one.checked = one.name.endsWith("[]");
    else if (one.tagName === "SELECT") { if (valid[one.name]) one.value = valid[one.name]; else if (!one.value && one.required) one.value = [...one.options].find((o) => o.value)?.value; }
    else if (one.type === "date") one.value = days[one.name] || one.value || "2025-10-01";
    else if (one.type === "number") continue;
    else if (one.required && !one.value) one.value = valid[one.name] || "đúng như vậy, một câu đủ dài";
  }
}"""


@dataclass
class Sent:
    """What was sent: form and fields → payload; those that were taken, and what ran or was refused to run."""

    taken: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    harm: list[str] = field(default_factory=list)
    tried: dict[str, set[str]] = field(default_factory=dict)

    @property
    def payloads(self) -> list[str]:
        """All that was sent."""
        return [*self.taken.values(), *self.refused.values()]


def send_all(site: Site, browser, name: str, sent: Sent, mine=lambda route: True) -> None:
    """Send every form of the pages of a person, each form once; those that change how one signs in come last."""
    context = site.context(browser, name)
    page, reader = watched(context), context.new_page()
    last = []
    for address, text in read(
        site, reader, name, mine=mine, each=lambda route: 9 if route.startswith("/phan-anh/") else 1
    ):
        for form in reader.evaluate(FORMS, text):
            if form["action"].startswith(OWN):
                last.append((address, form))
            else:
                _send_form(site, page, address, form, sent)
    for address, form in last:
        page.context.clear_cookies()
        page.context.add_cookies(site.cookies(name))
        _send_form(site, page, address, form, sent)
    context.close()


def title_of(form: dict) -> str:
    """What a form is called in the report."""
    return f"{form['action']} {form['step']}".strip()


def _send_form(site: Site, page, address: str, form: dict, sent: Sent) -> None:
    """All fields at once, then, where that was refused, each field alone; nothing that was tried before."""
    tried = sent.tried.setdefault(title_of(form), set())
    fields = [one for one in [*form["texts"], *form["files"]] if one not in tried]
    if fields and _send(site, page, address, (form, fields), sent):
        tried.update(fields)
        if f"{title_of(form)}: {', '.join(fields)}" in sent.refused and len(fields) > 1:
            for one in fields[: often("fields_alone")]:
                _send(site, page, address, (form, [one]), sent)


def _send(site: Site, page, address: str, what: tuple[dict, list[str]], sent: Sent) -> bool:
    """Whether the form was still there to be sent."""
    form, where = what
    page.goto(site.origin + address)
    at = next((one["at"] for one in page.evaluate(FORMS, "") if title_of(one) == title_of(form)), None)
    if at is None:
        return False
    payload = f"{FORMULA}QX{len(sent.payloads)}Q{TAIL}"
    page.evaluate(FILL, [at, where, payload])
    for name in form["files"]:
        _choose(page, at, name, payload if name in where else "a")
    with page.expect_navigation() as went:
        page.evaluate("(at) => HTMLFormElement.prototype.submit.call([...document.querySelectorAll('form')][at])", at)
    answer, title = went.value, f"{title_of(form)}: {', '.join(where)}"
    (sent.taken if answer is not None and answer.ok else sent.refused)[title] = payload
    sent.harm += [f"{title}: {one}" for one in [*unsafe(page), *untrue(page, sent)]]
    if answer is not None and answer.status >= 500:
        sent.harm.append(f"{title}: {answer.status}")
    return True


def _choose(page, at: int, name: str, stem: str) -> None:
    """Choose a file of that name that fits the field."""
    field_ = page.locator("form").nth(at).locator(f'[name="{name}"]')
    image = "image" in (field_.get_attribute("accept") or "")
    content = picture(seed=len(stem)) if image else b"id,lon,lat\n1,105.8,20.0\n"
    kind = "image/jpeg" if image else "text/csv"
    field_.set_input_files({"name": stem + (".jpg" if image else ".csv"), "mimeType": kind, "buffer": content})


def untrue(page, sent: Sent) -> list[str]:
    """Payloads in the text of the open page that do not stand there as they were typed, to where they are cut."""
    text = page.evaluate("document.documentElement.textContent")
    known = {NUMBERED.search(one)[0]: one.partition("QX")[2] for one in sent.payloads}
    found = []
    for at in NUMBERED.finditer(text):
        typed, shown = known.get(at[0], ""), text[at.start() + 2 :][: len(known.get(at[0], ""))]
        cut = re.split(r"…|\.\.\.", shown)[0]
        if typed and shown != typed and not (cut != shown and typed.startswith(cut)):
            found.append(f"shown otherwise than typed: {shown!r}")
    return found


def laden(site: Site, browser) -> Sent:
    """Send all forms of everybody, with more cases than there are steps that end one; then publish the run again."""
    sent = Sent()
    for village, technology in product(("v1", "v2"), ("3G", "5G")):  # some steps end a case
        new_case(site, village, technology)
    for name in SENDERS:
        others = [one.partition("_")[0] for one in SENDERS[: SENDERS.index(name)]]
        send_all(site, browser, name, sent, lambda route, others=others, name=name: _new(site, route, others, name))
    again = RunPublished(run=site.run, files_sha256=list_sha256(site.workspace.path, site.run))
    with writing(site.workspace.engine) as session:
        say_published(session, "test", again)
    return sent


def _new(site: Site, route: str, others: list[str], name: str) -> bool:
    """Whether a route has not been gone through by somebody else, or shows each role other forms."""
    return route.startswith(EACH) or not site.routes.get(route, frozenset()) & set(others)


def new_case(site: Site, village: str, technology: str) -> int:
    """A new case of the first commune about a claim of alfa in that village."""
    at = _desk(site, OPERATOR, "operator_alfa")
    filed = do(file_rows, at, None, filing(village, technology=technology).rows, accept_good_rows=False).event.id
    at = _desk(site, COMMUNE, "commune_1")
    evidence = do(verify, at, seen(village, technology=technology, seen_on=at.today)).id
    return do(challenge, at, dispute(f"{filed}.1", evidence)).challenge


def _desk(site: Site, person: Person, name: str) -> Desk:
    account = site.ids["account"][name][0]
    return Desk(site.workspace, replace(person, account=account), datetime.now(UTC), f"account/{account}")
