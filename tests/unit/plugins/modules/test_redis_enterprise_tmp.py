import json


def test_x(bench):
    r = bench.ok("redis_enterprise_database", name="cache", memory_size="1GB", diff=True)
    print(json.dumps({k: v for k, v in r.result.items() if k != "database"}, indent=1))
    print([str(x) for x in r.requests], r.seconds)
    r = bench.ok(
        "redis_enterprise_database",
        name="cache",
        memory_size=1073741824,
        replication=False,
        eviction_policy="volatile-lru",
        tags=[],
    )
    print(r.changed, [str(x) for x in r.requests])
    r = bench.ok(
        "redis_enterprise_database",
        name="cache",
        memory_size=2073741824,
        tags=[dict(key="a", value="b")],
        extra={"conns": 7},
        diff=True,
    )
    print(r.changed, [str(x) for x in r.requests], r["diff"], r.seconds, r["action"])
    r = bench.ok("redis_enterprise_database", name="cache", state="absent", diff=False)
    print(r.changed, [str(x) for x in r.requests], r.seconds, r["action"])
    r = bench.ok("redis_enterprise_database", name="cache", state="absent", diff=False)
    print(r.changed, [str(x) for x in r.requests], r.seconds, r["action"], r["database"])
