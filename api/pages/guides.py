"""What each role does here, in a few steps: the page, the printed page and the tour of the demo say the same."""

from dataclasses import dataclass
from typing import Any

from api.people.access import Role
from geo.words import Lang, say


@dataclass(frozen=True, slots=True)
class Step:
    """One step: where it is done, and what is done there."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Guide:
    """The guide of a role; `slug` is its address."""

    role: Role
    slug: str
    title: str
    aim: str
    steps: tuple[Step, ...]
    good_to_know: tuple[str, ...]


BROWSE = Step("/", "See the state of the province in one view: date, criteria set, what is sure and what is unknown.")
FIND = Step("/thon", "Find a village by name, with or without diacritics; filter by criterion and result.")
MAP = Step("/ban-do", "Open the map, choose a criterion, press a village for its values and sources.")
TAKE = Step("/", "Take Excel, GeoPackage, GeoJSON or CSV away at the bottom of the start page.")
ACCOUNT = Step("/tai-khoan", "Set your own password; make an app password for QGIS where you need one.")
SEND = Step("/du-lieu", "Send a file: choose the layer, check it first, mend the rows that are named, then import it.")

GUIDES = (
    Guide(
        "commune", "xa", "Commune staff", "Verify that every village of the commune is connected.",
        (
            Step("/xa-toi", "Open the list of your villages. Those that nobody has verified stand first."),
            Step("/xa-toi", "Choose a village. Say for each service: connected or not; add photo and measured speed."),
            Step("/xa-toi", "Without a network go on: reports wait on the phone and are sent later, each once."),
            Step("/xa-toi", "Where an operator claims what is not so, press “challenge” and choose a reason."),
            Step("/phan-anh", "See where each of your challenges stands, and how many days are left."),
            Step("/xa-toi/khai-bao", "Declare the office items of the commune with their evidence."),
            Step("/ke-hoach", "See what the plans of the province would build in the commune, and why."),
        ),
        ("Reports carry your commune only; nobody is shown your name.", "A wrong report is mended by a new one."),
    ),
    Guide(
        "operator", "nha-mang", "Operator's staff", "Show what is served, close the gaps, answer in time.",
        (
            Step("/viec", "See what waits for you and how many days are left."),
            Step("/vung-lom", "See your gaps ranked by people; take them away for your own programs."),
            Step("/ke-hoach", "See which plans concern you, what they ask of you and why; take your part away."),
            Step("/ke-khai", "File which villages you serve, row by row or from your coverage maps."),
            SEND,
            Step("/phan-anh", "Answer a challenge: concede, contest with evidence, or name the quarter of your plan."),
            ACCOUNT,
        ),
        ("Other operators never see your assets.", "A challenge without an answer in time goes to the province."),
    ),
    Guide(
        "planner", "tinh", "Provincial planner", "Know the state, decide what is disputed, publish what is sure.",
        (
            Step("/viec", "See which cases wait for a decision."),
            SEND,
            Step("/phan-anh", "Decide a challenge with the evidence of both sides beside the map."),
            Step("/danh-gia", "Assess anew, and see what moved each value between two runs."),
            Step("/cong-bo", "Look at what the public will see, then publish."),
            Step("/ke-hoach", "Plan what to build with the money there is, compare plans, take map and workbook away."),
            Step("/tien-do", "Follow how many communes reach the criteria against the yearly allocation."),
        ),
        ("Nobody decides on an own report.", "A published run never changes; a newer one takes its place."),
    ),
    Guide(
        "police", "cong-an", "Police", "Keep the camera layer.",
        (
            Step("/tai-khoan", "Turn on the second factor: without it nobody of the police signs in."),
            Step("/camera", "See every camera with its direction and view; only the police see these."),
            SEND,
            MAP,
        ),
        ("The public sees numbers of cameras only.",),
    ),
    Guide(
        "auditor", "kiem-tra", "Auditor", "Check that nothing was changed afterwards.",
        (
            Step("/nhat-ky", "Read the event log; filter by kind and day."),
            Step("/nhat-ky", "Compare the head of the chain with the one noted on paper."),
            Step("/phan-anh", "Read cases with their history."),
        ),
        ("The log holds no names and no free text.",),
    ),
    Guide(
        "admin", "quan-tri", "Admin", "Give everybody the right account, and take it back in time.",
        (
            Step("/tai-khoan", "Turn on the second factor."),
            Step("/quan-tri", "Make accounts with role and scope; tell the first password to its owner once."),
            Step("/quan-tri", "Lock the account of a lost device: it is refused at the next request."),
            Step("/quan-tri", "Take back app passwords that nobody needs."),
        ),
        ("Admins see accounts, not data.",),
    ),
    Guide(
        "public", "khach", "Visitor", "See what is published.",
        (BROWSE, FIND, MAP, Step("/can-dau-tu", "See which villages lack what, ranked by people."), TAKE),
        ("A value is an interval: the true one lies between its two ends. Unknown is neither zero nor a failure.",),
    ),
)  # fmt: skip
BY_SLUG = {guide.slug: guide for guide in GUIDES}


def guide_of(role: str) -> Guide:
    """The guide of a role."""
    return next(guide for guide in GUIDES if guide.role == role)


def shown(guide: Guide, lang: Lang) -> dict[str, Any]:
    """A guide in words, for the page and for print."""
    return {
        "slug": guide.slug, "title": say(guide.title, lang), "aim": say(guide.aim, lang),
        "steps": [(step.where, say(step.what, lang)) for step in guide.steps],
        "good_to_know": [say(text, lang) for text in guide.good_to_know],
    }  # fmt: skip
