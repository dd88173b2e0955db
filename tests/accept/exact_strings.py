#!/usr/bin/env python3
"""Search against a plain scan, over HTTP: random quoted strings, hits equal, none missing, none too many.

    gongkai --data DIR serve --listen 127.0.0.1:8600 &
    python3 tests/accept/exact_strings.py --data DIR [--strings 500] [--api http://127.0.0.1:8600]

The fold is written a second time here, after its description in `src/text/mod.rs`; only the table of traditional
characters is shared. The texts, with those of files, are those of `gongkai export --status all`.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import unicodedata
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPEN, CLOSE = "〔［[（(【〖﹝", "〕］]）)】〗﹞"
QUOTES = "“”„‟\"＂「」『』﹁﹂﹃﹄〝〞〟‘’‚‛'＇«»"
DASHES = "—–―‐‑‒−━－﹣﹘⸺⸻-"
DROPPED = {0xAD, 0xFEFF, 0x180E, 0x034F} | set(range(0x200B, 0x2010)) | set(range(0x202A, 0x202F)) \
    | set(range(0x2060, 0x2070)) | set(range(0xFE00, 0xFE10)) | set(range(0xE0100, 0xE01F0))


def simplified():
    pairs = {}
    for line in (ROOT / "src/text/simplified.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            simple, traditional = line.split()
            pairs.update(dict.fromkeys(traditional, simple))
    return pairs


SIMPLIFIED = simplified()
HAN = [(0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029),
       (0x3038, 0x303B), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x20000, 0x323AF)]


def is_han(c):
    return any(a <= ord(c) <= b for a, b in HAN)


def fold_char(c):
    out = []
    for d in unicodedata.normalize("NFKC", c):
        for e in unicodedata.normalize("NFKC", d.lower()):
            if ord(e) in DROPPED:
                continue
            e = SIMPLIFIED.get(e, e)
            e = "(" if e in OPEN else ")" if e in CLOSE else '"' if e in QUOTES else "-" if e in DASHES else e
            out.append("〇" if e in "○◯" else e)
    return out


def fold(paragraph):
    chars, blank = [], False
    for c in paragraph:
        if ord(c) in DROPPED:
            continue
        if c.isspace() and c not in "\x1c\x1d\x1e\x1f":
            blank = True
            continue
        for d in (x for x in (["("] if c in OPEN else [")"] if c in CLOSE else ['"'] if c in QUOTES else
                              ["-"] if c in DASHES else fold_char(c))):
            if d.isspace():
                blank = True
                continue
            if blank and chars and not is_han(d) and not is_han(chars[-1]):
                chars.append(" ")
            blank = False
            chars.append(d)
    return "".join(chars)


def paragraphs(text):
    part = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.strip():
            part.append(line)
        elif part:
            yield "\n".join(part)
            part = []
    if part:
        yield "\n".join(part)


def ask(api, string):
    found, page = set(), 1
    while True:
        query = urllib.parse.urlencode({"q": '"' + string.replace('"', "”") + '"', "size": 100, "page": page})
        answer = json.load(urllib.request.urlopen(f"{api}/api/v1/search?{query}"))
        found |= {hit["id"] for hit in answer["hits"]}
        if page * 100 >= min(answer["total"], 10_000):
            return answer["total"], found
        page += 1


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gongkai", default=ROOT / "target/release/gongkai", type=pathlib.Path)
    options.add_argument("--data", required=True)
    options.add_argument("--api", default="http://127.0.0.1:8600")
    options.add_argument("--strings", default=500, type=int)
    options = options.parse_args()
    export = subprocess.run([options.gongkai, "--data", options.data, "export", "--status", "all"],
                            capture_output=True, text=True, check=True).stdout
    folded = {}
    for line in export.splitlines():
        document = json.loads(line)
        files = [piece["text"] for file in document["attachments"] for piece in file["text"] or []]
        parts = [fold(document["title"])] + [fold(p) for text in [document["text"], *files] for p in paragraphs(text)]
        folded[document["id"]] = "\n".join(p for p in parts if p)
    rng, ids, faults = random.Random(20261122), sorted(folded), 0
    for number in range(options.strings):
        paragraph = rng.choice(folded[rng.choice(ids)].split("\n"))
        length = rng.randint(1, 8)
        start = rng.randrange(max(1, len(paragraph) - length + 1))
        string = paragraph[start:start + length]
        if not string.strip():
            continue
        want = {i for i, text in folded.items() if string in text}
        total, found = ask(options.api, string)
        if total != len(want) or (total <= 10_000 and found != want):
            faults += 1
            example = sorted(want ^ found)[:3]
            print(f"DIFFERENT {string!r}: scan {len(want)}, search {total}, such as {example}")
    print(f"{options.strings} strings over {len(folded)} documents, {faults} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
