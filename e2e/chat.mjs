// The chat's user story: ask, watch the answer stream, reload and find it again, stop another.
// Works with any model; with the labelled fake it checks the words as well.
import assert from "node:assert/strict";
import { accessible, fits, story } from "./browser.mjs";

const { base, page, check, shot, finish, scripted } = await story();

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

await check("the page has no accessibility violation", () => accessible(page));

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
  await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
  await answers.nth(1).locator(".markdown").waitFor();
  const start = Date.now();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
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

await check("a question that was stopped before the server had it can be changed and sent", async () => {
  await page.goto(`${base}/chat`);
  // It never arrives.
  await page.route("**/api/chat", () => undefined, { times: 1 });
  await box.fill("Hello tehre");
  await page.locator('button[aria-label="Send"]:not([disabled])').waitFor();
  await box.press("Enter");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("button", { name: "Change the question" }).click();
  const changed = page.getByRole("textbox", { name: "Your message, changed" });
  await changed.fill("Hello there");
  await changed.press("Enter");
  await page.getByRole("log").getByText(/\d+ \+ \d+ tokens/).waitFor();
  const id = new URL(page.url()).pathname.split("/").at(-1);
  const { data } = await (await fetch(`${base}/v1/conversations/${id}/messages`)).json();
  assert.deepEqual(data.map(({ role, content }) => role === "user" ? content[0].text : role), ["Hello there", "assistant"]);
});

await check("a phone has the conversations in a drawer and no sideways scroll", async () => {
  await fits(page, 360);
  await shot("phone");
  await page.getByRole("button", { name: "Open the conversations" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "New chat" }).waitFor();
  await shot("phone-drawer");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
});

await finish();
