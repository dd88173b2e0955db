// A ten-year-old office browser without script: everything works by links and forms.
import assert from "node:assert/strict";
import { test } from "node:test";

import { url, visit } from "./support.mjs";

test("without script one searches, narrows, turns the page and reads", () =>
  visit({ javaScriptEnabled: false }, async (page) => {
    await page.goto(url);
    await page.fill('input[name="q"]', "年度报告");
    await page.press('input[name="q"]', "Enter");
    await page.waitForURL("**/search?*");
    const all = Number((await page.textContent(".total strong")).replace(/\D/g, ""));
    assert.ok(all > 20, `${all} reports`);
    await page.click('a[rel="next"]');
    await page.waitForURL("**page=2**");
    assert.ok((await page.locator(".hits article").count()) > 0);
    await page.locator('input[name="year"]').first().check();
    await page.click('.filters button[type="submit"]');
    await page.waitForURL("**year=**");
    const fewer = Number((await page.textContent(".total strong")).replace(/\D/g, ""));
    assert.ok(fewer > 0 && fewer < all, `${fewer} of ${all}`);
    const title = (await page.textContent(".hits h2 a")).trim();
    await page.click(".hits h2 a");
    await page.waitForURL("**/document/**");
    assert.equal((await page.textContent("h1")).trim(), title);
    assert.ok((await page.locator("mark").count()) > 0, "what was asked for is marked");
  }));

test("without script the kiosk is a plain form", () =>
  visit({ javaScriptEnabled: false }, async (page) => {
    await page.goto(`${url}/kiosk`);
    await page.click('a[href="/kiosk/search"]');
    assert.equal(await page.locator("#board").isVisible(), false, "no keyboard that does nothing");
    await page.fill('input[name="q"]', "低保");
    await page.press('input[name="q"]', "Enter");
    await page.click(".card >> nth=0");
    await page.waitForURL("**/kiosk/document/**");
    await page.click("text=返回");
    await page.waitForURL("**/kiosk/search?*");
  }));
