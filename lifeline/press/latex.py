"""Text in which BibTeX and LaTeX read nothing but text."""

import re

PLAIN = {"\\": r"{\textbackslash}", "~": r"{\textasciitilde}", "{": "\uff5b", "}": "\uff5d"}
"""What stands for a sign that LaTeX reads; a brace, which BibTeX counts even behind a backslash, is a wide one."""
PLAIN |= {sign: "\\" + sign for sign in "%&#_"}


def escaped(text: str) -> str:
    """Text in which BibTeX and LaTeX read nothing but text."""
    return re.sub(r"[\\~{}%&#_]", lambda sign: PLAIN[sign[0]], text)
