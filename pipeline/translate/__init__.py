"""English for Chinese segments: pluggable translators whose figures and names are checked.

Translation stands beside the stages, never between them: facts come from the original text. What
is late, missing or wrong leaves a segment's ``english`` null.
"""

from pipeline.translate.choice import translator_from
from pipeline.translate.english import with_english, without_english
from pipeline.translate.translator import Translator, Untranslated

__all__ = ["Translator", "Untranslated", "translator_from", "with_english", "without_english"]
