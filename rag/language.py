"""Which language a question is in, and which the policy's text is in."""

from __future__ import annotations

import functools
import re
import unicodedata

from opencc import OpenCC
from py3langid.langid import MODEL_FILE, LanguageIdentifier

POLICY_LANGUAGE = "zh"
LANGUAGE_NAMES = {
    "zh": "简体中文",
    "zh-Hant": "繁體中文",
    "en": "English",
    "ja": "日本語",
    "ko": "한국어",
    "fr": "français",
    "es": "español",
    "ru": "русский",
    "ar": "العربية",
    "de": "Deutsch",
}
# Characters that say about half a word each, within a character class: kana, Han, Hangul.
CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_SCRIPTS = (
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("ja", re.compile(r"[\u3041-\u30fa\u30fc-\u30ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")
# A Chinese term asked about in English.
_ENGLISH_FRAME = re.compile(
    r"\s*(?:what|how|is|are|can|does|do|which|when|where|who|why|will|tell|please|explain)\b",
    re.IGNORECASE,
)
# Of few words the model knows little (“unemployment insurance” is French to it): another language
# than English must be so much likelier, in log odds.
_FEW_WORDS, _MARGIN = 3, 3.0


# 足额 and 发放, 免 and 签证, 场 and 准入 are taken apart wrongly: hair on the forehead, lots drawn, a standard.
_MISCONVERTED = (("額髮放", "額發放"), ("免籤", "免簽"), ("市場準入", "市場准入"))


@functools.cache
def _latin_identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(["en", "fr", "es", "de"])
    return identifier


@functools.cache
def _converter(direction: str) -> OpenCC:
    return OpenCC(direction)


def to_simplified(text: str) -> str:
    """Traditional characters made simplified; other text as it is."""
    simplified: str = _converter("t2s").convert(text)
    return simplified


def to_traditional(text: str) -> str:
    """Simplified characters made traditional; other text as it is."""
    traditional: str = _converter("s2tw").convert(text)
    for wrong, right in _MISCONVERTED:
        traditional = traditional.replace(wrong, right)
    return traditional


def is_chinese(language: str) -> bool:
    """Whether a language code names Chinese in either script."""
    return language in ("zh", "zh-Hant")


def detect_language(text: str) -> str:
    """A code of LANGUAGE_NAMES. Scripts decide first, Latin letters are told apart by a model.

    Chinese with more Latin words than Han characters counts as the Latin language, and a Chinese term
    inside an English question as English; a Chinese text
    is zh-Hant when converting it to simplified characters changes it.
    """
    text = unicodedata.normalize("NFKC", text)
    for code, script in _SCRIPTS:
        if len(script.findall(text)) * 5 >= sum(c.isalpha() for c in text) > 0:
            return code
    n_han, n_words = len(_HAN.findall(text)), len(_LATIN.findall(text))
    is_framed = n_words >= _FEW_WORDS and _ENGLISH_FRAME.match(text)
    if n_han and n_han >= n_words and not is_framed:
        return "zh" if to_simplified(text) == text else "zh-Hant"
    if n_words:
        return _latin_language(text, n_words)
    return POLICY_LANGUAGE


def _latin_language(text: str, n_words: int) -> str:
    likelihoods: dict[str, float] = dict(_latin_identifier().rank(text))
    best = max(likelihoods, key=likelihoods.__getitem__)
    is_sure = likelihoods[best] - likelihoods["en"] > _MARGIN
    return best if n_words > _FEW_WORDS or not text.isascii() or is_sure else "en"
