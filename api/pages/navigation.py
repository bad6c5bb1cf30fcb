"""Which pages stand in the head of every page: those that everybody sees, then those of the role."""

from api.people.access import Role

EVERYBODY = (
    ("/xa", "Communes"),
    ("/thon", "Villages"),
    ("/can-dau-tu", "To invest in"),
    ("/con-thieu-du-lieu", "Missing"),
    ("/tien-do", "Progress"),
    ("/ban-do", "Map"),
)
TASKS, CASES = ("/viec", "What waits for you"), ("/phan-anh", "Challenges")
SENDING, FILINGS = ("/du-lieu", "Send data"), ("/ke-khai", "Filings")
REMARKS = ("/bao-sai", "Reports of errors")
PLANS = ("/ke-hoach", "Investment plans")
OWN: dict[Role, tuple[tuple[str, str], ...]] = {
    "planner": (
        TASKS, CASES, SENDING, ("/danh-gia", "Assessments"), ("/cong-bo", "Publications"), PLANS, FILINGS, REMARKS,
    ),
    "operator": (TASKS, CASES, ("/vung-lom", "Own gaps"), PLANS, FILINGS, SENDING, REMARKS),
    "commune": (("/xa-toi", "My commune"), CASES, ("/xa-toi/khai-bao", "Declarations"), PLANS, SENDING, REMARKS),
    "police": (("/camera", "Camera points"), SENDING),
    "auditor": (CASES, ("/nhat-ky", "Event log"), REMARKS),
    "admin": (("/quan-tri", "Accounts"),),
}  # fmt: skip


def own(role: Role) -> tuple[tuple[str, str], ...]:
    """Address and words of the pages that only this role has."""
    return OWN.get(role, ())
