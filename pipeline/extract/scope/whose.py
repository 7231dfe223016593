"""Which company a figure is of, where a sentence names one beside the company spoken of."""

from pipeline.extract.frame import Frame, Setting
from pipeline.extract.place import Place
from pipeline.extract.reading import Mark, Sentence
from pipeline.extract.scope.passing import is_aside
from pipeline.lexicon.companies import company
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.patterns import regex
from schemas import CompanyMention, Entity

_LISTED = regex(r"\s*(?:,|、|，|and|和|及|与|&|/|\s)*")
# Speech that turns from another company back to the one that is listened to.
_BACK = regex(r"\b(?:we|our|ours|us|you|your|yours)\b|我们|本公司|贵公司|你们|您|公司")
# 受台积电涨价影响，…: what another company did ends with its clause.
_CAUSED = regex(r"(?:影响|带动|拖累|所致|推动)[，,]")
_SPEECH_REACH = 400


def note_company(frame: Frame, sentence: Sentence, at: int, about: Entity | None) -> None:
    """Take a company mark into the frame unless it stands aside from the subject."""
    mark = sentence.marks[at]
    if not isinstance(mark.value, CompanyMention):
        return
    if _is_own_business(sentence, at, about):
        return
    if frame.entity is None and is_aside(sentence, mark):
        frame.last_company = mark
        return
    if frame.last_company is not None and frame.entity is None:
        between = sentence.folded[frame.last_company.end : mark.start]
        if _LISTED.fullmatch(between):
            frame.last_company = mark
            return
    held = about is not None and _HELD.match(sentence.folded, mark.end) is not None
    if held or _is_customer(sentence, mark, about):
        frame.scope, frame.scope_inherited, frame.scope_mark = mark.value.company.name, False, mark
        frame.opening = mark.value.company.name, True
        return
    named = entity_of(mark.value)
    if frame.entity is not None and frame.entity.id != named.id and frame.scope_mark is not None:
        frame.scope, frame.scope_mark, frame.scope_inherited = None, None, False
    frame.entity, frame.last_company = named, mark


# 星巴克（持股六成）: a holding, told as one of the company's businesses.
_HELD = regex(r"\s*[(（]\s*(?:持股|占股|持有|持权|权益占比)")


# 客戶：Nike 佔 23.5%、Adidas 佔 19.7%: what of the company's sales goes to them.
_TAKES = regex(r"\s?(?:约|则|各)?占")
_CUSTOMERS = regex(r"客户")


def _is_customer(sentence: Sentence, mark: Mark, about: Entity | None) -> bool:
    """Whether another company is named as a customer of which the part of sales is told."""
    if about is None or not isinstance(mark.value, CompanyMention):
        return False
    if mark.value.company.id == about.id or _TAKES.match(sentence.folded, mark.end) is None:
        return False
    return _CUSTOMERS.search(sentence.folded, sentence.start, mark.start) is not None


def _is_own_business(sentence: Sentence, at: int, about: Entity | None) -> bool:
    """Whether a name that another company bears is one of a business here."""
    mark = sentence.marks[at]
    return about is not None and any(
        isinstance(m.value, ScopeMatch)
        and (m.start, m.end) == (mark.start, mark.end)
        and m.value.known
        and m.value.owner == about.id
        for m in sentence.around(at)
    )


def entity_of(mention: CompanyMention) -> Entity:
    """The entity of a company mention, under its canonical name."""
    known = company(mention.company.id)
    if known is None:
        return mention.company
    return Entity.trusted_fields({"id": known.id, "name": known.name})


def is_back_at_speaker(place: Place, frame: Frame, setting: Setting) -> bool:
    """Whether "we" or "you" stands between another company's name and the figure."""
    named, other, own = frame.last_company, frame.entity, setting.about
    if named is None or own is None or (other is not None and other.__dict__ == own.__dict__):
        return False
    folded, end = place.sentence.folded, place.mark.start
    start = max(named.end, end - _SPEECH_REACH)
    if _CAUSED.search(folded, start, end):
        return True
    return _BACK.search(folded, start, end) is not None
