// Every page in three sizes, the main ones in large type and in the dark: accessible by axe's rules, nothing wider than the
// screen.
import assert from "node:assert/strict";
import { test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { SIZES, documentAddress, url, visit } from "./support.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const report = await documentAddress("title:年度报告");
const number = await documentAddress("title:通知");
const tables = await documentAddress("title:年度报告 year:2021");
const idOf = (address) => address.split("/").pop();
const OFFICE = "%E4%BA%91%E6%B1%80%E5%B8%82%E8%B4%A2%E6%94%BF%E5%B1%80";
const MAIN = [
  "/",
  "/search?q=%E5%B9%B4%E5%BA%A6%E6%8A%A5%E5%91%8A",
  `${tables}?q=%E5%85%AC%E5%BC%80`,
  `/report/${idOf(tables)}`,
  "/browse",
  `/agency/${OFFICE}`,
  "/new",
  "/ledger",
  "/compare",
  "/coverage",
  "/about",
];
const PAGES = [
  ...MAIN,
  `/report/${idOf(report)}`,
  "/browse?region=410000",
  "/portal/sample-czj",
  `/explain?q=%E5%B9%B4%E5%BA%A6%E6%8A%A5%E5%91%8A&id=${idOf(report)}`,
  `/explain?q=%E5%B9%B4%E5%BA%A6+-%E6%8A%A5%E5%91%8A&year=1999&id=${idOf(report)}`,
  "/search?q=%E4%BD%8E%E4%BF%9D&year=2020&sort=newest",
  "/search?q=zzzzzz",
  report,
  `${number}?q=%E9%80%9A%E7%9F%A5`,
  `/compare?metric=a1.new&agency=${OFFICE}`,
  "/api",
  "/nothing",
  "/kiosk",
  "/kiosk/search",
  "/kiosk/search?q=%E5%B9%B4%E5%BA%A6%E6%8A%A5%E5%91%8A",
  "/kiosk/search?q=zzzzzz",
  "/kiosk/browse",
  "/kiosk/reports",
  "/kiosk/reports?agency=%E4%BA%91%E6%B1%80%E5%B8%82%E8%B4%A2%E6%94%BF%E5%B1%80",
  "/kiosk/apply",
  `/kiosk${number}?q=%E9%80%9A%E7%9F%A5`,
  "/kiosk/document/nothing",
];

/** What axe finds, one line for each rule and place. */
async function faults(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}`));
}

/** Looks at a page as it is displayed. */
const look = (options, address, display = "") =>
  visit({ reducedMotion: "reduce", ...options }, async (page) => {
    if (display) await page.goto(`${url}/display?${display}&back=%2Fabout`);
    await page.goto(url + address);
    assert.deepEqual(await faults(page), []);
    const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(width <= room, `the page is ${width} px wide`);
    if (display === "size=large") {
      const size = await page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize));
      assert.ok(size >= 24, `${size} px is less than 18 pt`);
    }
  });

for (const viewport of SIZES) {
  test(`pages are accessible at ${viewport.width} px`, async (t) => {
    for (const address of PAGES) await t.test(address, () => look({ viewport }, address));
  });
}

test("pages in large type are accessible where there is least room", async (t) => {
  for (const address of MAIN) await t.test(address, () => look({ viewport: SIZES[0] }, address, "size=large"));
});

test("pages in the dark are accessible, by the reader's system and by choice", async (t) => {
  for (const address of MAIN) await t.test(address, () => look({ colorScheme: "dark" }, address));
  await t.test("chosen", () => look({}, MAIN[1], "tone=dark"));
});
