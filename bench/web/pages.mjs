// Each page as a first visit finds it: largest paint, shifts, and how soon it answers to keys and clicks.
import { of } from "./numbers.mjs";

const visits = 5;

/** What somebody does first on each page. It changes nothing on the server. */
const pagesAndActs = {
  chat: async (page) => {
    await page.getByRole("textbox").last().click();
    await page.keyboard.type("How are you today?", { delay: 30 });
  },
  monitor: tabs,
  admin: tabs,
  explore: async (page) => {
    await page.keyboard.press("/");
    await page.keyboard.type("memory", { delay: 30 });
    await page.getByRole("link", { name: /\/v1\/memory\/search/ }).first().click();
    await page.getByRole("tab", { name: "JSON" }).click();
    await page.getByRole("tab", { name: "Form" }).click();
  },
};

/** Whatever leads to another part of the page, one after the other. */
async function tabs(page) {
  const places = page.getByRole("main").getByRole("tab").or(page.locator("nav a[href*='/monitor/'], nav a[href*='/admin/']"));
  const count = Math.min(6, await places.count());
  for (let place = 0; place < count; place++) {
    await places.nth(place).click();
    await page.waitForTimeout(150);
  }
  for (let key = 0; key < 5; key++) await page.keyboard.press("Tab");
}

export async function pages({ base, browser }) {
  const results = [];
  for (const [name, act] of Object.entries(pagesAndActs)) {
    const runs = [];
    for (let visit = 0; visit < visits; visit++) runs.push(await once(browser, `${base}/${name}`, act));
    results.push(
      of(`/${name}: largest contentful paint`, "ms", runs.map(({ lcp }) => lcp), { budget: { most: 800 } }),
      of(`/${name}: cumulative layout shift`, "score", runs.map(({ cls }) => cls), { budget: { most: 0.01 } }),
      of(`/${name}: interaction to next paint`, "ms", runs.map(({ inp }) => inp), { budget: { most: 100 } }),
      of(`/${name}: bytes of a first visit`, "bytes", runs.map(({ bytes }) => bytes)),
    );
  }
  return results;
}

async function once(browser, url, act) {
  const context = await browser.newContext({ viewport: { width: 1350, height: 940 } });
  const page = await context.newPage();
  await page.addInitScript(observe);
  await page.goto(url);
  await page.waitForLoadState("networkidle", { timeout: 5_000 }).catch(() => undefined);
  await page.waitForTimeout(500);
  const loaded = await page.evaluate(() => ({ lcp: vitals.lcp, bytes: vitals.bytes() }));
  await act(page);
  await page.waitForTimeout(500);
  const { cls, inp } = await page.evaluate(() => ({ cls: vitals.cls, inp: vitals.inp }));
  await context.close();
  return { ...loaded, cls, inp };
}

/** In the page, before anything else runs. */
function observe() {
  globalThis.vitals = {
    lcp: 0,
    cls: 0,
    // Browsers tell of nothing shorter.
    inp: 16,
    bytes: () => performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0),
  };
  const watch = (type, see, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true, ...more });
  watch("largest-contentful-paint", ({ startTime }) => (vitals.lcp = startTime));
  watch("layout-shift", ({ value, hadRecentInput }) => (vitals.cls += hadRecentInput ? 0 : value));
  // The worst of the interactions, which with less than fifty of them is what "INP" means. In steps of 8 ms.
  watch("event", ({ duration, interactionId }) => (vitals.inp = interactionId ? Math.max(vitals.inp, duration) : vitals.inp), {
    durationThreshold: 16,
  });
}
