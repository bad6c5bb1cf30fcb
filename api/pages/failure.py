"""Pages that say what is wrong and what to do next."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.pages.drawing import draw, language, link
from api.problem_codes import TITLES
from api.problems import Problem

NEXT = {  # what a person does about it: a sentence, and commands to type
    "no_workspace": (
        "Start the service inside a workspace, or name it. The first command makes a new one, the second an example.",
        (
            "hatangso init WORKSPACE --crs EPSG:5897 --operators viettel,vnpt,mobifone",
            "hatangso demo",
            "hatangso serve --workspace WORKSPACE",
        ),
    ),
    "no_communes": (
        "Import the communes first, then what the operators and offices send, then assess.",
        (
            "hatangso import communes.gpkg --layer commune --vintage 2025-07-01",
            "hatangso assess --criteria th-1829-2023 --as-of 2025-12-31",
        ),
    ),
    "no_run": (
        "Data have been imported but not assessed yet. Choose a criteria set and a date, then open this page again.",
        ("hatangso criteria list", "hatangso assess --criteria th-1829-2023 --as-of 2025-12-31"),
    ),
    "no_publication": (
        "There are results, but the public does not see them yet. Publish a run, then open this page again.",
        ("hatangso runs", "hatangso publish RUN"),
    ),
    "damaged": ("Check what was changed in the workspace, then assess again.", ("hatangso audit verify",)),
    "not_found": ("The address may be mistyped, or the unit is not in these boundaries. Search for its name.", ()),
    "unfinished": ("Open your account page: it says what is still to be done.", ()),
    "not_for_you": ("Sign in as somebody whose task this is, or ask the admin of this service.", ()),
    "bad_parameter": ("Go back and choose from the lists.", ()),
    "internal": ("Try again. If it happens again, give the log number to whoever runs this service.", ()),
}  # fmt: skip


def failure_page(request: Request, problem: Problem) -> Response:
    """The page of a problem, in the language asked for."""
    lang = language(request)
    if problem.code in ("sign_in", "session_ended") and request.method == "GET":
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        said = "" if problem.code == "sign_in" else "ended"
        to_sign_in = RedirectResponse(link("/dang-nhap", {"back": asked, "said": said, "lang": lang}), 303)
        to_sign_in.headers.update({**problem.headers, "cache-control": "no-store"})
        return to_sign_in
    sentence, commands = NEXT.get(problem.code, ("", ()))
    values = {
        "problem": problem,
        "status": problem.status,
        "title": TITLES[problem.code][1],
        "sentence": sentence,
        "commands": commands,
    }
    answered = draw(request, "failure.html", lang, values)
    answered.headers.update({**problem.headers, "cache-control": "no-store"})
    return answered
