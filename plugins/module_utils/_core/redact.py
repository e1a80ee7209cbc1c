# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeping secrets out of what people see.

What is a secret is known in two ways. Values that this run has been given, or has read under a secret's name, are
``Secrets``: they are masked wherever they turn up, however they are spelled. What only the server knows can be
recognised by what stands around it: a secret's name, a URL, the frame of a private key; that is ``mask_text``.
"""

from __future__ import annotations

import functools
import json
import re
import typing as t
from urllib.parse import quote, quote_plus, unquote

MASK = "********"
# Names under which the two APIs carry secrets, compared without case and separators
# (Cloud facts 7, traps 37-39; Enterprise facts 4.1 "Secrets", T31), and the parameters of URLs that are signed.
_SECRET_NAMES = frozenset(
    "accesskeyid accesssecretkey accountkey saskey privatekeyid clientkey key credentials sig xamzcredential".split()
)
# how names end under which other settings and headers carry some
_SECRET_WORDS = tuple(
    "password passwords passwd passphrase pass secret secrets token tokens signature apikey secretkey accesskey privatekey".split()
)
# "key" is a secret in a location object, but the ordinary name of one half of a tag
_TAG_KEYS = frozenset(("key", "value"))
# what is shorter is no number that anybody chose as a secret, and would be found in every other number
_DIGITS_MIN = 4
# a shorter part of what may be a password would be found everywhere
PART_MIN = 4
# part of a secret of many lines, such as a key: a shorter line says little, and may stand elsewhere, too
_LINE_MIN = 12

# scheme://user:password@host, as in replica sources and backup locations
# a password reaches up to the last @: it may hold slashes and more of them
_USERINFO = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*://)(?:[^\s/@:\"']*:[^\s\"']+|[^\s/@\"']+)@")
_URL_PASSWORD = re.compile(r"://[^\s/@:\"']*:([^\s\"']+)@")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_AUTHORIZATION = re.compile(r"(authorization\W{1,8}(?:basic|bearer)\s+)[A-Za-z0-9+/=._~\-]+", re.IGNORECASE)
# what a text has in which something is escaped
_ESCAPES = re.compile(r"[\\%+]")
# what a text must have to be worth a closer look
_SUSPICIOUS = re.compile(r"[=:@]|-----")
# "name": "value" in any notation, with quotes that may be escaped, and name=value. A value without an end has been cut.
_NAMED = re.compile(
    r"""(?P<head>(?P<name>[A-Za-z][A-Za-z0-9_.\-]*)(?:(?:\\*["'])?\s*[:=]\s*(?P<quote>\\*["'])|=))"""
    r"""(?P<value>(?(quote)(?:.*?(?=(?<!\\)(?P=quote))|.*)|[^\s&;,"'\\(){}\[\]]+))""",
    re.DOTALL,
)


class Secrets(set[str]):
    """What must not be seen. It takes the place of ``AnsibleModule.no_log_values``, so that it also holds what Ansible
    knows to be secret. Ansible masks each as it is; where there are thousands, all their other spellings would take it
    minutes. ``mask`` and ``clean`` mask those, too."""

    def __init__(self) -> None:
        super().__init__()
        self._escaped: set[str] = set()

    def add(self, secret: str) -> None:
        plain = forms(secret)
        super().update(plain)
        self._escaped.update(text for form in plain for text in spellings(form))

    def update(self, *others: t.Iterable[str]) -> None:
        for other in others:
            for secret in other:
                self.add(secret)

    def __iter__(self) -> t.Iterator[str]:
        """The longest first: one can be a part of another. Not before ansible-core 2.19 Ansible sees to that itself."""
        return iter(sorted(super().__iter__(), key=len, reverse=True))

    def mask(self, text: str) -> str:
        return _without(text, self._longest_first())

    def clean(self, value: t.Any) -> t.Any:
        """A copy of a result without secrets in those texts that may hold them in another spelling."""
        secrets = self._longest_first()
        return _map_texts(value, functools.cache(lambda text: _without(text, secrets) if _ESCAPES.search(text) else text))

    def _longest_first(self) -> list[str]:
        return sorted(self | self._escaped, key=len, reverse=True)


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def _map_texts(value: t.Any, change: t.Callable[[str], str]) -> t.Any:
    if isinstance(value, dict):
        return {key: _map_texts(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_map_texts(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def forms(secret: str) -> set[str]:
    """A secret as it is, without the white space around it, and as a URL meant it; of a text of many lines also each
    line, because it can be wrapped anew."""
    found = {secret, secret.strip(), unquote(secret)}
    for text in list(found):
        if "\n" in text:
            found.update(line for line in map(str.strip, text.split("\n")) if len(line) >= _LINE_MIN and line[:5] != "-----")
    return found - {""}


def spellings(form: str) -> set[str]:
    """How it looks in JSON, in JSON within JSON, in Python, in a URL, as far as that is different. Each of these has one
    of the characters of _ESCAPES."""
    # what is no valid text cannot stand in a URL either
    text = form.encode("utf-8", errors="replace").decode("utf-8")
    found = {form, repr(form)[1:-1], quote(text), quote(text, safe=""), quote_plus(text)}
    for _level in range(2):
        for text in list(found):
            found.update(json.dumps(text, ensure_ascii=escaped)[1:-1] for escaped in (True, False))
    return found - {form}


def mask_text(text: str) -> str:
    """Remove what is recognised as a secret by what stands around it."""
    if not _SUSPICIOUS.search(text):
        return text
    text = _USERINFO.sub(r"\1" + MASK + "@", text)
    text = _AUTHORIZATION.sub(r"\1" + MASK, text)
    text = _PRIVATE_KEY.sub(MASK, text)
    return _NAMED.sub(_mask_named, text)


def _mask_named(match: re.Match[str]) -> str:
    # what has another name can be a text that holds more names
    return match["head"] + (MASK if _is_named_secret(match["name"]) else _NAMED.sub(_mask_named, match["value"]))


def _is_named_secret(name: str) -> bool:
    """In a text a mere "key" is the key of anything."""
    return is_secret_name(name) and name.lower() != "key"


@functools.cache
def is_secret_name(name: str) -> bool:
    letters = re.sub(r"[^a-z]", "", name.lower())
    return letters in _SECRET_NAMES or letters.endswith(_SECRET_WORDS)


def without_secrets(value: t.Any) -> t.Any:
    """A copy without values that stand under a secret's name, and without secrets that texts show as such."""
    if isinstance(value, dict):
        if _is_tag(value):
            return {key: mask_text(item) if isinstance(item, str) else item for key, item in value.items()}
        # a switch that is called after a password is none
        return {
            key: without_secrets(item)
            for key, item in value.items()
            if isinstance(item, bool) or not is_secret_name(str(key))
        }
    if isinstance(value, (list, tuple)):
        return [without_secrets(item) for item in value]
    return mask_text(value) if isinstance(value, str) else value


def _is_tag(value: dict[t.Any, t.Any]) -> bool:
    return _TAG_KEYS.issuperset(value) or _TAG_KEYS.issubset(value)


def secrets_in(value: t.Any) -> t.Iterator[str]:
    """Everything that stands under a secret's name, and what texts show to be secrets, wherever they are nested."""
    if isinstance(value, dict):
        for key, item in value.items():
            if is_secret_name(str(key)) and not _is_tag(value):
                yield from scalars(item)
            yield from secrets_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from secrets_in(item)
    elif isinstance(value, str):
        # most can be seen in more than one way
        yield from dict.fromkeys(_secrets_in_text(value))


def scalars(value: t.Any) -> t.Iterator[str]:
    """What a secret consists of. A mask is none."""
    if isinstance(value, (dict, list, tuple)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from scalars(item)
    elif isinstance(value, str) and set(value) - {"*"}:
        yield value
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and len(str(value)) >= _DIGITS_MIN:
        yield str(value)


def _secrets_in_text(text: str) -> t.Iterator[str]:
    if not _SUSPICIOUS.search(text):
        return
    for match in _URL_PASSWORD.finditer(text):
        yield match[1]
    yield from _secrets_in_url(text)
    yield from _PRIVATE_KEY.findall(text)
    yield from _named_secrets(text)


def _named_secrets(text: str) -> t.Iterator[str]:
    for match in _NAMED.finditer(text):
        yield from scalars(match["value"]) if _is_named_secret(match["name"]) else _named_secrets(match["value"])


def _secrets_in_url(text: str) -> t.Iterator[str]:
    """Of a text that is a URL as a whole, with or without its scheme. People write any characters into it."""
    userinfo, at, _rest = text.rpartition("@")
    scheme, slashes, userinfo = userinfo.partition("://") if "://" in userinfo else ("", "", userinfo)
    user, colon, password = userinfo.partition(":")
    if not at or not (slashes or re.fullmatch(r"[^\s\"'{}\[\]]+", text)):
        return
    if colon:
        yield password
        # by the book a host begins after the last @ before the first slash
        before, slash, _path = re.sub("[?#]", "/", password).partition("/")
        strict = before.rpartition("@")[0]
        if slash and len(strict) >= PART_MIN:
            yield strict
    elif scheme in ("http", "https"):
        # what stands alone there is a token
        yield user
