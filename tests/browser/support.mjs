// A visitor: one browser for a test file, a context for each visit that watches what a page does.
import assert from "node:assert/strict";
import { after, before } from "node:test";

import { chromium } from "playwright-core";

export const url = process.env.GONGKAI_URL;
export const kioskUrl = process.env.GONGKAI_KIOSK;
export const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
});
after(() => browser?.close());

/**
 * Visits with a page of its own; afterwards nothing may have left the host, broken the content security policy, thrown
 * in a script or opened a dialog.
 */
export async function visit(options, walk) {
  const context = await browser.newContext({ locale: "zh-CN", ...options });
  const wrong = [];
  const hosts = [new URL(url).host, new URL(kioskUrl).host];
  context.on("request", (request) => {
    const asked = new URL(request.url());
    if (asked.protocol !== "data:" && asked.protocol !== "about:" && !hosts.includes(asked.host)) {
      wrong.push(`a request leaves the host: ${request.url()}`);
    }
  });
  context.on("console", (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) wrong.push(message.text());
  });
  context.on("weberror", (error) => wrong.push(String(error.error())));
  context.on("dialog", (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  try {
    const page = await context.newPage();
    await walk(page, context);
    assert.deepEqual(wrong, []);
  } finally {
    await context.close();
  }
}

/** The address of the first document that a question finds. */
export async function documentAddress(question) {
  const answer = await (await fetch(`${url}/api/v1/search?${new URLSearchParams({ q: question, size: "1" })}`)).json();
  assert.ok(answer.hits.length > 0, `nothing is found for ${question}`);
  return `/document/${answer.hits[0].id}`;
}
