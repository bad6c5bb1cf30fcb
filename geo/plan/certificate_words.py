"""What was proved of a plan, in sentences for people."""

from geo.plan.choose import Certificate
from geo.plan.problem import Budget, Floor
from geo.words import Lang, say

MEASURE = {
    "items": "items",
    "people": "people",
    "households": "households",
    "villages": "villages gained",
    "cost": "đồng",
}


def certificate_words(certificate: Certificate, lang: Lang = "vi") -> list[str]:
    """The certificate as sentences, the verdict first."""
    said = [_verdict(certificate, lang)]
    if certificate.conflict is not None:
        said += [
            say("{floor} cannot be met with any money: at most {most}", lang, floor=_floor(f, lang), most=_number(most))
            for f, most in certificate.conflict.impossible
        ]
        said += [
            say(
                "to meet every floor {budget} needs {more} đồng more", lang, budget=_budget(b, lang), more=_number(more)
            )
            for b, more in certificate.conflict.lacking
        ]
        said += [
            say("with the money that there is, this would have to give way: {floor}", lang, floor=_floor(f, lang))
            for f in certificate.conflict.giving_way
        ]
    if certificate.broken:
        said.append(say("the recount found limits that are not kept: {what}", lang, what="; ".join(certificate.broken)))
    elif certificate.status in ("optimal", "gap"):
        said.append(say("every budget, floor and need was counted again from the plan and is kept", lang))
    return said


def _verdict(certificate: Certificate, lang: Lang) -> str:
    what = say(MEASURE[certificate.goal], lang)
    value, bound = _number(certificate.value), _number(certificate.bound)
    if certificate.status == "infeasible":
        return say("proved: no plan meets the floors", lang)
    if certificate.status == "not_found":
        return say("no plan was found in {seconds} s, and nothing is proved; give more time", lang,
                   seconds=_number(certificate.limit_s))  # fmt: skip
    if certificate.status == "optimal" and certificate.value == 0 and certificate.goal != "cost":
        return say("proved: within these budgets nothing can be gained", lang)
    if certificate.status == "optimal":
        return say("proved: no plan within these limits is better than {value} {what}", lang, value=value, what=what)
    return say(
        "{value} {what}; no plan can be better than {bound}, so at most {gap} % are missing", lang, value=value,
        what=what, bound=bound, gap=_number(round(100 * certificate.gap, 3)),
    )  # fmt: skip


def _floor(floor: Floor, lang: Lang) -> str:
    least, what = _number(floor.least), say(MEASURE[floor.measure], lang)
    if floor.commune is None:
        return say("at least {least} {what} in all", lang, least=least, what=what)
    return say("at least {least} {what} in {commune}", lang, least=least, what=what, commune=floor.commune)


def _budget(budget: Budget, lang: Lang) -> str:
    year = say("of all years", lang) if budget.year is None else str(budget.year)
    return say("the budget {year} {source}", lang, year=year, source=budget.source or "").strip()


def _number(value: float) -> str:
    """With dots between thousands and a comma before decimals, as Vietnamese has it."""
    text = f"{value:,.3f}".rstrip("0").rstrip(".") if value != round(value) else f"{value:,.0f}"
    return text.translate(str.maketrans(",.", ".,"))
