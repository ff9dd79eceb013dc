"""The words of a roll call: its symbol, its title, and what was put to the vote."""

from __future__ import annotations

import functools
import re
import unicodedata

KINDS = ("whole", "amendment", "paragraph", "motion")
"""What is put to the vote: a whole text, an amendment, a part of a text, a procedural motion."""
_MANY = 2**15
"""Titles that are remembered: more than a record has."""

_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_OLD = re.compile(r"(\d+)\[?([A-Z]?)\]?\(([IVXLC]+|E?S-?[IVXLC\d]+)\)\[?([A-Z]?)\]?$")
_NEW = re.compile(r"(E?S{1,2}[-/])?([\dIVX]+)/(\d+)((?:/?\[?[A-Z]\]?|[A-Z]{2})?)((?:/[IVXL]+)?)$")

_ENDING = re.compile(
    r"\s*[:;.]?\s*(?:(?:draft )?(?:resolution|decision)s?\s*(?:/.*)?|/\s*ado\w*.*|/)\s*$"
)
_AS_A_WHOLE = re.compile(r"\bas a whole\b")
_MOTION = re.compile(
    r"no[- ]action (?:be taken|motion)|\bmotion\b(?! picture)|^to (?:adjourn|postpone)"
    r"|adjourn(?:ing|ment of)? (?:the )?(?:debate|meeting)"
)
_AMENDMENT = re.compile(
    r"\b(?:oral(?:ly)?|draft|proposed|sub-?)\s+(?:\w+\s+)?amendments?\b"
    r"|\bamendments? (?:submitted|proposed|contained in|\(a/|to (?:the )?(?:draft|\w+ comm))"
    r"|^to adopt .*\bamendment\b|introduce an amendment"
)
_PARAGRAPH = re.compile(
    r"\b(?:operative|preambular) (?:paragraph|part)|separate,?\s*(?:recorded )?(?:votes?\b|$)"
    r"|^to retain\b|^retention of\b"
)

_SPOKEN = re.compile(
    r"The (?:Acting )?President(?: \([^)]*\))? ?(?::|I )|(?:I|We) (?:shall |will )?now "
)
_ENTITLED = re.compile(r"\bentitled\s*[_“\"‘']+([^_”\"<]{4,})(?=[_”\"<])")

_BODIES = (
    (r"S/(?:RES|PRST|PV|AGENDA|\d{4})", "Security Council"),
    (r"(?:A/)?HRC/", "Human Rights Council"),
    (r"E/CN\.4/", "Commission on Human Rights"),
    (r"E/", "Economic and Social Council"),
    (r"T/", "Trusteeship Council"),
    (r"A/SPC/", "Special Political Committee"),
    (r"WHA[\d./]", "World Health Assembly"),
    (r"EB\d", "Executive Board of the WHO"),
    (r"IL[CO][\d./]", "International Labour Conference"),
    (r"UNESCO/|\d+C/", "General Conference of UNESCO"),
    (r"GC\(", "General Conference of the IAEA"),
    (r"GC\.", "General Conference of UNIDO"),
    (r"FAO/|C\d{4}/", "Conference of the FAO"),
    (r"A\d+-\d", "Assembly of ICAO"),
    (r"(?:IMO/)?A\.\d+\(", "Assembly of the IMO"),
    *(
        (rf"A/C\.{number}/", f"{name} Committee")
        for number, name in enumerate(
            ("First", "Second", "Third", "Fourth", "Fifth", "Sixth"), start=1
        )
    ),
)
_OTHER_BODY = re.compile(
    r"A/(?:AC|CN|CONF|BUR)[./][\w.]*"
    r"|(?!GOAR|RES|DEC|SS|ESS|ES[-\d/]|PV|GA/|UNGA/|[IVXLC]+[/(])[A-Z]{2,}(?=[\d./(-])"
)
_ADOPTED_BY = re.compile(
    r"adopted by the ([\w ]{3,40} (?:Council|Committee|Commission))\b"
    r"|/ *adopted by the (?!General Assembly)([\w ]{3,60})$",
    re.I,
)


def canonical_symbol(text: str) -> str:
    """Return the symbol of a document in one spelling, whatever the source's.

    Parameters
    ----------
    text : str
        A symbol as the United Nations, Voeten's tables or a scenario print it. One that is not
        understood comes back in capitals without spaces.

    Examples
    --------
    >>> [canonical_symbol(text) for text in ("R/72/131", "68/262", "A/RES/ES-11/7", "ESS/10/2A")]
    ['A/RES/72/131', 'A/RES/68/262', 'A/RES/ES-11/7', 'A/RES/ES-10/2A']
    >>> canonical_symbol("A/RES/2923[E](XXVII)"), canonical_symbol("DEC/80/506")
    ('A/RES/27/2923E', 'A/DEC/80/506')
    """
    bare = re.sub(r"\s+", "", text).upper()
    head, rest = "A/RES/", bare
    for start in ("A/RES/", "R/", "RES/", "A/DEC/", "DEC/"):
        if bare.startswith(start):
            head, rest = ("A/DEC/" if "DEC" in start else "A/RES/"), bare[len(start) :]
            break
    if old := _OLD.match(rest):
        number, inner, session, outer = old.groups()
        return f"{head}{_session(session)}/{number}{inner or outer}"
    if new := _NEW.match(rest):
        special, session, number, letter, part = new.groups()
        prefix = "" if special is None else "ES-" if special.startswith("ES") else "S-"
        return f"{head}{prefix}{_session(session)}/{number}{letter.strip('/[]')}{part}"
    return bare


def body_of(symbol: str, title: str = "") -> str:
    """Return the body that voted on a document, nothing if it was the General Assembly.

    Parameters
    ----------
    symbol : str
        Of the text or of the meeting. One that is not understood is taken for the Assembly's.
    title : str
        As catalogues print it, perhaps with the body that adopted the text.

    Examples
    --------
    >>> body_of("S/RES/2900 (2025)"), body_of("A/C.3/79/L.45"), body_of("A/RES/79/1")
    ('Security Council', 'Third Committee', '')
    >>> body_of("WHA78.1"), body_of("", "A text : resolution / adopted by the Human Rights Council")
    ('World Health Assembly', 'Human Rights Council')
    """
    bare = re.sub(r"\s+", "", symbol).upper()
    for pattern, body in _BODIES:
        if re.match(pattern, bare):
            return body
    if other := _OTHER_BODY.match(bare):
        return f"body of {other[0].rstrip('/.')}"
    adopted = _ADOPTED_BY.search(title)
    return (adopted[1] or adopted[2]).title() if adopted and not bare.startswith("A/RES") else ""


def title_of(printed: str) -> str:
    """Return a title as a source prints it, nothing if it is what was said in the meeting instead.

    Some sources have the words with which the president put a text to the vote where the title
    should be. If they name the text, that name is its title.

    Parameters
    ----------
    printed : str

    Examples
    --------
    >>> title_of("The President: I now put to the vote operative paragraph 2. A")
    ''
    >>> title_of("The Acting President: Draft resolution X is entitled _Nuclear disarmament<d3>. A")
    'Nuclear disarmament'
    >>> title_of("The Assembly's role in peace")
    "The Assembly's role in peace"
    """
    if not _SPOKEN.match(printed):
        return printed
    named = _ENTITLED.search(printed)
    return named[1].strip() if named else ""


@functools.lru_cache(maxsize=_MANY)
def clean_title(title: str) -> str:
    """Return a title without case, catalogue endings and odd punctuation, to compare with others.

    Parameters
    ----------
    title : str
        A title as the UN Digital Library or Voeten's tables print it, perhaps cut short.

    Examples
    --------
    >>> clean_title("The Syrian Golan : resolution / adopted by the General Assembly")
    'the syrian golan'
    >>> clean_title("The  Syrian Golan : resolution /") == clean_title("THE SYRIAN GOLAN")
    True
    """
    plain = unicodedata.normalize("NFKC", title).casefold()
    plain = re.sub("[‘’`´]", "'", plain)
    plain = re.sub('["“”_]', " ", plain)
    plain = re.sub("[‐‑‒–—]+|--+", "-", plain)
    plain = re.sub(r"\s*([:;,])\s*", r"\1 ", " ".join(plain.split()))
    return _ENDING.sub("", plain).strip(" .,:;/-")


def kind_of(title: str, *, amend: bool = False, paragraph: bool = False) -> str:
    """Return what was put to the vote, one of `KINDS`.

    A source's own marks are believed before the words; a text that says nothing is a whole one.

    Parameters
    ----------
    title : str
        The title or description of the roll call.
    amend, paragraph : bool
        The source marks a vote on an amendment or on a part of a text.

    Examples
    --------
    >>> kind_of("The right to development : resolution /")
    'whole'
    >>> kind_of("I shall now put to the vote operative paragraph 2. A")
    'paragraph'
    >>> kind_of("the motion submitted by Iran that no action be taken on draft resolution III")
    'motion'
    >>> kind_of("", amend=True, paragraph=True)
    'amendment'
    """
    if amend:
        return "amendment"
    if paragraph:
        return "paragraph"
    words = title.casefold()
    if _AS_A_WHOLE.search(words):
        return "whole"
    for kind, pattern in (
        ("motion", _MOTION),
        ("amendment", _AMENDMENT),
        ("paragraph", _PARAGRAPH),
    ):
        if pattern.search(words):
            return kind
    return "whole"


def _session(text: str) -> str:
    """Return a session in Arabic numerals, with its ``S-`` or ``ES-`` if it is a special one."""
    prefix, _, number = text.rpartition("-")
    if number.isdigit():
        return f"{prefix}-{number}" if prefix else number
    values = [_ROMAN[letter] for letter in number if letter in _ROMAN]
    following = [*values[1:], 0]
    total = sum(-a if a < b else a for a, b in zip(values, following, strict=True))
    return f"{prefix}-{total}" if prefix else str(total)
