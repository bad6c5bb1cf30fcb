"""What is known of each service of a village: the commune's last report, else what operators claim."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from geo.words import Lang, say

ALWAYS = (("mobile", "4G"), ("fibre", ""), ("wifi", ""))  # what a commune looks for in every village
TITLES = {"fibre": "Fibre internet", "wifi": "Free public Wi-Fi"}
SAID = {"yes": ("pass", "There is"), "no": ("fail", "There is not"), "unsure": ("unknown", "Not sure")}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Thing:
    """One service of one village: reports of it, the newest that counts first, and claims that count."""

    service: str
    technology: str
    reports: tuple[Row, ...]
    claims: tuple[Row, ...]

    @property
    def open(self) -> bool:
        """Whether the commune itself has not reported it yet."""
        return not any(report["role"] == "commune" for report in self.reports)

    @property
    def name(self) -> str:
        """What names it in an address."""
        return f"{self.service}-{self.technology}".lower().rstrip("-")

    def title(self, lang: Lang) -> str:
        """Its name in words."""
        return title(self.service, self.technology, lang)

    def known(self, lang: Lang) -> tuple[str, str]:
        """What is known, as a code of a mark and in words."""
        if self.reports:
            code, text = SAID[self.reports[0]["connected"]]
            return code, say(text, lang)
        said = {claim["served"] for claim in self.claims}
        if said == {True, False}:
            return "unknown", say("Operators differ", lang)
        if said:
            served = True in said
            words = "An operator says there is" if served else "Operators say there is not"
            return "shown" if served else "not_applicable", say(words, lang)
        return "unknown", say("Nothing known", lang)


def title(service: str, technology: str, lang: Lang) -> str:
    """A service in words."""
    if service == "mobile":
        return say("{technology} signal", lang, technology=technology) if technology else say("Mobile signal", lang)
    return say(TITLES[service], lang)


def things(reports: Iterable[Row], claims: Iterable[Row]) -> tuple[Thing, ...]:
    """The services of one village: those that a commune always looks for, then other mobile ones that are claimed.

    A report without technology is about each of the service.
    """
    ordered = sorted(reports, key=lambda report: (report["seen_on"], report["id"]), reverse=True)
    filed = list(claims)
    named = [row for row in (*filed, *ordered) if row["service"] == "mobile" and row["technology"]]
    more = sorted({("mobile", row["technology"]) for row in named} - set(ALWAYS), reverse=True)
    wanted = [*ALWAYS[:1], *more, *ALWAYS[1:]]
    return tuple(
        Thing(
            service, technology,
            tuple(r for r in ordered if r["service"] == service and r["technology"] in (technology, "")),
            tuple(c for c in filed if c["service"] == service and c["technology"] == technology),
        )
        for service, technology in wanted
    )  # fmt: skip
