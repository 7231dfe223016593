"""A text as a reader's lines: each non-blank line with its exact place, its indent and its look."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.normalize.script import language_of
from pipeline.patterns import regex
from pipeline.segment.prose import NOT_IN_PROSE, is_letter, is_prose
from schemas.segmented import Language

LONGEST = 4_000
"""Lines of more characters than this are cut at sentence ends."""

PIECE = 1_500
"""The length at which a piece of such a line ends with its next sentence."""

# Besides what Python calls white space: byte order marks, zero-width marks, control characters.
BLANK = "".join(map(chr, (*range(0x21), *range(0x2000, 0x2010), *range(0x202A, 0x2030)))) + (
    "\x7f\x85\xa0\u1680\u180e\u2028\u2029\u205f\u2060\u3000\ufeff\ufffc"
)
_SAMPLE = 240
_RARE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"
_READABLE = regex(r"[^\W_]")
_SENTENCE_END = regex(
    r"[。！？!?；;][”」』）)\"'’]*|(?<=[a-z0-9%)\]”\"'’])\.[”\"'’)]*(?=[ \u3000\xa0])"
)
# "問：毛利率會不會低於三成？公司答：不會。"
_ASKED = regex(r"[^:：，。？?]{0,12}(?:问|問|Q\d{0,2})[^:：，。？?]{0,10}[:：]")
_ANSWERED = regex(
    r"[？?][”」』]?[ \u3000]*"
    r"(?=(?:[\u4e00-\u9fff]{0,12}(?:答|回应|回應|回复|回覆|答复|答覆)|A\d{0,2})[ \u3000]?[:：])"
)
_LONGEST_LABEL = 80
_IDEOGRAPHS = 0x4E00
_LAST_ASCII = 0x7F
_INDENT = {"\t": 4, "\u3000": 2}


@dataclass(slots=True)
class Line:
    """``text`` is ``transcript[start:end]`` without surrounding blanks.

    ``indent`` counts columns, ``after_blank`` says that an empty line stands before it, ``first``
    that the piece begins a line of the text (a long line is cut into several pieces).
    ``is_prose`` says at a glance that the line is a sentence and nothing else: no mark or stamp
    stands before it, no label, cell or emphasis in it, and no name or heading ends as it does.
    Most lines are, and need not be asked any of it again.
    """

    start: int
    end: int
    text: str
    indent: int
    after_blank: bool
    first: bool
    language: Language
    is_prose: bool = False


def read_lines(text: str) -> list[Line]:
    """Give the lines that hold a letter or a digit, in order.

    Rules, emoji and other decoration hold nothing to read and are left out.
    """
    lines = _Lines(text)
    after_blank = True
    last_end = 0
    ended = text
    for rare in _RARE_ENDS:
        ended = ended.replace(rare, "\n")
    behind = 0
    colon = wide_colon = -1
    for raw in ended.split("\n"):
        start, behind = behind, behind + len(raw) + 1
        if not raw:
            continue
        after_blank |= start - last_end > 1 and text[last_end:start] != "\r\n"
        last_end = start + len(raw)
        body, indent = raw, 0
        if may_be_blank(ord(raw[-1])):
            body = raw.rstrip(BLANK)
        if may_be_blank(ord(raw[0])):
            body = body.lstrip(BLANK)
            lead = raw[: len(raw) - len(raw.lstrip(BLANK))]
            start += len(lead)
            indent = sum(_INDENT.get(c, 1) for c in lead[:80] if c in " \t\u3000\xa0\u2003")
        if not body or not (is_letter(ord(body[0])) or _READABLE.search(body)):
            after_blank = True
            continue
        if colon < start:
            colon = _next_colon(text, ":", start)
        if wide_colon < start:
            wide_colon = _next_colon(text, "：", start)
        labelled = min(colon, wide_colon) < min(start + _LONGEST_LABEL, last_end)
        if labelled or len(body) > LONGEST:
            lines.add_pieces(body, start, indent, after_blank, labelled)
        else:
            lines.add(body, start, indent, after_blank, True, True)
        after_blank = False
    return lines.read


class _Lines:
    """The lines of a text as far as they are ``read``."""

    def __init__(self, text: str) -> None:
        self.read: list[Line] = []
        self._language: Language = "und"
        # Two blanks are sooner looked for in each line, one asterisk before two.
        self._signs = [
            sign
            for sign in NOT_IN_PROSE
            if sign[0] == " " or (sign[0] in text and (len(sign) == 1 or sign in text))
        ]

    def add(
        self, words: str, start: int, indent: int, after_blank: bool, first: bool, plain: bool
    ) -> None:
        """Add a line, or a piece of one; what is not ``plain`` is no prose."""
        language = _language(words, self._language)
        if language != "en" and language != "und":
            self._language = language
        prose = plain and is_prose(words, language, self._signs)
        end = start + len(words)
        self.read.append(Line(start, end, words, indent, after_blank, first, language, prose))

    def add_pieces(
        self, body: str, start: int, indent: int, after_blank: bool, labelled: bool
    ) -> None:
        """Add a line with a label, or a long one, in pieces."""
        answer = _answer_in(body) if labelled else 0
        whole = [(0, len(body))] if not answer else [(0, answer), (answer, len(body))]
        for begin, end in whole if len(body) <= LONGEST else _pieces(body):
            first = begin == 0 or begin == answer
            plain = begin == 0 and not labelled
            self.add(body[begin:end], start + begin, indent, after_blank, first, plain)


def _language(piece: str, before: Language) -> Language:
    """Tell a piece's language; ``before`` is that of the Chinese before it."""
    if ord(piece[-1]) <= _LAST_ASCII and piece.isascii():
        return "en" if is_letter(ord(piece[0])) else language_of(piece)
    return language_of(piece[:_SAMPLE], before)


def _next_colon(text: str, colon: str, start: int) -> int:
    place = text.find(colon, start)
    return place if place >= 0 else len(text)


def may_be_blank(code: int) -> bool:
    """Say at a glance whether a character may be one of ``BLANK``; most are not."""
    if code < _IDEOGRAPHS:
        return code <= 0x20 or 0x7F <= code <= 0xA0 or 0x1680 <= code <= 0x3000
    return code == 0xFEFF or code == 0xFFFC


def _answer_in(body: str) -> int:
    """Where on the line of a labelled question its labelled answer begins; 0 where none does."""
    if not _ASKED.match(body):
        return 0
    answered = _ANSWERED.search(body)
    return answered.end() if answered else 0


def _pieces(body: str) -> Iterator[tuple[int, int]]:
    """Cut an enormous line: after a sentence, else after a clause or word, else anywhere."""
    ends = (found.end() for found in _SENTENCE_END.finditer(body))
    nearest = next(ends, len(body))
    begin = 0
    while begin < len(body):
        while nearest < begin + PIECE and nearest < len(body):
            nearest = next(ends, len(body))
        end = nearest if nearest <= begin + LONGEST else _forced_cut(body, begin)
        if len(body) - end < PIECE // 5 and len(body) - begin <= LONGEST:
            end = len(body)
        piece = body[begin:end]
        stripped = piece.strip(BLANK)
        if stripped and _READABLE.search(stripped):
            lead = len(piece) - len(piece.lstrip(BLANK))
            yield begin + lead, begin + lead + len(stripped)
        begin = end


def _forced_cut(body: str, begin: int) -> int:
    last = begin + LONGEST
    for mark in "，,、 ":
        place = body.rfind(mark, begin + PIECE, last)
        while place > 0 and body[place + 1 : place + 2].isdigit() and mark == ",":
            place = body.rfind(mark, begin + PIECE, place)
        if place > 0:
            return place + 1
    for place in range(last, last - 40, -1):
        if not (body[place - 1].isascii() and body[place].isascii()):
            return place
    return last
