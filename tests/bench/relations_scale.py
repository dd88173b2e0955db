#!/usr/bin/env python3
"""How time and memory of the relation step (copies, forms, editions) grow with the number of documents.

    python3 tests/bench/relations_scale.py [--gongkai target/release/gongkai] [--entries 100000,500000] [--folder DIR]

Needs `cargo build --release` first, and about 4 kB of disk for each entry. For each size it makes that many invented
catalogue entries, always the same ones (a title and up to 300 characters: 5 in 100 are near copies of an earlier one,
1 is an exact copy, and 20 are one of three form letters of thirty agencies with other names in it), imports them
into a fresh folder, then forgets what is related and lets `gongkai extract` find it anew: first with fingerprints and
kept comparisons, as after every change of a few documents, then without either. Says wall and processor seconds and the
highest resident memory of each.

Ends with exit code 1 when the relation step held more than 1 GB, when it took more than twice as long for each entry as
with the smallest size, or when fewer than 99 in 100 of the near copies were found.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORDS = [chr(0x4E00 + (n * 7919) % 0x3000) + chr(0x4E00 + (n * 104729) % 0x3000) for n in range(6000)]
KINDS = ["通知", "公告", "批复", "通报", "意见", "函"]
FORMS = [
    ("行政许可决定公示", "根据《中华人民共和国行政许可法》和有关规定，现将{a}申请的{b}许可事项予以公示，公示期为七个工作日。公示期内任何单位和"
     "个人如有异议，可以书面形式向本机关反映，反映情况应当实事求是，并署真实姓名和联系方式。以单位名义反映的应当加盖公章。本机关将依法调查核实，"
     "并在规定的期限内答复。逾期没有提出异议的，视为同意。决定书编号为{c}，自作出之日起生效，有效期为五年，期满前三十日内可以申请延续。"),
    ("建设项目环境影响评价文件受理情况公示", "根据建设项目环境影响评价审批程序的有关规定，经审查，我局受理{a}的{b}项目环境影响报告表。为保证审查工作的"
     "严肃性和公正性，现将有关情况予以公示，公示期为十个工作日。受理编号{c}。听证权利告知：依据有关法律，自公示起五日内申请人、利害关系人可以对"
     "拟作出的决定要求听证。公众可以通过来信、来电、来访的方式反馈意见，并请留下联系方式，以便我局及时回复，意见将作为审查的参考依据。"),
    ("依申请公开答复书", "{a}：你（单位）提出的政府信息公开申请收悉，编号{c}。经审查，你申请获取的{b}信息属于主动公开范围，已在本机关网站公开，"
     "请自行查阅。如对本答复不服，可以在收到本答复之日起六十日内依法申请行政复议，也可以在六个月内依法向人民法院提起行政诉讼。特此答复。本机关"
     "地址、电话和办公时间见网站首页，受理机构为办公室，监督电话同上，法定节假日除外，感谢你对政府工作的关心和支持。"),
]


def words(dice, count):
    return "".join(dice.choices(WORDS, k=count))


def entry(dice, number, earlier):
    """An entry, and whether it is a near copy."""
    lot = dice.random()
    agency = f"灵洲市第{dice.randrange(3000)}局"
    if lot < 0.06 and earlier:
        of = dice.choice(earlier)
        if lot < 0.01:
            return {**of, "id": str(number)}, False
        at = dice.randrange(len(of["text"]))
        text = of["text"][:at] + words(dice, 1) + of["text"][at + 1:] + "（信息来源：灵洲）"
        return {**of, "id": str(number), "text": text}, True
    year, month = dice.randrange(2004, 2026), dice.randrange(1, 13)
    common = {"id": str(number), "date": f"{year}-{month:02}-{dice.randrange(1, 28):02}", "agency": agency}
    if lot < 0.26:
        title, form = dice.choice(FORMS)
        text = form.format(a=words(dice, 3), b=words(dice, 4), c=dice.randrange(10 ** 8))
        return {**common, "agency": f"灵洲市第{dice.randrange(30)}局", "title": title, "text": text}, False
    title = f"关于{words(dice, 5)}的{dice.choice(KINDS)}"
    return {**common, "title": title, "text": words(dice, dice.randrange(110, 150)) + "。"}, False


def generate(path, entries):
    """Writes the file and returns how many near copies are in it."""
    dice, near, earlier = random.Random(1), 0, []
    with open(path, "w", encoding="utf-8") as file:
        for number in range(entries):
            made, is_near = entry(dice, number, earlier)
            near += is_near
            file.write(json.dumps(made, ensure_ascii=False) + "\n")
            # What is copied: entries of their own, the last thousand.
            if not is_near and made["title"].startswith("关于"):
                if len(earlier) < 1000:
                    earlier.append(made)
                else:
                    earlier[number % 1000] = made
    return near


def run(command, log):
    """Wall seconds, processor seconds and the highest resident memory in MB of a command."""
    begun = time.monotonic()
    with open(log, "w", encoding="utf-8") as file:
        child = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command} ended with {child.returncode}: {pathlib.Path(log).read_text(encoding='utf-8')[-2000:]}")
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def forget(catalogue, statements):
    with sqlite3.connect(catalogue) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def measure(gongkai, folder, entries):
    source, data, log = folder / "entries.jsonl", folder / "data", folder / "log"
    near = generate(source, entries)
    command = [gongkai, "--data", str(data), "--config", str(ROOT / "crawler-config")]
    figures = {"import": run([*command, "import", str(source)], log)}
    source.unlink()
    catalogue = data / "catalogue.sqlite"
    again = "UPDATE cursors SET value = 0 WHERE name = 'related'"
    forget(catalogue, [again])
    figures["again"] = run([*command, "extract"], log)
    forget(catalogue, [again, "DELETE FROM likenesses", "DELETE FROM kin"])
    figures["anew"] = run([*command, "extract"], log)
    related = [line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("related")]
    with sqlite3.connect(catalogue) as connection:
        members = connection.execute("SELECT count(*) FROM kin WHERE kinship <> 'leader'").fetchone()[0]
        compared = connection.execute("SELECT count(*) FROM likenesses").fetchone()[0]
    connection.close()
    disk = sum(path.stat().st_size for path in data.rglob("*") if path.is_file()) / 2 ** 20
    print(f"{entries} entries, {near} near copies, {disk:.0f} MB on disk; {members} copies found, {compared} pairs of "
          f"texts compared; {' '.join(related)}")
    for step, (wall, processor, memory) in figures.items():
        print(f"  {step:<7} {wall:8.1f} s wall {processor:8.1f} s processor {memory:7.0f} MB "
              f"{processor / entries * 1e6:7.1f} µs an entry", flush=True)
    shutil.rmtree(data)
    return {"entries": entries, "near": near, "members": members, "figures": figures}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gongkai", default=str(ROOT / "target/release/gongkai"))
    parser.add_argument("--entries", default="100000,500000", help="sizes, smallest first")
    parser.add_argument("--folder", help="where to work; kept clean")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        sizes = [int(size) for size in arguments.entries.split(",")]
        all_runs = [measure(arguments.gongkai, pathlib.Path(folder), size) for size in sizes]
    failures = []
    for step in ["again", "anew"]:
        least = all_runs[0]["figures"][step][1] / all_runs[0]["entries"]
        for one in all_runs:
            _, processor, memory = one["figures"][step]
            if memory > 1024:
                failures.append(f"{step}: {memory:.0f} MB with {one['entries']} entries")
            if processor / one["entries"] > 2 * least:
                failures.append(f"{step}: more than linear at {one['entries']} entries")
    for one in all_runs:
        if one["members"] < 0.99 * one["near"]:
            failures.append(f"only {one['members']} copies of {one['near']} were found")
    sys.exit("\n".join(failures) if failures else 0)


if __name__ == "__main__":
    main()
