"""The texts of one column with what their words show of their encoding, and what they are read as."""

from dataclasses import dataclass

from geo.encoding import GIVEN, Verdict, fit_in, has_escapes, lost, strange, verdict, words_of
from geo.legacy import SIGNS, Encoding, nfc, unescaped


@dataclass(frozen=True, slots=True)
class Text:
    """The different texts of one column. `at` is its position in the sheet.

    `undeclared`: nothing says the encoding. `escaped`: letters stand as escapes. `words` are the different words that
    are evidence. `doubted`: other columns of the sheet are no Unicode; what fits two encodings then is in doubt.
    """

    at: int
    texts: list[str]
    undeclared: bool
    escaped: bool
    words: list[str]
    found: Verdict
    doubted: bool = False

    @property
    def encoding(self) -> Encoding:
        """What the texts are read as: as they were given where nothing is clear."""
        return self.found.encoding if self.found.clear else GIVEN

    def opened(self, text: str) -> str:
        """The text with its escapes as letters."""
        return unescaped(text) if self.escaped else text

    def read(self, text: str) -> str:
        """The text as its writer meant it; one that cannot be in the column's encoding stays as it is."""
        given = self.opened(text)
        said = self.encoding.decode(given) if self.encoding is not GIVEN and words_of([given]) else None
        if said is not None:
            return said
        return nfc(given.translate(SIGNS) if self.undeclared else given)

    def odd(self, text: str) -> bool:
        """Whether the text has a word that the decision does not explain."""
        words = words_of([self.opened(text)])
        if self.encoding is not GIVEN:
            return not all(fit_in(word, self.encoding) for word in words)
        if (self.doubted or self.undeclared) and not self.found.clear and self.found.rival_share == self.found.share:
            return bool(words)
        return any(strange(word, undeclared=self.undeclared) for word in words)


def column_text(at: int, texts: list[str], *, undeclared: bool) -> Text | None:
    """The evidence of a column's different texts; None where all of them are plain and whole."""
    if all(plain(text) for text in texts):
        return None
    escaped = any(has_escapes(text) for text in texts)
    words = words_of(unescaped(text) if escaped else text for text in texts)
    return Text(at, texts, undeclared, escaped, words, verdict(words))


def plain(text: str) -> bool:
    """Whether nothing of a text depends on an encoding, is escaped, or was lost."""
    return text.isascii() and not has_escapes(text) and not lost(text, GIVEN) and not words_of([text])
