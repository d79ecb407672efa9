// What every story shares: a server, a headless browser with a fresh profile that talks to nobody but that server, and
// checks that are counted. A story is a file beside this one; see chat.mjs.
//
//   node chat.mjs [URL] [FOLDER FOR SCREENSHOTS]     without a URL: a fresh server of the binary in COUNCIL_BINARY
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { chromium } from "playwright-core";
import { serve } from "./tools/server.mjs";

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function launch(more = []) {
  const executablePath = process.env.CHROMIUM ?? usual.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error("no Chromium: install it (Debian: apt-get install chromium) or name it in CHROMIUM");
  }
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });
}

/**
 * Begins a story. `serving` is what `serve` takes: `{ model: "scripted" | "default", args: [...] }`.
 * `page` is open and watched; `open()` makes another in a profile of its own. End with `await finish()`.
 */
export async function story(serving = {}) {
  const [address, shots] = process.argv.slice(2).map((given) => given || undefined);
  const server = address === undefined ? await serve(serving) : null;
  const base = new URL(address ?? server.url).origin;
  const browser = await launch();
  const complaints = [];
  const expected = [];
  let passed = 0;

  /** A page in a fresh profile: `open({ viewport, colorScheme, locale, … })`, as Playwright names them. */
  async function open(options = {}) {
    const opened = await browser.newPage({ viewport: { width: 1200, height: 800 }, ...options });
    opened.setDefaultTimeout(60_000);
    watch(opened, base, complaints);
    return opened;
  }
  const page = await open();

  /** One behaviour. The story ends with the first that fails: those after it build on it. */
  async function check(name, run) {
    try {
      await run();
      passed += 1;
      console.log(`ok      ${name}`);
    } catch (error) {
      await shot("failed").catch(() => undefined);
      console.log(`not ok  ${name}\n${error.stack}`);
      await end(1);
    }
  }

  async function shot(name, of = page) {
    if (shots === undefined) return;
    mkdirSync(shots, { recursive: true });
    const told = basename(process.argv[1], ".mjs");
    await of.screenshot({ path: join(shots, `${told}-${name}.png`) });
  }

  /** What the browser may complain about in this story, such as a failed request that the story provokes. */
  function expect(pattern) {
    expected.push(pattern);
  }

  /** The last check of each story, and its end. */
  async function finish() {
    await check("the browser had nothing to complain about and called nobody else", () => {
      assert.deepEqual(complaints.filter((text) => !expected.some((pattern) => pattern.test(text))), []);
    });
    await end(0);
  }

  async function end(failed) {
    await browser.close();
    await server?.stop();
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed);
  }

  return { base, server, browser, page, open, check, shot, expect, finish, scripted: await isScripted(base) };
}

/** Whether the labelled fake answers, whose words a story knows. */
async function isScripted(base) {
  const { data = [] } = await (await fetch(`${base}/v1/models`)).json();
  // Without a key a server that wants one says nothing; stories about that ask for the fake.
  return data.find((model) => model.default)?.owned_by.includes("fake") ?? false;
}

function watch(page, base, complaints) {
  page.on("console", (message) => {
    const { url } = message.location();
    if (["error", "warning"].includes(message.type())) complaints.push(url === "" ? message.text() : `${message.text()} (${url})`);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const foreign = (url) => {
    const { protocol, host } = new URL(url);
    return ["http:", "https:", "ws:", "wss:"].includes(protocol) && host !== new URL(base).host;
  };
  page.on("request", (request) => foreign(request.url()) && complaints.push(`called ${request.url()}`));
  page.on("websocket", (socket) => foreign(socket.url()) && complaints.push(`called ${socket.url()}`));
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");

/** No violation that axe finds, in light and in dark. */
export async function accessible(page) {
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    // Evaluated and not added as a script, which the page's policy rightly refuses.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${colorScheme}: ${id}: ${html}`));
    assert.deepEqual(found, []);
  }
}

/** The page has room: nothing sticks out of the window, so that nobody has to scroll sideways, nor the page as a whole. */
export async function fits(page, width, height = 720) {
  await page.setViewportSize({ width, height });
  const overflow = await page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return { sideways: scrollWidth - innerWidth, down: scrollHeight - innerHeight };
  });
  assert.deepEqual(overflow, { sideways: 0, down: 0 });
}
