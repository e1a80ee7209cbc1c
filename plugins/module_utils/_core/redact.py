# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeping secrets out of what people see. Values of no_log options are masked by Ansible on top of this."""

from __future__ import annotations

import re
import typing as t

MASK = "********"
# scheme://user:password@host, as in replica sources and backup locations
# a password reaches up to the last @: it may hold slashes and more of them
_USERINFO = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*://)(?:[^\s/@:\"']*:[^\s\"']+|[^\s/@\"']+)@")
# Names under which the two APIs carry secrets, compared without case and separators
# (Cloud facts 7, traps 37-39; Enterprise facts 4.1 "Secrets", T31).
_SECRET_NAMES = frozenset(
    "password globalpassword saslpassword authenticationadminpass authenticationredispass authenticationsaslpass "
    "secretaccesskey accesskeyid accesssecretkey consolepassword accountkey saskey sastoken privatekey privatekeyid clientkey key "
    "apikey apisecretkey apipassword accesstoken smtppassword bindpass".split()
)
# settings that this collection does not know
_SECRET_WORDS = ("password", "passwd", "secret")
# "key" is a secret in a location object, but the ordinary name of one half of a tag
_TAG_KEYS = frozenset(("key", "value"))


def mask_urls(text: str) -> str:
    """Remove the user information of every URL in a text."""
    return _USERINFO.sub(r"\1" + MASK + "@", text)


def is_secret_name(name: str) -> bool:
    letters = re.sub(r"[^a-z]", "", name.lower())
    return letters in _SECRET_NAMES or letters.endswith(_SECRET_WORDS)


def without_secrets(value: t.Any) -> t.Any:
    """A copy without values that stand under a secret's name, and without user information in URLs."""
    if isinstance(value, dict):
        if _TAG_KEYS.issuperset(value) or {"key", "value"}.issubset(value):
            return {key: mask_urls(item) if isinstance(item, str) else item for key, item in value.items()}
        # a switch that is called after a password is none
        return {
            key: without_secrets(item)
            for key, item in value.items()
            if isinstance(item, bool) or not is_secret_name(str(key))
        }
    if isinstance(value, (list, tuple)):
        return [without_secrets(item) for item in value]
    return mask_urls(value) if isinstance(value, str) else value


def secrets_in(value: t.Any) -> t.Iterator[str]:
    """The values that stand under a secret's name, and passwords in URLs, wherever they are nested."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and item and set(item) != {"*"} and is_secret_name(str(key)):
                if not {"key", "value"}.issubset(value):
                    yield item
            else:
                yield from secrets_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from secrets_in(item)
    elif isinstance(value, str):
        for match in re.finditer(r"://[^\s/@:\"']*:([^\s\"']+)@", value):
            yield match.group(1)
