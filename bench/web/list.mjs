// A list of 10,000 conversations: how soon it is there, how many of them are in the page, and how it scrolls.
import { of } from "./numbers.mjs";
import { manyConversations } from "./seed.mjs";

const visits = 5;
const conversations = 10_000;

export async function list({ base, browser }) {
  await manyConversations(base, conversations);
  const runs = [];
  for (let visit = 0; visit < visits; visit++) runs.push(await once(browser, base));
  return [
    of("/chat with 10,000 conversations, until the list is there", "ms", runs.map(({ shown }) => shown)),
    of("conversations in the page", "elements", runs.map(({ elements }) => elements), { budget: { most: 300 } }),
    of("a frame while the list is scrolled", "ms", runs.flatMap(({ frames }) => frames), { share: 0.95 }),
    of("conversations seen after scrolling for five seconds", "conversations", runs.map(({ seen }) => seen)),
  ];
}

async function once(browser, base) {
  const page = await browser.newPage({ viewport: { width: 1350, height: 940 } });
  await page.goto(`${base}/chat`);
  await page.locator("a[href^='/chat/conv_']").first().waitFor();
  const shown = await page.evaluate(() => performance.now());
  const { frames, seen } = await page.evaluate(scrolled);
  const elements = await page.locator("a[href^='/chat/conv_']").count();
  await page.close();
  return { shown, frames, seen, elements };
}

/** In the page: scrolls down for five seconds; how long each frame took, and how many conversations went by. */
function scrolled() {
  const links = () => [...document.querySelectorAll("a[href^='/chat/conv_']")];
  let box = links()[0].parentElement;
  while (box !== null && box.scrollHeight <= box.clientHeight + 50) box = box.parentElement;
  if (box === null) throw new Error("the list cannot be scrolled");
  const frames = [];
  const seen = new Set();
  return new Promise((resolve) => {
    let before = performance.now();
    const end = before + 5_000;
    const step = () => {
      const now = performance.now();
      frames.push(now - before);
      before = now;
      for (const link of links()) seen.add(link.href);
      box.scrollTop += 400;
      if (now < end) requestAnimationFrame(step);
      else resolve({ frames, seen: seen.size });
    };
    requestAnimationFrame(step);
  });
}
