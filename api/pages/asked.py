"""What an address may ask of a page: language, filters, order, page."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from geo.words import Lang

Text = Annotated[str, Field(max_length=100)]
Reverse = Literal["", "1"]
Status = Literal["", "pass", "fail", "unknown", "not_applicable", "shown"]


class Spoken(BaseModel):
    """The language of a page. Parameters that a page does not know are passed over, as mail programs add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    lang: Lang = "vi"

    def said(self, **changes: object) -> dict[str, Any]:
        """Everything asked for, with changes; a change of a filter begins at page 1 again."""
        kept = {**self.model_dump(), **changes}
        return kept if "page" in changes or "page" not in kept else {**kept, "page": 1}


class Units(Spoken):
    """Filters, order and page of a table of communes or villages."""

    q: Text = ""
    district: Text = ""
    commune: Text = ""
    criterion: Text = ""
    status: Status = ""
    sort: Literal["name", "commune", "district", "people", "fail", "unknown", "value", "status"] = "name"
    reverse: Reverse = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class Listed(Spoken):
    """Filters and page of a list."""

    q: Text = ""
    district: Text = ""
    commune: Text = ""
    criterion: Text = ""
    layer: Text = ""
    who: Text = ""
    status: Status = ""
    sort: Literal["", "name", "people", "layer", "villages", "last"] = ""
    reverse: Reverse = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
