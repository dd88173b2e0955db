// The reading room: fingers only, no keyboard, the next visitor in two minutes.
import assert from "node:assert/strict";
import { test } from "node:test";

import { SIZES, kioskUrl, url, visit } from "./support.mjs";

const TOUCH = { hasTouch: true, viewport: { width: 1920, height: 1080 } };
const SMALLEST = 48;

/** Touches, counted. */
function finger(page) {
  let taps = 0;
  return {
    tap: async (selector) => {
      taps += 1;
      await page.tap(selector);
    },
    type: async function (letters) {
      for (const letter of letters) await this.tap(`[data-key="${letter}"]`);
      await page.waitForFunction(
        (typed) => document.getElementById("candidates").dataset.letters === typed && document.querySelector(".candidate"),
        letters,
      );
    },
    get taps() {
      return taps;
    },
  };
}

test("zfxxgknb leads to annual reports in twelve touches", () =>
  visit(TOUCH, async (page) => {
    await page.goto(`${kioskUrl}/kiosk`);
    const one = finger(page);
    await one.tap('a[href="/kiosk/search"]');
    await page.waitForURL("**/kiosk/search");
    await one.type("zfxxgknb");
    await one.tap('.candidate:text-is("政府信息公开年报")');
    assert.equal(await page.inputValue("#q"), "政府信息公开年报");
    await one.tap('.board [data-do="search"]');
    await page.waitForSelector(".cards .card");
    assert.ok(one.taps <= 12, `${one.taps} touches`);
    assert.match(await page.innerText(".card-title >> nth=0"), /政府信息公开.*年/);
    await one.tap(".card >> nth=0");
    await page.waitForURL("**/kiosk/document/**");
    assert.equal(await page.isVisible('[data-do="print"]'), true);
    assert.equal(await page.isVisible("svg.qr"), true);
  }));

test("words are put together piece by piece, with signs and digits", () =>
  visit(TOUCH, async (page) => {
    await page.goto(`${kioskUrl}/kiosk/search`);
    const one = finger(page);
    await one.type("gongjijin");
    await one.tap(".candidate >> nth=0");
    for (const key of ["〔", "2", "0", "〕", "号"]) await one.tap(`[data-key="${key}"]`);
    assert.equal(await page.inputValue("#q"), "公积金〔20〕号");
    await one.tap('[data-do="back"]');
    assert.equal(await page.inputValue("#q"), "公积金〔20〕");
    await one.tap('[data-do="clear"]');
    assert.equal(await page.inputValue("#q"), "");
    await one.type("zheng");
    const first = await page.innerText(".candidate >> nth=0");
    await one.tap('[data-turn="1"]');
    assert.notEqual(await page.innerText(".candidate >> nth=0"), first);
    await one.tap('[data-turn="-1"]');
    assert.equal(await page.innerText(".candidate >> nth=0"), first);
  }));

test("whoever leaves is asked for and then forgotten", () =>
  visit(TOUCH, async (page) => {
    await page.clock.install();
    await page.goto(`${kioskUrl}/kiosk/search?q=%E4%BD%8E%E4%BF%9D`);
    const length = await page.evaluate(() => history.length);
    // The page's clock goes on by itself as well: a slow machine has five seconds to spare.
    await page.clock.runFor(15_000);
    assert.equal(await page.isVisible("#idle"), false);
    await page.clock.runFor(6_000);
    assert.equal(await page.isVisible("#idle"), true);
    assert.match(await page.innerText("#idle-text"), /^\s*[4-9] /);
    await page.tap("#idle-stay");
    assert.equal(await page.isVisible("#idle"), false);
    await page.clock.runFor(15_000);
    assert.equal(await page.isVisible("#idle"), false, "a touch begins the time anew");
    await page.clock.runFor(16_000);
    await page.waitForURL(`${kioskUrl}/kiosk`);
    await page.waitForSelector(".doors");
    assert.equal(await page.evaluate(() => history.length), length, "there is nothing to go back to");
    await page.goBack();
    assert.ok(!page.url().includes("/kiosk/"), page.url());
  }));

test("the server's own times are sixty and ninety seconds", () =>
  visit(TOUCH, async (page) => {
    await page.clock.install();
    await page.goto(`${url}/kiosk/apply`);
    await page.clock.runFor(55_000);
    assert.equal(await page.isVisible("#idle"), false);
    await page.clock.runFor(6_000);
    assert.equal(await page.isVisible("#idle"), true);
    await page.clock.runFor(30_000);
    await page.waitForURL(`${url}/kiosk`);
  }));

test("nothing is kept: no history, no store, no cache", () =>
  visit(TOUCH, async (page) => {
    const kept = [];
    page.on("response", (response) => {
      const path = new URL(response.url()).pathname;
      const isPage = path.startsWith("/kiosk") || path.startsWith("/api/");
      if (isPage && response.headers()["cache-control"] !== "no-store") kept.push(path);
    });
    await page.goto(`${kioskUrl}/kiosk`);
    const length = await page.evaluate(() => history.length);
    const one = finger(page);
    await one.tap('a[href="/kiosk/browse"]');
    await page.waitForURL("**/kiosk/browse");
    await one.tap(".choice >> nth=0");
    await page.waitForURL("**region=**");
    await one.tap(".choice >> nth=0");
    await one.tap(".card >> nth=0");
    await page.waitForURL("**/kiosk/document/**");
    await one.tap("text=回到首页");
    await page.waitForURL(`${kioskUrl}/kiosk`);
    assert.deepEqual(kept, []);
    assert.equal(await page.evaluate(() => history.length), length);
    const stored = await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length);
    assert.equal(stored, 0);
  }));

const PLACES = ["", "/search", "/search?q=%E5%B9%B4%E5%BA%A6%E6%8A%A5%E5%91%8A", "/browse", "/reports", "/apply"];

for (const viewport of SIZES) {
  test(`everything that is touched is large, and leads nowhere else, at ${viewport.width} px`, () =>
    visit({ hasTouch: true, viewport }, async (page) => {
      // Ten keys in a row are narrower where there is no room: on a telephone, which is no kiosk.
      const width = viewport.width > 1000 ? SMALLEST : 30;
      for (const place of PLACES) {
        await page.goto(`${kioskUrl}/kiosk${place}`);
        const small = await page.$$eval("a, button, input", (all, [least, width]) => all
          .map((one) => [one, one.getBoundingClientRect()])
          .filter(([, box]) => box.width > 0 && (box.height < least || box.width < width))
          .map(([one, box]) => `${one.textContent.trim()} ${box.width}x${box.height}`), [SMALLEST, width]);
        assert.deepEqual(small, [], place);
        const out = await page.$$eval("a[href]", (all) => all
          .map((link) => link.getAttribute("href"))
          .filter((address) => !/^\/kiosk($|[/?])/.test(address)));
        assert.deepEqual(out, [], place);
        assert.equal(await page.locator("[target], [download], iframe").count(), 0, place);
      }
    }));
}

test("the kiosk's server has no other pages", async () => {
  for (const path of ["/search?q=a", "/document/0000000000000000", "/api/v1/search?q=a", "/api", "/openapi.json", "/healthz"]) {
    const answer = await fetch(kioskUrl + path);
    assert.equal(answer.status, 404, path);
  }
  const first = await fetch(`${kioskUrl}/`, { redirect: "manual" });
  assert.equal(first.headers.get("location"), "/kiosk");
});
