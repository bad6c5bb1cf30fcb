"""What is looked at in an open page: findings of axe-core, the way of the Tab key, and whether a text of others ran."""

from functools import cache
from importlib.resources import files

OPENED = "document.querySelectorAll('details').forEach((one) => { one.removeAttribute('name'); one.open = true; })"
# what the Tab key should reach, in the order of the document; of radio buttons of one name one alone
LISTED = """() => {
  const shown = (one) => one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && one.getClientRects().length;
  const rest = (one) => { const s = getComputedStyle(one); return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow].join(" "); };
  const said = (one) => `${one.tagName.toLowerCase()}${one.id ? "#" + one.id : ""} ${(one.getAttribute("name") || one.textContent || "").trim().slice(0, 40)}`;
  const groups = new Map();
  const reached = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable]")].filter(
    (one) => one.tabIndex >= 0 && !one.matches(":disabled, [type=hidden], [inert] *, [inert]") && shown(one));
  for (const one of reached) if (one.type === "radio") {
    const key = `${[...document.forms].indexOf(one.form)}/${one.name}`;
    if (!groups.has(key) || one.checked) groups.set(key, one);
  }
  const stops = reached.filter((one) => one.type !== "radio" || [...groups.values()].includes(one));
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  const before = new Map(stops.map((one) => [one, rest(one)]));
  window.__way = [];
  document.addEventListener("focusin", (event) => {
    const one = event.target, style = getComputedStyle(one);
    const marked = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    window.__way.push([stops.indexOf(one), marked && rest(one) !== before.get(one), said(one)]);
  }, true);
  const inner = stops.filter((one) => ["date", "time", "datetime-local", "month", "week"].includes(one.type)).length;
  return { words: stops.map(said), ahead: stops.filter((one) => one.tabIndex > 0).map(said), presses: stops.length + 4 * inner };
}"""
WATCH = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", (event) => window.__refused.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@cache
def axe_script() -> str:
    """The source of axe-core."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def watched(context):
    """A page of a browser that notes what its policy refuses, what is said on its console and which dialogs open."""
    page = context.new_page()
    page.add_init_script(WATCH)
    page.noted = []
    page.on("dialog", lambda dialog: (page.noted.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda fault: page.noted.append(f"fault: {fault}"))
    page.on("console", lambda line: page.noted.append(line.text) if "Content Security Policy" in line.text else None)
    return page


def unsafe(page) -> list[str]:
    """What ran, or was refused to run, that should not be there at all."""
    found = [*page.noted, *page.evaluate("window.__refused")]
    page.noted.clear()
    ran = page.evaluate("window.__xss")
    return found + ([f"ran: {ran}"] if ran is not None else [])


def findings(page) -> list[str]:
    """What axe-core finds in the open page: impact, rule and element."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(axe_script())
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [f"{rule['impact']} {rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def astray(page) -> list[str]:
    """What is wrong when the page is walked with the Tab key from its top: order, elements left out, focus unseen."""
    told = page.evaluate(LISTED)
    keys = page.context.new_cdp_session(page)
    for _ in range(told["presses"]):
        keys.send(
            "Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
        )
    keys.detach()
    way, words = page.evaluate("window.__way"), told["words"]
    reached = [step[0] for step in way[: len(words)]]
    wrong = [f"tabindex above 0: {one}" for one in told["ahead"]]
    if reached != list(range(len(words))):
        at = next(
            (n for n, (is_, step) in enumerate(zip(range(len(words)), reached, strict=False)) if is_ != step),
            len(reached),
        )
        wrong.append(
            f"after {words[at - 1] if at else 'the top'}: {way[at][2] if at < len(way) else 'nothing'} instead of {words[at]}"
        )
    return wrong + sorted({f"focus is not seen: {step[2]}" for step in way if not step[1] and step[0] >= 0})
