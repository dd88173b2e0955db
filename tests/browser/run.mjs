// Runs the browser tests: harvests the sample city with the built program, serves it on a loopback port, and lets
// `node --test` visit it with the browser that is installed. What is missing is said, and then nothing is run.
//
//   node tests/browser/run.mjs [FILE …]      GONGKAI_BIN: the program; CHROMIUM: the browser
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { HOSTILE } from "./hostile.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const program = process.env.GONGKAI_BIN ?? join(target, "debug/gongkai");
const browser = process.env.CHROMIUM
  ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

const skip = (why) => {
  console.log(`browser tests SKIPPED: ${why}`);
  process.exit(0);
};
if (!existsSync(program)) skip(`${program} is not built`);
if (!browser) skip("no chromium is installed");
if (!existsSync(join(here, "node_modules/.package-lock.json"))) {
  const installed = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--silent"], { cwd: here, stdio: "inherit" });
  if (installed.status !== 0) skip("npm could not install playwright-core and axe");
}

const folder = mkdtempSync(join(tmpdir(), "gongkai-browser-"));
const data = join(folder, "data");
const flags = ["--data", data, "--config", join(data, "demo/crawler-config")];
const children = [];

const run = (...words) => {
  const done = spawnSync(program, words, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`gongkai ${words.join(" ")}: ${done.stderr}`);
};

/** Starts a server and resolves with its address once it says so. */
const serve = (...words) => new Promise((settle, fail) => {
  const child = spawn(program, [...words, "--listen", "127.0.0.1:0", ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  let said = "";
  child.stdout.on("data", (text) => {
    said += text;
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
    if (address) settle(address[0]);
  });
  child.on("exit", (code) => fail(new Error(`gongkai ${words.join(" ")} ended with ${code}`)));
});

let status = 1;
try {
  run("demo", "--no-serve", "--data", data);
  const records = join(folder, "hostile.jsonl");
  writeFileSync(records, JSON.stringify({ id: "1", title: HOSTILE.title, text: HOSTILE.text, date: "2020-01-02" }) + "\n");
  run("import", records, ...flags);
  run("index", ...flags);
  const [url, kiosk] = await Promise.all([
    serve("serve", "--public-url", "https://gongkai.example"),
    serve("kiosk", "--idle-warning", "20", "--idle-reset", "30"),
  ]);
  const named = process.argv.slice(2);
  const files = named.length > 0 ? named.map((file) => resolve(file))
    : readdirSync(here).filter((file) => file.endsWith(".test.mjs")).sort().map((file) => join(here, file));
  const tests = spawn(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...files], {
    stdio: "inherit",
    env: { ...process.env, GONGKAI_URL: url, GONGKAI_KIOSK: kiosk, CHROMIUM: browser },
  });
  status = await new Promise((settle) => tests.on("exit", (code) => settle(code ?? 1)));
} finally {
  for (const child of children) {
    child.removeAllListeners("exit");
    child.kill();
  }
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status);
