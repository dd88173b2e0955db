#!/usr/bin/env python3
"""How fast and how light the pages are: server time of the search page over a running or own service, bytes on the wire.

    python3 tests/bench/pages_speed.py --data DIR [--gongkai target/release/gongkai] [--rounds 3]
    python3 tests/bench/pages_speed.py --url http://127.0.0.1:8600

DIR is a data folder that holds the documents of ../shared/corpus/docs.jsonl.gz (`gongkai import`, `extract`, `index`).
The questions are words, half titles, numbers, filters and pages as people ask them, one after the other on one
connection. Time is from the request to the last byte of the answer. Ends with exit code 1 when the 95th percentile of
the search page passes 50 ms, or the first page with all it loads passes 60 KB compressed.
"""
import argparse
import gzip
import http.client
import re
import statistics
import subprocess
import sys
import time
import urllib.parse

MOST_MS = 50
MOST_BYTES = 60 * 1024
QUESTIONS = [
    "依申请公开", "政府信息公开工作年度报告", "国办发〔2019〕60号", "低保 申请", "\"不予公开\"", "年度报告 -街道",
    "医保 OR 医疗保障", "title:年度报告", "公开 NEAR/5 收费", "县级以上人民政府", "老旧小区加装电梯", "公积金提取", "食品安全",
    "营商环境", "义务教育 招生", "行政复议", "突发事件应急预案", "土地征收", "环境保护", "财政预算", "gongjijin", "的", "",
]
EXTRAS = ["", "&year=2019", "&sort=newest", "&page=2", "&status=live"]


def ask(connection, address):
    """Milliseconds, status and compressed length of an answer."""
    begun = time.perf_counter()
    connection.request("GET", address, headers={"accept-encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    return (time.perf_counter() - begun) * 1000, answer.status, body


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def weigh(connection):
    """Bytes of the first page and everything it loads, as they travel."""
    _, _, body = ask(connection, "/")
    parts = {"/": len(body)}
    for address in set(re.findall(r'(?:href|src)="(?:/|&#x2f;)(assets[^"]+)"', gzip.decompress(body).decode())):
        address = "/" + address.replace("&#x2f;", "/")
        parts[address] = len(ask(connection, address)[2])
    total = sum(parts.values())
    for address, length in parts.items():
        print(f"  {length:7,d} bytes  {address}")
    print(f"  {total:7,d} bytes  first page with all it loads, compressed")
    return total


def measure(connection, rounds):
    times = []
    slowest = []
    for turn in range(rounds + 1):
        for question in QUESTIONS:
            for extra in EXTRAS:
                address = f"/search?q={urllib.parse.quote(question)}{extra}"
                ms, status, _ = ask(connection, address)
                if status != 200:
                    sys.exit(f"{address}: status {status}")
                if turn > 0:  # the first round warms caches
                    times.append(ms)
                    slowest.append((ms, question + extra))
    print(f"  {len(times)} search pages: median {statistics.median(times):.1f} ms, "
          f"p95 {percentile(times, .95):.1f} ms, slowest {max(times):.1f} ms")
    for ms, question in sorted(slowest, reverse=True)[:5]:
        print(f"    {ms:6.1f} ms  {question}")
    return percentile(times, .95)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--url")
    arguments.add_argument("--data")
    arguments.add_argument("--gongkai", default="target/release/gongkai")
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    server = None
    url = given.url
    if not url:
        if not given.data:
            arguments.error("one of --data and --url")
        server = subprocess.Popen([given.gongkai, "serve", "--data", given.data, "--listen", "127.0.0.1:0"],
                                  stdout=subprocess.PIPE, text=True)
        url = server.stdout.readline().split()[-1]
    try:
        connection = http.client.HTTPConnection(urllib.parse.urlparse(url).netloc, timeout=30)
        weight = weigh(connection)
        p95 = measure(connection, given.rounds)
    finally:
        if server:
            server.terminate()
            server.wait()
    if p95 > MOST_MS or weight > MOST_BYTES:
        sys.exit(1)


if __name__ == "__main__":
    main()
