// What the web wrote is text, whatever it looks like.
import assert from "node:assert/strict";
import { test } from "node:test";

import { HOSTILE } from "./hostile.mjs";
import { documentAddress, url, visit } from "./support.mjs";

const document = await documentAddress("敌意标题");
const query = encodeURIComponent(HOSTILE.title);

for (const address of [
  "/search?q=%E6%95%8C%E6%84%8F",
  document,
  `${document}?q=%E6%95%8C%E6%84%8F`,
  "/kiosk/search?q=%E6%95%8C%E6%84%8F",
  `/kiosk${document}?q=%E6%95%8C%E6%84%8F`,
]) {
  test(`a hostile document is text at ${decodeURI(address)}`, () =>
    visit({}, async (page) => {
      await page.goto(url + address);
      await page.waitForLoadState("networkidle");
      const text = await page.innerText("main");
      assert.ok(text.includes("<script>window.hacked=") && text.includes("{{ 7*7 }}"), text);
      assert.equal(await page.evaluate(() => window.hacked), undefined);
      assert.equal(await page.locator("main iframe, main img[src='x'], main svg[onload]").count(), 0);
      assert.equal(await page.locator("a[href^='javascript:']").count(), 0);
      assert.equal(await page.locator("main").count(), 1, "the page's own frame is whole");
    }));
}

for (const path of ["/search?q=", "/kiosk/search?q="]) {
  test(`a hostile question is text at ${path}`, () =>
    visit({}, async (page) => {
      await page.goto(url + path + query);
      assert.equal(await page.inputValue('input[name="q"] >> nth=0'), HOSTILE.title);
      assert.equal(await page.evaluate(() => window.hacked), undefined);
    }));
}
