// The chat's user story in a real browser against a running server: ask, watch the answer stream, reload and find it
// again, stop another. Usage: node chat.mjs http://127.0.0.1:9000 [FOLDER FOR SCREENSHOTS]
//
// Works with any model; with `council serve --scripted` it checks the words as well.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import { launch } from "./browser.mjs";

const [base, shots] = process.argv.slice(2);
if (base === undefined) {
  console.error("usage: node chat.mjs URL [FOLDER FOR SCREENSHOTS]");
  process.exit(2);
}
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const { data: models } = await (await fetch(`${base}/v1/models`)).json();
const scripted = models.find((model) => model.default)?.owned_by.includes("fake") ?? false;

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
page.setDefaultTimeout(60_000);

const complaints = [];
page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(String(error)));
page.on("request", (request) => {
  if (new URL(request.url()).origin !== new URL(base).origin) complaints.push(`called ${request.url()}`);
});

let passed = 0;
async function check(name, run) {
  try {
    await run();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    await shot("failed");
    console.log(`not ok  ${name}\n${error.stack}`);
    await browser.close();
    console.log(`${passed} passed, 1 failed`);
    process.exit(1);
  }
}
async function shot(name) {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}
async function accessible() {
  // Evaluated and not added as a script, which the page's policy rightly refuses.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
}

const box = page.getByRole("textbox", { name: "Your message" });
const log = page.getByRole("log");
const answers = log.getByRole("article");
const question = scripted
  ? "## Two things\n\n- **bold** and `code`\n- a [link](https://example.com)\n\n```rust\nfn main() {}\n```\n\nThat is all."
  : "Say hello in one short sentence.";

await check("`/` leads a browser to the chat", async () => {
  await page.goto(base);
  await page.waitForURL(`${base}/chat`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await shot("empty");
});

await check("a question gets a streamed answer with what it took", async () => {
  const streamed = page.waitForResponse((response) => response.url().endsWith("/api/chat"));
  await box.fill(question);
  await box.press("Enter");
  assert.equal((await streamed).headers()["content-type"], "text/event-stream");
  await log.getByText(/\d+ \+ \d+ tokens/).waitFor();
  assert.match(page.url(), /\/chat\/conv_[0-9a-f]{32}$/);
  if (scripted) {
    await answers.getByRole("heading", { name: "Two things" }).waitFor();
    assert.equal(await answers.locator("pre").innerText(), "fn main() {}");
    await log.getByText("scripted (fake)").waitFor();
  }
  assert.notEqual((await answers.first().innerText()).trim(), "");
  await shot("answer");
});

await check("the page has no accessibility violation", accessible);

await check("the conversation is in the list under its first words", async () => {
  const title = scripted ? "## Two things" : "Say hello";
  await page.getByRole("navigation").getByRole("link", { name: title }).first().waitFor();
});

await check("a reload shows the conversation again, numbers too", async () => {
  const before = await answers.first().innerText();
  await page.reload();
  await log.getByText(/\d+ \+ \d+ tokens/).waitFor();
  assert.equal(await answers.first().innerText(), before);
});

await check("Esc stops an answer at once and keeps what has come", async () => {
  const endless = scripted ? "I could go on like this..." : "Count from 1 to 500 in words, separated by commas.";
  await box.fill(endless);
  await box.press("Enter");
  await page.getByRole("button", { name: "Stop" }).waitFor();
  await answers.nth(1).locator(".markdown").waitFor();
  const start = Date.now();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Send" }).waitFor();
  const took = Date.now() - start;
  assert.ok(took < 500, `stopping took ${took} ms`);
  await log.getByText("Stopped").waitFor();
  await shot("stopped");
});

await check("a stopped answer is kept as far as it came", async () => {
  const before = (await answers.nth(1).locator(".markdown").innerText()).trim();
  await log.getByText("Stopped").waitFor();
  // The server settles a cancelled turn after the browser has let go of it.
  for (let tries = 0; ; tries++) {
    await page.reload();
    await answers.first().waitFor();
    if ((await answers.count()) === 2) break;
    assert.ok(tries < 20, "the stopped answer was not stored");
    await page.waitForTimeout(250);
  }
  assert.ok((await answers.nth(1).locator(".markdown").innerText()).startsWith(before.slice(0, 20)));
});

await check("a phone has the conversations in a drawer and no sideways scroll", async () => {
  await page.setViewportSize({ width: 360, height: 720 });
  const overflow = await page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return [scrollWidth - innerWidth, scrollHeight - innerHeight];
  });
  assert.deepEqual(overflow, [0, 0]);
  await shot("phone");
  await page.getByRole("button", { name: "Open the conversations" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "New chat" }).waitFor();
  await shot("phone-drawer");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
});

await check("the browser had nothing to complain about and called nobody else", async () => {
  assert.deepEqual(complaints, []);
});

await browser.close();
console.log(`${passed} passed, 0 failed`);
