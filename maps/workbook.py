"""The workbook that people take away: overview, communes, villages, operators, what to build, what is missing, sources.

It shows results and computes nothing. Equal content gives equal cells; the time inside is the run's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import xlsxwriter

from geo.audience import WITHHELD
from geo.criteria import CriteriaSet, Criterion
from geo.layer import LAYERS
from geo.needs import village_summary
from geo.provenance import Run
from geo.report import Listing
from geo.words import Lang, say
from geo.write import atomic, neutral
from maps import style
from maps.lists import missing_table, needs_table, operator_table, overview_table, summary_table
from maps.page import Page
from maps.reports import lines, report_table, sheet_name
from maps.sheet import Pens, add_lines, add_table
from maps.tables import SIGN, Table, confidence_note, has_threshold, unit_table

MEANING = {
    "pass": "Even the worst case that the data allow reaches the threshold.",
    "fail": "Even the best case that the data allow does not reach the threshold.",
    "unknown": "The data allow both; the reason says what is missing. It is not zero and not a failure.",
    "not_applicable": "The criterion does not apply here; it is left out of shares.",
    "shown": "There is no threshold due; the value is shown and not judged.",
}
OPTIONS = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_date_format": "dd/mm/yyyy",
}  # fmt: skip
UNCHECKED = "* not checked against the primary text (legal confidence C or D)."
BLOCKS = "Block “part of the criteria set” first, then “watched besides”."
FIRST_COLUMNS = "On paper: only the first columns. Set the print area anew for others."
NO_VILLAGES = "On paper: only province and communes. Set the print area anew for villages."
READING = (
    (
        "from, to",
        "The true value lies between the two. They are equal where everything is known. Both are empty where nothing "
        "is known; an empty upper end means that there is no upper limit.",
    ),
    ("people surely, possibly lacking it", "The same for people: those of failing areas, and of those that may fail."),
)


@dataclass(frozen=True, slots=True)
class Content:
    """What a workbook is made of: results of one run for one audience, units by id, the two lists of `geo.needs`.

    `reports` are the lists of `geo.reports` that this audience may see.
    """

    run: Run
    criteria: CriteriaSet
    results: pd.DataFrame
    villages: pd.DataFrame
    communes: pd.DataFrame
    needs: pd.DataFrame
    missing: pd.DataFrame
    reports: tuple[Listing, ...] = ()


def workbook(path: Path, content: Content, lang: Lang = "vi") -> None:
    """Write the workbook to `path`, whole or not at all; rows go to disk as they are written."""
    with atomic(path) as temporary, xlsxwriter.Workbook(str(temporary), OPTIONS) as book:
        pens = Pens(book)
        book.set_properties(_properties(content.run, lang))
        for page, table in _tables(content, lang):
            add_table(book, pens, page, table)
        add_lines(book, pens, _page(content.run, "Legend", "Legend", lang), legend(content.criteria, lang))
        add_lines(book, pens, _page(content.run, "Sources", "Sources", lang), sources(content.run, lang))


def report_workbook(
    path: Path, made: Listing, run: Run, units: tuple[pd.DataFrame, pd.DataFrame], lang: Lang = "vi"
) -> None:
    """Write one report with its sources to `path`, whole or not at all; `units` are villages and communes, by id."""
    with atomic(path) as temporary, xlsxwriter.Workbook(str(temporary), OPTIONS) as book:
        pens = Pens(book)
        book.set_properties(_properties(run, lang) | {"title": neutral(getattr(made.known, lang))})
        add_table(book, pens, *_report(made, run, units, lang))
        add_lines(book, pens, _page(run, "Sources", "Sources", lang), sources(run, lang))


def table_workbook(path: Path, titles: tuple[str, str], table: Table, run: Run, lang: Lang = "vi") -> None:
    """Write one table with its sources to `path`; `titles` are the name of the sheet and what stands above it."""
    with atomic(path) as temporary, xlsxwriter.Workbook(str(temporary), OPTIONS) as book:
        pens = Pens(book)
        book.set_properties(_properties(run, lang) | {"title": neutral(say(titles[1], lang))})
        add_table(book, pens, _page(run, *titles, lang, 2, _said(lang, UNCHECKED)), table)
        add_lines(book, pens, _page(run, "Sources", "Sources", lang), sources(run, lang))


def _report(made: Listing, run: Run, units: tuple[pd.DataFrame, pd.DataFrame], lang: Lang) -> tuple[Page, Table]:
    page = _page(run, "", "", lang, 2, lines(made, lang))
    page = replace(page, name=sheet_name(made.known, lang), title=getattr(made.known, lang), wide="one")
    return page, report_table(made.known, made.frame, units, lang)


def _tables(content: Content, lang: Lang) -> Iterator[tuple[Page, Table]]:
    run, criteria, results = content.run, content.criteria, content.results
    units = (content.villages, content.communes)
    told = _told(run, content, lang)
    page = _page(run, "Overview", "Digital infrastructure: the province at a glance", lang, 2, told)
    yield replace(page, wide="one"), overview_table(results, criteria, lang)
    page = _page(run, "Communes", "Digital infrastructure by commune", lang, 2)
    yield page, unit_table(results, criteria, units, "commune", lang).without("ngay", "nguon")
    page = _page(run, "Villages", "Digital infrastructure by village", lang, 2, _said(lang, FIRST_COLUMNS))
    table = unit_table(results, criteria, units, "village", lang)
    yield replace(page, wide="first"), table.without("ngay", "nguon")
    yield _operators(content, lang)
    yield from _lists(content, lang)


def _operators(content: Content, lang: Lang) -> tuple[Page, Table]:
    table = operator_table(content.results, content.criteria, (content.villages, content.communes), lang)
    above = table.frame["cap"].ne(style.level("village", lang)).sum()
    notes = _said(lang, UNCHECKED, *((NO_VILLAGES,) if above else ()))
    page = _page(content.run, "Operators", "Operators side by side", lang, 3, notes)
    return replace(page, wide="one", printed=int(above) or None), table


def _lists(content: Content, lang: Lang) -> Iterator[tuple[Page, Table]]:
    run, criteria = content.run, content.criteria
    notes = _said(lang, BLOCKS, UNCHECKED)
    page = _page(run, "Villages to invest in", "Villages to invest in, most people first", lang, 2, notes)
    yield replace(page, wide="one"), needs_table(content.needs, criteria, lang)
    notes = _said(lang, UNCHECKED)
    page = _page(run, "Villages summed up", "What each village lacks, all criteria", lang, 2, notes)
    yield replace(page, wide="one"), summary_table(village_summary(content.needs), criteria, lang)
    page = _page(run, "Data missing", "Data still missing and who must send it", lang, 1)
    yield replace(page, wide="one"), missing_table(content.missing, lang)
    for made in content.reports:
        yield _report(made, run, (content.villages, content.communes), lang)


def _said(lang: Lang, *texts: str) -> tuple[str, ...]:
    return tuple(say(text, lang) for text in texts)


def _page(run: Run, name: str, title: str, lang: Lang, frozen: int = 0, more: tuple[str, ...] = ()) -> Page:
    criteria = run.criteria_title_vi if lang == "vi" else run.criteria_title_en
    line = say(
        "Criteria: {criteria}. Judged as of {day}. Boundaries of {vintage}. Run {run}.", lang,
        criteria=criteria, day=style.day(run.as_of, lang), vintage=style.day(run.vintage, lang), run=run.id[:12],
    )  # fmt: skip
    unchecked = () if run.verified else (say("Criteria set not verified: see confidence beside each criterion.", lang),)
    watermark = say(run.watermark, lang) if run.watermark else ""
    return Page(say(name, lang), say(title, lang), (line, *unchecked, *more), watermark, frozen, lang)


def titled_page(run: Run, name: str, title: str, lang: Lang) -> Page:
    """A page with the run's lines above it, printed on one width; `name` is that of its sheet."""
    return replace(_page(run, "", "", lang, 2), name=name, title=title, wide="one")


def _told(run: Run, content: Content, lang: Lang) -> tuple[str, ...]:
    count = say(
        "{communes} communes, {villages} villages.", lang,
        communes=style.number(len(content.communes), lang), villages=style.number(len(content.villages), lang),
    )  # fmt: skip
    return (count, *(say(note, lang) for note in run.notes))


def _properties(run: Run, lang: Lang) -> dict[str, object]:
    watermark = say(run.watermark, lang) if run.watermark else ""
    title = run.criteria_title_vi if lang == "vi" else run.criteria_title_en
    return {
        "title": neutral(f"{say('Digital infrastructure by commune', lang)}: {title}"),
        "subject": neutral(watermark),
        "author": f"hatangso {run.code_version}",
        "comments": f"run {run.id}",
        "created": run.made_at.replace(tzinfo=None),
    }


def legend(criteria: CriteriaSet, lang: Lang = "vi") -> Iterator[tuple[str, str, str]]:
    """Statuses and what they mean, how to read intervals, every criterion with clause, confidence and parameters."""
    yield say("Results", lang), "", ""
    for code in style.STATUS:
        yield style.status(code, lang), say(MEANING[code], lang), code
    yield say("How to read the columns", lang), "", ""
    for name, text in READING:
        yield say(name, lang), say(text, lang), ""
    yield say("{sign} after a criterion", lang, sign=SIGN), say(style.NOT_CHECKED, lang), ""
    yield say("Criteria", lang), "", ""
    for criterion in criteria.criteria:
        yield criterion.title(lang), _described(criterion, lang), ""
    yield say("Least received level", lang), style.least_level(criteria.signal_min_dbm, lang), ""


def _described(criterion: Criterion, lang: Lang) -> str:
    known, named = criterion.known, criterion.technologies
    levels = [f"{style.level(level, lang)} {_due(criterion, level, lang)}" for level in criterion.levels]
    settings = [
        f"{getattr(known.parameters[name], lang)} = {style.number(v, lang) if isinstance(v, int | float) else v}"
        + (f" {say(unit, lang)}" if (unit := known.parameters[name].unit) else "")
        for name, v in criterion.settings.items()
        if v is not None
    ]
    none = say("no threshold", lang)
    parts = [
        say("Threshold: {levels}", lang, levels=", ".join(levels) if has_threshold(criterion) else none),
        say("Confidence: {note}", lang, note=confidence_note(criterion, lang)),
        *([say("Legal source: {legal}", lang, legal=criterion.legal)] if criterion.legal else []),
        *([say("Technologies: {named}", lang, named=", ".join(named))] if named else []),
        *([say("Parameters: {settings}", lang, settings=", ".join(settings))] if settings else []),
    ]
    return ". ".join(parts) + "."


def _due(criterion: Criterion, level: str, lang: Lang) -> str:
    """Every threshold of a level, dated ones with their year; words for none."""
    given = criterion.levels[level].thresholds
    said = [style.threshold(str(t), _unit(criterion, level), lang) + (f" ({t.year})" if t.year else "") for t in given]
    return "; ".join(said) or say("no threshold", lang)


def _unit(criterion: Criterion, level: str) -> str:
    shares = ("villages_passing", "communes_passing")
    return "share" if criterion.levels[level].roll_up in shares else criterion.known.unit


def sources(run: Run, lang: Lang = "vi") -> Iterator[tuple[str, str, str]]:
    """The run and every dataset it used, with hashes."""
    title = run.criteria_title_vi if lang == "vi" else run.criteria_title_en
    yield say("This run", lang), "", ""
    yield say("Run", lang), run.id, ""
    yield say("Criteria set", lang), f"{run.criteria_id}: {title} (SHA-256 {run.criteria_sha256})", ""
    yield say("Judged as of", lang), style.day(run.as_of, lang), ""
    yield say("Boundaries of", lang), style.day(run.vintage, lang), ""
    yield say("Made at", lang), run.made_at.isoformat(timespec="seconds"), ""
    yield say("Code version", lang), run.code_version, ""
    if run.operators:
        yield say("Operators named", lang), ", ".join(run.operators), ""
    if run.watermark:
        yield say("Watermark", lang), say(run.watermark, lang), ""
    for note in run.notes:
        yield say("Note", lang), say(note, lang), ""
    yield say("Datasets", lang), "", ""
    for source in run.sources:
        name = getattr(LAYERS[source.layer], lang) if source.layer in LAYERS else source.layer
        rows = "" if source.rows == WITHHELD else say("; {n} rows", lang, n=style.number(source.rows, lang))
        file = f"; {source.file}" if source.file else ""
        day = style.day(source.as_of, lang)
        yield name, f"{source.credit(lang)}, {day}{rows}{file}; SHA-256 {source.sha256}", ""
