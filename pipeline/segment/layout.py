"""How a document sets its speakers apart: by time stamps above names, by chevrons before them."""

from collections import Counter

from pipeline.patterns import regex
from pipeline.segment.roles import role_words
from pipeline.segment.stamps import leading_stamp, without_stamp
from pipeline.segment.titles import PARENTHESES, is_name

_CHEVRON = regex(r">{2,3}\s*|&gt;&gt;\s*")
_LONGEST_NAME = 32
_LONGEST_TITLED = 60
_MOST_WORDS = 4
_FEW = 4


def split_chevron(text: str) -> tuple[int, bool]:
    """Give where a line's words begin behind its chevron, and whether it has one."""
    found = _CHEVRON.match(text) if text[0] in ">&" else None
    return (found.end(), True) if found else (0, False)


class Layout:
    """Counts of a document's stamps and chevrons, filled in line by line."""

    def __init__(self) -> None:
        self._stamps = self._alone = self._before_stamps = 0
        self._chevrons = self._after_chevrons = 0
        self._after_stamps: Counter[str] = Counter()
        self._led: Counter[str] = Counter()
        self._leading = 0
        self._below_stamp = self._titles = False

    def read(self, text: str) -> str:
        """Count a line's marks; give it without stamp and chevron before it, empty if no more."""
        below, self._below_stamp = self._below_stamp, False
        if text[0].isdigit() or text[0] in "[(<（":
            end = leading_stamp(text)
            self._stamps += end > 0
            if end == len(text):
                self._alone += 1
                self._below_stamp = True
                return ""
            text = text[end:] if end > 1 else text
            if end > 1:
                self._leading += 1
                if self.may_name(text):
                    self._led[text] += 1
        elif len(text) <= _LONGEST_TITLED:
            short = text.rstrip(":：")
            bare = without_stamp(short)
            if bare != short:
                self._stamps += 1
                self._before_stamps += is_name(bare)
        begin, chevron = split_chevron(text) if text[0] in ">&" else (0, False)
        if chevron:
            text = text[begin:]
            self._chevrons += 1
            if text and self.may_name(text) and text[0].isupper():
                self._after_chevrons += 1
                self._titles |= bool(role_words(text))
        elif below and self.may_name(text):
            self._after_stamps[text] += 1
        return text

    def pass_over(self) -> None:
        """Leave a line of prose, which has no marks."""
        self._below_stamp = False

    @property
    def stamped(self) -> bool:
        """Whether time stamps stand at lines or at names."""
        return self._stamps > 1

    @property
    def stamps_name(self) -> bool:
        """Whether a speaker's name stands below each stamp: few names that come back."""
        named = self._after_stamps.total()
        return (
            named >= _FEW and named * 2 > self._alone and len(self._after_stamps) * 4 <= named * 3
        )

    @property
    def stamps_lead_name(self) -> bool:
        """Whether names stand on lines of their own with the time before them."""
        named = self._led.total()
        return named >= _FEW and named * 3 > self._leading * 2 and len(self._led) * 4 <= named * 3

    @property
    def names_stamped(self) -> bool:
        """Whether names stand on lines of their own with the time behind them."""
        return self._before_stamps >= _FEW - 1

    @property
    def chevrons_name(self) -> bool:
        """Whether chevrons stand before names on lines of their own, some with a title."""
        return self._titles and self._after_chevrons * 2 > self._chevrons

    def places_name(self, text: str, *, chevron: bool, led: bool, stamped_above: bool) -> bool:
        """Say whether a name stands where a line does, or came before where names stand.

        ``led`` says that a stamp stands before it on its line.
        """
        if chevron:
            return self.chevrons_name
        if led and self.stamps_lead_name:
            return True
        return self.stamps_name and (stamped_above or text in self._after_stamps)

    @property
    def names_speakers(self) -> bool:
        """Whether names are told by their place; asked when all lines have been read."""
        return self.stamps_name or self.stamps_lead_name or self.names_stamped or self.chevrons_name

    @staticmethod
    def may_name(text: str) -> bool:
        """Say whether a short line may be what somebody is called."""
        if text[-1] in ".,!?。，！？;；":
            return False
        if len(text) > _LONGEST_NAME:
            return len(text) <= _LONGEST_TITLED and PARENTHESES.match(text) is not None
        return len(text.split()) <= _MOST_WORDS or PARENTHESES.match(text) is not None
