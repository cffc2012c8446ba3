"""Words made of the syllables of Mandarin in pinyin, which are few and which many names share."""

from __future__ import annotations

import functools
import re

_SYLLABLES = (
    "zhi|chi|shi|ri|zi|ci|si|er|yuan|yue|yun|yu|you|yong|ying|yin|yi|ye|yao|yang|yan|ya|"
    "wu|weng|wen|wei|wang|wan|wai|wa|wo|ou|en|ei|ao|ang|an|ai|a|o|e|"
    "(?:zh|ch|sh|[bpmfdtnlgkhzcs])(?:ang|an)|(?:zh|ch|sh|[bpmfdtnlgkhrzcs])(?:eng|en|u)|"
    "(?:zh|ch|sh|[bpmdtnlgkhzcs])(?:ai|ao|a)|r(?:ang|an|ao)|"
    "(?:zh|ch|sh|[mdtnlgkhrzcs])e|(?:zh|sh|[bpmfdnlghz])ei|(?:zh|ch|sh|[pmfdtnlgkhrzcs])ou|"
    "(?:zh|ch|[dtnlgkhrzcs])ong|(?:zh|ch|sh|[dtnlgkhrzcs])(?:uan|un|uo)|(?:zh|ch|sh|[dtgkhrzcs])ui|"
    "(?:zh|ch|sh|[gkh])(?:uang|uai|ua)|[bpmf]o|[jqx](?:iang|iong|ian|iao|ing|in|ia|ie|iu|uan|ue|un|u|i)|"
    "[bpmdtnl](?:ian|iao|ing|ie|i)|[bpmnl]in|[mdnl]iu|[nl]iang|[nl]ue|[nl]v|dia|lia"
)
_ONE, _TWO = (re.compile(f"(?:{_SYLLABLES}){{{many}}}") for many in (1, 2))


@functools.lru_cache(maxsize=1 << 17)
def pinyin(word: str) -> int:
    """Of how many syllables of pinyin a lower-case word is, 1 or 2; 0 for other words, and for longer ones.

    Chinese given names have one or two; what can be read as one ("xian") is one. Longer words are read so by
    chance: Karimian is Ka-ri-mian.

    >>> [pinyin(word) for word in ("shuang", "huawei", "hauwei", "karimian")]
    [1, 2, 0, 0]
    """
    return 1 if _ONE.fullmatch(word) else 2 if _TWO.fullmatch(word) else 0


def other_syllables(one: str, other: str) -> bool:
    """Whether two words that differ in more than a letter are two Chinese names.

    Some four hundred syllables make all names (ISO 7098 has the table): Yanghua is not Anguo, and a slip of the
    pen seldom leaves syllables behind. Single syllables stay, which people write by ear: Shi for Xi.

    >>> other_syllables("yanghua", "anguo"), other_syllables("shi", "xi"), other_syllables("huawei", "wahwei")
    (True, False, False)
    """
    return pinyin(one) * pinyin(other) > 1
