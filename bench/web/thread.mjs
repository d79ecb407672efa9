// A conversation of 5,000 messages: from the click in the list until it is shown.
import { of } from "./numbers.mjs";
import { longConversation } from "./seed.mjs";

const visits = 5;
const messages = 5_000;

export async function thread({ base, browser }) {
  const id = await longConversation(base, messages);
  const runs = [];
  for (let visit = 0; visit < visits; visit++) runs.push(await once(browser, base, id));
  return [
    of("a conversation of 5,000 messages, from the click on", "ms", runs.map(({ shown }) => shown)),
    of("the same, from when its messages were there", "ms", runs.map(({ mount }) => mount), { budget: { most: 150 } }),
    of("answers in the page", "elements", runs.map(({ elements }) => elements), { budget: { most: 300 } }),
    of("a frame while it is scrolled", "ms", runs.flatMap(({ frames }) => frames), { share: 0.95 }),
  ];
}

async function once(browser, base, id) {
  const page = await browser.newPage({ viewport: { width: 1350, height: 940 } });
  await page.goto(`${base}/chat`);
  const link = page.locator(`a[href="/chat/${id}"]`).first();
  await link.waitFor();
  await page.waitForTimeout(300);
  const times = await page.evaluate(opened, { id, last: "message 5000" });
  const frames = await page.evaluate(scrolled);
  const elements = await page.getByRole("log").getByRole("article").count();
  await page.close();
  return { ...times, frames, elements };
}

/** In the page: clicks, and waits until the last message has been painted. */
function opened({ id, last }) {
  const begun = performance.now();
  document.querySelector(`a[href="/chat/${id}"]`).click();
  return new Promise((resolve) => {
    const look = () => {
      const log = document.querySelector("[role=log]");
      if (!log?.textContent.includes(last)) return requestAnimationFrame(look);
      // The frame in which it is there has yet to be painted.
      requestAnimationFrame(() => {
        const shown = performance.now();
        const got = performance.getEntriesByType("resource").filter(({ name, startTime }) => name.includes(id) && startTime >= begun);
        const there = Math.max(begun, ...got.filter(({ responseEnd }) => responseEnd <= shown).map(({ responseEnd }) => responseEnd));
        resolve({ shown: shown - begun, mount: shown - there });
      });
    };
    requestAnimationFrame(look);
  });
}

/** In the page: scrolls up for two seconds; how long each frame took. */
function scrolled() {
  const log = document.querySelector("[role=log]");
  const all = [log, ...log.querySelectorAll("*")];
  for (let parent = log.parentElement; parent !== null; parent = parent.parentElement) all.push(parent);
  const box = all.find((element) => element.scrollHeight > element.clientHeight + 100 && getComputedStyle(element).overflowY !== "visible");
  if (box === undefined) throw new Error("nothing can be scrolled");
  const frames = [];
  return new Promise((resolve) => {
    let before = performance.now();
    const end = before + 2_000;
    const step = () => {
      const now = performance.now();
      frames.push(now - before);
      before = now;
      box.scrollTop -= 200;
      if (now < end) requestAnimationFrame(step);
      else resolve(frames);
    };
    requestAnimationFrame(step);
  });
}
