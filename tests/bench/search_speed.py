#!/usr/bin/env python3
"""How fast searches and suggestions are answered over HTTP, with all facets and passages, and what memory that takes.

    python3 tests/bench/search_speed.py [--gongkai target/release/gongkai] [--entries 1000000] [--folder DIR]
    python3 tests/bench/search_speed.py --corpus FILE.jsonl[.gz] [--queries FILE.tsv] [--groonga]

Needs `cargo build --release` first. Makes that many invented catalogue entries, always the same ones (a title and up to
300 characters, no repeats; about 4 kB of disk each while it runs), or takes the records of a corpus (`title` and `text`),
imports and indexes them in a fresh folder, and serves them on a loopback port. Each question is asked once to warm up,
then seven times by one client; then four clients ask as fast as they can for five seconds. A file of questions has a
kind and a question on each line, with a tab between: `word`, `and`, `or` (a question in words), `phrase`; without one,
words of the entries are asked for. With `--groonga` (and its program installed) the same texts are put into Groonga, which
answers the same questions in the same run: ids of ten and the total, no facets, no passages.

Ends with exit code 1 when an answer takes more than the limits that are given (`--p95 MS`, `--suggest-p95 MS`), or the
server holds more than `--memory MB` of its own (anonymous) memory.
"""
import argparse
import gzip
import http.client
import json
import multiprocessing
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACES = ["灵洲市", "青岚区", "临汀县", "石澜镇", "望江街道", "云麓开发区", "东屿新区", "南汀乡"]
KINDS = ["通知", "公告", "批复", "意见", "办法", "函", "公示", "方案"]
PASSES, CLIENTS, SECONDS = 7, 4, 5


def vocabulary():
    """Words of the curated dictionary, and of those the common ones first, as in any language."""
    lines = (ROOT / "index/dictionary.txt").read_text(encoding="utf-8").splitlines()
    words = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
    random.Random(1).shuffle(words)
    made = [chr(0x4E00 + (n * 7919) % 0x3000) + chr(0x4E00 + (n * 104729) % 0x3000) for n in range(20000)]
    words += made
    return words, [1 / (rank + 10) for rank in range(len(words))]


def entries(count):
    """Invented entries."""
    words, weights = vocabulary()
    dice = random.Random(2)
    for number in range(count):
        some = dice.choices(words, weights, k=60)
        place, kind = dice.choice(PLACES), dice.choice(KINDS)
        year, month, day = dice.randrange(2003, 2026), dice.randrange(1, 13), dice.randrange(1, 28)
        title = f"{place}关于{''.join(some[:5])}的{kind}{number}"
        text = "，".join("".join(some[at:at + 5]) for at in range(5, 60, 5))[:300] + "。"
        yield {"id": str(number), "title": title, "text": text, "date": f"{year}-{month:02}-{day:02}",
               "agency": f"{place}第{dice.randrange(200)}局", "category": "policy"}


def records(path):
    """The records of a corpus, with an id each."""
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")
    with opened as file:
        for number, line in enumerate(file):
            record = json.loads(line)
            kept = {name: record[name] for name in ["date", "year", "agency", "region", "category"] if record.get(name)}
            yield {"id": str(record.get("id", number)), "title": record["title"], "text": record["text"], **kept}


def questions(path, sample):
    """(kind, question) pairs: of a file, or made of entries."""
    if path:
        lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
        return [tuple(line.split("\t")[:2]) for line in lines if line.strip() and not line.startswith("#")]
    dice, made = random.Random(3), []
    words, weights = vocabulary()
    for _ in range(25):
        made.append(("word", dice.choices(words, weights)[0]))
        made.append(("and", " ".join(dice.choices(words[:500], k=2))))
        text = dice.choice(sample)["text"].split("，")[0]
        made.append(("phrase", text[:6]))
        made.append(("or", f"{dice.choice(PLACES)}怎么办理{''.join(dice.choices(words[:500], k=2))}"))
    return made


def typed(sample):
    """Beginnings of titles and of words in them, in characters, as someone types them; and letters."""
    dice, made = random.Random(4), ["gongj", "gjj", "zfxxgk", "xinxi", "zhengfu", "lzs", "国办发", "2019"]
    for _ in range(92):
        title = dice.choice(sample)["title"]
        start = dice.choice([0, 0, 3, 5])
        made.append(title[start:start + dice.randrange(1, 8)])
    return made


class Service:
    """A running gongkai or Groonga."""

    def __init__(self, command, port, log, alive):
        self.port = port
        self.child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        for _ in range(600):
            try:
                if ask(connection(port), alive):
                    return
            except OSError:
                time.sleep(0.2)
        sys.exit(f"{command[0]} does not answer")

    def anonymous(self):
        """Megabytes that are the process's own."""
        status = pathlib.Path(f"/proc/{self.child.pid}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")) / 1024

    def stop(self):
        self.child.terminate()
        self.child.wait()


def connection(port):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def ask(link, path):
    link.request("GET", path)
    answer = link.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(f"{answer.status} for {path}: {body[:300]!r}")
    return body


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def percentiles(times):
    times = sorted(times)
    return [times[min(len(times) - 1, len(times) * share // 100)] * 1000 for share in (50, 95, 99)]


def timed(port, paths):
    """p50, p95, p99 in ms of paths by their kind; all together under `all`."""
    link, times = connection(port), {"all": []}
    for kind, path in paths:
        ask(link, path)
    for _ in range(PASSES):
        for kind, path in paths:
            begun = time.perf_counter()
            ask(link, path)
            took = time.perf_counter() - begun
            times.setdefault(kind, []).append(took)
            times["all"].append(took)
    return {kind: percentiles(taken) for kind, taken in times.items()}


def hurry(port, paths, seed, counts):
    dice, link, asked = random.Random(seed), connection(port), 0
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        ask(link, dice.choice(paths)[1])
        asked += 1
    counts.put(asked)


def a_second(port, paths):
    counts = multiprocessing.Queue()
    clients = [multiprocessing.Process(target=hurry, args=(port, paths, seed, counts)) for seed in range(CLIENTS)]
    for client in clients:
        client.start()
    total = sum(counts.get() for _ in clients)
    for client in clients:
        client.join()
    return total / SECONDS


def quoted(**parameters):
    return urllib.parse.urlencode(parameters)


def search_paths(asked):
    plain = {"phrase": lambda text: f'"{text}"'}
    return [(kind, "/api/v1/search?" + quoted(q=plain.get(kind, str)(text))) for kind, text in asked]


def groonga_paths(asked):
    def path(kind, text):
        if kind == "or":
            text = " OR ".join(text[at:at + 2] for at in range(0, len(text) - 1, 2))
        if kind in ("phrase", "word"):
            text = f'"{text}"'
        return "/d/select?" + quoted(table="Docs", match_columns="text", query=text, output_columns="_key", limit=10, cache="no")
    return [(kind, path(kind, text)) for kind, text in asked]


def groonga(folder, source, log, asked):
    """The same texts and questions, in Groonga."""
    base, load = folder / "groonga/db", folder / "load.grn"
    base.parent.mkdir()
    with open(load, "w", encoding="utf-8") as file:
        file.write("table_create Docs TABLE_HASH_KEY ShortText\ncolumn_create Docs text COLUMN_SCALAR LongText\n"
                   "load --table Docs\n[\n")
        for record in source():
            row = {"_key": record["id"], "text": record["title"] + "\n" + record["text"]}
            file.write(json.dumps(row, ensure_ascii=False) + ",\n")
        file.write("]\ntable_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerAuto\n"
                   "column_create Terms docs COLUMN_INDEX|WITH_POSITION Docs text\n")
    begun = time.monotonic()
    with open(load, encoding="utf-8") as file:
        subprocess.run(["groonga", "-n", str(base)], stdin=file, stdout=log, stderr=log, check=True)
    print(f"groonga: loaded and indexed in {time.monotonic() - begun:.1f} s")
    port = free_port()
    service = Service(["groonga", "-s", "--protocol", "http", "--bind-address", "127.0.0.1", "-p", str(port), str(base)],
                      port, log, "/d/status")
    try:
        paths = groonga_paths(asked)
        tell("groonga", timed(port, paths))
        print(f"groonga: {a_second(port, paths):.0f} questions a second from {CLIENTS} clients")
    finally:
        service.stop()


def tell(who, figures):
    for kind, (p50, p95, p99) in figures.items():
        print(f"{who}: {kind:<8} p50 {p50:7.2f} ms  p95 {p95:7.2f} ms  p99 {p99:7.2f} ms", flush=True)


def prepare(command, folder, source, log):
    """Imports and indexes; returns some of the records, from all over."""
    path, sample, size = folder / "records.jsonl", [], 0
    with open(path, "w", encoding="utf-8") as file:
        for number, record in enumerate(source()):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            size += len(record["title"].encode()) + len(record["text"].encode())
            if number % 97 == 0 and len(sample) < 20000:
                sample.append({"title": record["title"], "text": record["text"]})
    for step in [["import", str(path)], ["index"], ["index", "--optimize"]]:
        begun = time.monotonic()
        subprocess.run([*command, *step], stdout=log, stderr=log, check=True)
        took = time.monotonic() - begun
        print(f"{' '.join(step[:2]) if step[0] == 'index' else step[0]}: {took:.1f} s, {size / took / 1e6:.1f} MB/s", flush=True)
    path.unlink()
    return sample, size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gongkai", default=str(ROOT / "target/release/gongkai"))
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--corpus", type=pathlib.Path)
    parser.add_argument("--queries", help="questions, a kind and a question on each line")
    parser.add_argument("--groonga", action="store_true")
    parser.add_argument("--folder", help="where to work; kept clean")
    parser.add_argument("--p95", type=float, help="limit for searches, in ms")
    parser.add_argument("--suggest-p95", type=float, help="limit for suggestions, in ms")
    parser.add_argument("--memory", type=float, help="limit for the server's own memory, in MB")
    given = parser.parse_args()
    source = (lambda: records(given.corpus)) if given.corpus else (lambda: entries(given.entries))
    failures = []
    with tempfile.TemporaryDirectory(dir=given.folder) as name, open(pathlib.Path(name) / "log", "w", encoding="utf-8") as log:
        folder = pathlib.Path(name)
        data = folder / "data"
        command = [given.gongkai, "--data", str(data), "--config", str(ROOT / "crawler-config")]
        sample, size = prepare(command, folder, source, log)
        bytes_of_index = sum(path.stat().st_size for path in (data / "index").rglob("*") if path.is_file())
        print(f"{size / 1e6:.0f} MB of text, index {bytes_of_index / size:.2f} of it")
        asked = questions(given.queries, sample)
        port = free_port()
        service = Service([*command, "serve", "--listen", f"127.0.0.1:{port}"], port, log, "/healthz")
        try:
            paths = search_paths(asked)
            found = timed(port, paths)
            tell("gongkai", found)
            suggested = timed(port, [("suggest", "/api/v1/suggest?" + quoted(q=text)) for text in typed(sample)])
            tell("gongkai", {"suggest": suggested["all"]})
            print(f"gongkai: {a_second(port, paths):.0f} questions a second from {CLIENTS} clients")
            memory = service.anonymous()
            print(f"gongkai: {memory:.0f} MB of anonymous memory")
        finally:
            service.stop()
        if given.groonga:
            if shutil.which("groonga"):
                groonga(folder, source, log, asked)
            else:
                print("groonga: not installed, skipped")
        for what, value, limit in [("searches", found["all"][1], given.p95), ("suggestions", suggested["all"][1], given.suggest_p95),
                                   ("memory", memory, given.memory)]:
            if limit is not None and value > limit:
                failures.append(f"{what}: {value:.1f}, allowed {limit:.1f}")
    sys.exit("\n".join(failures) if failures else 0)


if __name__ == "__main__":
    main()
