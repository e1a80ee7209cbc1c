# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of search in a Redis Enterprise database (object bdb/search)."""

from __future__ import annotations

import typing as t

from .._core.fields import Field

MAX_INT = 2**63 - 1
MAX_UINT = 2**64 - 1
MAX_UINT32 = 2**32 - 1
SCORERS = ("TFIDF", "BM25", "TFIDF.DOCNORM", "BM25STD", "BM25STD.TANH", "BM25STD.NORM", "DISMAX", "DOCSCORE", "HAMMING")


def _setting(api: str, type: str = "str", **options: t.Any) -> Field:
    """search-_print-profile-clock is called search_print_profile_clock. A null resets it to the documented default."""
    if "default" in options:
        options["reset"] = options["default"]
    return Field(api.replace("-_", "_").replace("-", "_"), type, api=api, **options)


def _number(api: str, default: int, low: int, high: int = MAX_INT) -> Field:
    return _setting(api, "int", default=default, low=low, high=high)


def _flag(api: str, default: bool) -> Field:
    return _setting(api, "bool", default=default)


SEARCH = (
    _number("search-timeout", 500, 1),
    _setting("search-on-timeout", choices=("RETURN", "FAIL"), default="RETURN"),
    _setting("search-on-oom", choices=("return", "fail", "ignore"), default="return"),
    _number("search-default-dialect", 1, 1, 4),
    _setting("search-default-scorer", choices=SCORERS, default="BM25STD"),
    _number("search-bm25std-tanh-factor", 4, 1, 10000),
    _number("search-max-search-results", 1000000, 0),
    _number("search-max-aggregate-results", 2147483648, 0),
    _number("search-min-prefix", 2, 1),
    _number("search-max-prefix-expansions", 200, 1),
    _number("search-min-stem-len", 4, 2, MAX_UINT32),
    _number("search-min-phonetic-term-len", 3, 1),
    _number("search-multi-text-slop", 100, 1, MAX_UINT32),
    _number("search-union-iterator-heap", 20, 1),
    _flag("search-_prioritize-intersect-union-children", False),
    _number("search-cursor-max-idle", 300000, 1),
    _number("search-index-cursor-limit", 128, 0),
    _number("search-cursor-reply-threshold", 1, 1),
    _number("search-workers", 0, 0, 8192),
    _number("search-min-operation-workers", 4, 0, 8192),
    _number("search-workers-priority-bias-threshold", 1, 0),
    _setting("search-threads", "int"),
    _number("search-io-threads", 1, 1, 256),
    _number("search-conn-per-shard", 0, 0),
    _number("search-topology-validation-timeout", 30000, 0),
    _number("search-max-doctablesize", 1000000, 1, MAX_UINT),
    _number("search-partial-indexed-docs", 0, 0),
    _flag("search-raw-docid-encoding", False),
    _flag("search-_numeric-compress", False),
    _number("search-_numeric-ranges-parents", 0, 0, 2),
    _flag("search-no-mem-pools", False),
    _number("search-vss-max-resize", 0, 0, MAX_UINT32),
    _number("search-tiered-hnsw-buffer-limit", 1024, 0),
    _flag("search-no-gc", False),
    _number("search-gc-scan-size", 100, 1),
    _number("search-fork-gc-run-interval", 30, 1),
    _number("search-fork-gc-retry-interval", 5, 1),
    _number("search-fork-gc-clean-threshold", 100, 1),
    _number("search-fork-gc-sleep-before-exit", 0, 0),
    _flag("search-_free-resource-on-thread", True),
    _number("search-indexer-yield-every-ops", 1000, 1, MAX_UINT32),
    _number("search-bg-index-sleep-gap", 100, 1, MAX_UINT32),
    _number("search-bg-index-sleep-duration-us", 1, 0, 999999),
    _number("search-_bg-index-mem-pct-thr", 100, 0, 100),
    _number("search-_bg-index-oom-pause-time", 5, 0, MAX_UINT32),
    _setting("search-ext-load"),
    _setting("search-friso-ini"),
    _flag("search-_print-profile-clock", True),
    _flag("search-enable-unstable-features", False),
)
