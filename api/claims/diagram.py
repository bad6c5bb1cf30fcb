"""The state machine for people: a Mermaid diagram and tables, Vietnamese and English, from `api.claims.states`."""

from collections.abc import Iterator

from api.claims.states import DECIDED, REASONS, STATES, STEPS, Step
from geo.words import Lang, say

WHO = {
    "commune": "xã · commune", "operator": "nhà mạng · operator", "planner": "tỉnh · province", "": "đồng hồ · clock",
}  # fmt: skip
UNTIL = {
    "": "không có · none",
    "answer": "hết ngày cuối của hạn trả lời (HATANGSO_ANSWER_DAYS) · end of the last day for the answer",
    "reopening": "hết ngày cuối của hạn mở lại (HATANGSO_REOPEN_DAYS) · end of the last day for reopening",
}
NEEDS = {
    "reason": "mã lý do · reason code", "evidence": "xác minh · verification", "note": "ghi chú · note",
    "quarter": "quý · quarter",
}  # fmt: skip


def mermaid() -> str:
    """The diagram; every arrow is one step of one party."""
    lines = ["stateDiagram-v2", "    [*] --> open: challenge (commune, planner)"]
    for step in STEPS:
        who = ", ".join(step.by) or "clock"
        lines += [f"    {before} --> {step.after}: {step.name} ({who})" for before in step.before]
    return "\n".join([*lines, *(f"    {state} --> [*]" for state in (*DECIDED, "withdrawn"))])


def state_rows() -> Iterator[str]:
    """A row of the table of states for each."""
    for state, text in STATES.items():
        yield f"| `{state}` | {_both(text)} |"


def step_rows() -> Iterator[str]:
    """A row of the table of steps for each: who, step, from, to, what has to be sent, deadline."""
    for step in STEPS:
        who = "; ".join(WHO[role] for role in step.by) or WHO[""]
        before = ", ".join(f"`{state}`" for state in step.before) or "–"
        move = f"`{step.name}`: {_both(step.text)} | {before} | `{step.after}`"
        yield f"| {who} | {move} | {_needs(step)} | {UNTIL[step.until]} |"


def reason_rows() -> Iterator[str]:
    """A row of the table of reasons for each: code, meaning, services, what upholding says."""
    for code, reason in REASONS.items():
        says = ("không phục vụ · not served" if reason.against else "có phục vụ · served") if reason.denies else "–"
        yield f"| `{code}` | {_both(reason.text)} | {', '.join(reason.services)} | {says} |"


def _both(text: str) -> str:
    languages: tuple[Lang, ...] = ("vi", "en")
    return " · ".join(say(text, lang) for lang in languages)


def _needs(step: Step) -> str:
    return "; ".join(NEEDS[need] for need in step.needs) or "–"
