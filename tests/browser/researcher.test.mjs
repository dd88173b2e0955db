// A researcher: from a search over its facets to a report, from its figures to a comparison and to files.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { url, visit } from "./support.mjs";

const total = async (page) => Number((await page.textContent(".total strong")).replace(/\D/g, ""));

/** The lines of what a link downloads. */
async function downloaded(page, link) {
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return (await readFile(await file.path(), "utf8")).trim().split(/\r?\n/);
}

test("a researcher narrows, reads figures at their source, compares and takes files along", () =>
  visit({ acceptDownloads: true }, async (page) => {
    await page.goto(`${url}/search?q=${encodeURIComponent("title:年度报告")}`);
    const all = await total(page);
    const office = page.locator("label", { hasText: "云汀市财政局" }).locator('input[name="agency"]');
    await office.check();
    await page.waitForURL("**agency=**");
    await page.waitForFunction((before) => Number(document.querySelector(".total strong").textContent.replace(/\D/g, "")) < before, all);
    const some = await total(page);
    // The new count is said a moment after the list came.
    await page.waitForFunction((count) => document.querySelector("#live").textContent.includes(count), String(some));
    const listed = await downloaded(page, page.locator('.takeaway a[href*="format=csv"]'));
    assert.equal(listed.length, some + 1, "a row for each hit and one of names");

    await page.click(".hits h2 a");
    await page.waitForURL("**/document/**");
    assert.ok((await page.locator('section[aria-labelledby="similar"] li').count()) > 0, "documents like it");
    await page.click(".to-figures a");
    await page.waitForURL("**/report/**");
    await page.locator(".as-read .figure a").first().click();
    await page.waitForURL("**/document/**#p*");
    assert.equal(await page.locator(":target").count(), 1, "a figure leads to its paragraph");
    await page.goBack();

    await page.click("text=与其他机关比较");
    await page.waitForURL("**/compare?**");
    await page.fill('input[name="agency"]', "云汀市财政局、云汀市教育局");
    await page.click(".choose button");
    await page.waitForURL("**agency=**");
    await page.waitForSelector(".matrix tbody tr:nth-child(2)");
    assert.equal(await page.locator(".matrix tbody tr").count(), 2);
    const compared = await downloaded(page, page.locator('.save a[href*="format=csv"]').last());
    assert.ok(compared.length > 10, `${compared.length} rows`);
    assert.match(compared[0], /agency/);
    await page.locator(".matrix td a").first().click();
    await page.waitForURL("**/report/**");
  }));

test("a bar of the years is a way to its checkbox", () =>
  visit({}, async (page) => {
    await page.goto(`${url}/search?q=${encodeURIComponent("年度报告")}`);
    const bar = page.locator(".years li[data-year]").last();
    const year = await bar.getAttribute("data-year");
    await bar.click();
    await page.waitForURL(`**year=${year}**`);
    await page.waitForSelector(`input[name="year"][value="${year}"]:checked`);
  }));

test("a page says why a document is not listed", () =>
  visit({}, async (page) => {
    const question = new URLSearchParams({ q: "title:年度报告", size: "1" });
    const { hits: [hit] } = await (await fetch(`${url}/api/v1/search?${question}`)).json();
    await page.goto(`${url}/explain?${new URLSearchParams({ q: "政府 -报告", year: "1999", id: hit.id })}`);
    assert.equal((await page.textContent("h1")).trim(), "为什么没有列出这份文件");
    const reasons = await page.locator(".reasons").innerText();
    assert.match(reasons, /1999/);
  }));
