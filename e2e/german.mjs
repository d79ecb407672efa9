// The pages in German: for a browser that prefers it, and for one in which it was chosen. Nothing of them stays English,
// nothing is wider than a small telephone.
import assert from "node:assert/strict";
import { accessible, story } from "./browser.mjs";

const { base, page: english, open, check, shot, finish } = await story();
const page = await open({ locale: "de-DE" });
const pages = {
  chat: "Worum geht es?",
  monitor: "Durchsatz",
  "monitor/routing": "Entscheidungen",
  "monitor/tokens": "Laufende Antworten",
  "monitor/quality": "Der Rat",
  "monitor/cost": "Budget",
  "admin/models": "Weitere Modelle",
  "admin/routing": "Jemand anders",
  "admin/cloud": "Anbieter",
  "admin/sandbox": "Schutz",
  "admin/backup": "Wiederherstellen",
  explore: "Verlauf",
  "explore/chat_completions": "Als Programm",
};

async function wide(of) {
  return of.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

for (const [path, heading] of Object.entries(pages)) {
  await check(`/${path} is German, accessible, and fits a small screen`, async () => {
    await page.setViewportSize({ width: 1200, height: 800 });
    await page.goto(`${base}/${path}`);
    await page.getByRole("heading", { name: heading, exact: true }).first().waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    await accessible(page);
    await shot(path.replace("/", "-"), page);
    await page.setViewportSize({ width: 360, height: 720 });
    assert.equal(await wide(page), 0);
    await shot(`${path.replace("/", "-")}-360`, page);
  });
}

await check("numbers are written as Germans write them", async () => {
  await page.goto(`${base}/admin/routing`);
  // Waits until the settings are there.
  assert.equal(await page.getByRole("textbox", { name: "Annehmen: Mathematik" }).inputValue(), "0,7");
  const shown = await page.getByRole("main").innerText();
  assert.match(shown, /\d,\d/);
  assert.doesNotMatch(shown, /\b0\.\d/);
});

await check("an English browser speaks German once it is chosen, and English again", async () => {
  await english.goto(`${base}/chat`);
  await english.getByRole("button", { name: "Colours and language" }).click();
  await english.getByRole("combobox", { name: "Language" }).selectOption({ label: "Deutsch" });
  await english.getByRole("heading", { name: "Worum geht es?" }).waitFor();
  assert.equal(await english.locator("html").getAttribute("lang"), "de");
  await english.getByRole("button", { name: "Farben und Sprache" }).click();
  await english.getByRole("combobox", { name: "Sprache" }).selectOption({ label: "English" });
  await english.getByRole("heading", { name: "What is on your mind?" }).waitFor();
});

await finish();
