// Models on other machines: what would leave is shown and asked about before, and nothing is spent beyond the budget. The
// provider is a stand-in that keeps what it was sent.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessible, fits, story } from "./browser.mjs";
import { provider } from "./tools/provider.mjs";

const far = await provider("far");
const folder = mkdtempSync(join(tmpdir(), "council-e2e-config-"));
const config = join(folder, "council.toml");
writeFileSync(config, `[cloud]\nenabled = true\n\n[privacy]\nemail = "ask"\n${far.config}`);
const { base, page, check, shot, expect, finish } = await story({ args: ["--config", config] });
rmSync(folder, { recursive: true });
// The browser reports what the server refuses.
expect(/status of (400|402|403)/);

/** Four pixels by four. */
const png = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR4nGM4EaABRwzEcQASUhQBFGG4BQAAAABJRU5ErkJggg==";
const address = "ada.lovelace@example.org";
const log = page.getByRole("log");
const answers = log.getByRole("article");
const box = page.getByRole("textbox", { name: "Your message" });
const asking = log.getByRole("alert").filter({ hasText: "Nothing has left this machine yet" });
/** What would go. */
const outgoing = asking.getByRole("group", { name: /would go to/ });
const yes = asking.getByRole("button", { name: "Send what is shown" });
const holds = asking.getByRole("combobox", { name: "From now on" });
const call = async (method, path, body) => {
  const answer = await fetch(`${base}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
};
const set = (values) => call("PATCH", "/v1/settings", { values });
const send = async (text) => {
  await box.fill(text);
  // Not before the conversation is there.
  await page.locator('button[aria-label="Send"]:not([disabled])').waitFor();
  await box.press("Enter");
};
/** Opens a conversation that the model far away answers. */
async function begin() {
  const { id } = await call("POST", "/v1/conversations", { settings: { model: "far" } });
  await page.goto(`${base}/chat/${id}`);
  await box.waitFor();
}

/** Who said something in the open conversation: no question stands there twice. */
async function roles() {
  const id = new URL(page.url()).pathname.split("/").at(-1);
  return (await call("GET", `/v1/conversations/${id}/messages`)).data.map(({ role }) => role);
}

await check("private text is asked about before it leaves, and with no as an answer it stays", async () => {
  await begin();
  await send(`Write to ${address}, please.`);
  await asking.waitFor();
  const shown = await outgoing.innerText();
  assert.ok(shown.includes("Write to [EMAIL_1], please.") && !shown.includes(address), shown);
  assert.equal(await outgoing.locator("mark").innerText(), "[EMAIL_1]");
  assert.equal(far.sent.length, 0);
  await shot("asked");
  await accessible(page);
  await fits(page, 360);
  await shot("asked-phone");
  await page.setViewportSize({ width: 1200, height: 800 });
  await asking.getByRole("button", { name: /^Answer here, with / }).click();
  await log.getByText(/\d+ \+ \d+ tokens/).waitFor();
  await log.getByText("on this machine").waitFor();
  assert.deepEqual(await roles(), ["user", "assistant"]);
  assert.equal(far.sent.length, 0);
  const [line, ...more] = (await call("GET", "/v1/egress")).data;
  assert.deepEqual([line.outcome, line.reason, line.sent_bytes, more], ["refused", "consent", 0, []]);
});

await check("with a yes it goes with a placeholder, which the answer has put back", async () => {
  await begin();
  await send(`Write to ${address}, please.`);
  const shown = await outgoing.innerText();
  await yes.click();
  await log.getByText(/\d+ \+ \d+ tokens/).waitFor();
  assert.equal(far.sent.length, 1);
  const sent = JSON.stringify(far.sent[0]);
  assert.ok(sent.includes("[EMAIL_1]") && !sent.includes(address), sent);
  for (const { content } of far.sent[0].messages) assert.ok(shown.includes(content.trim()), `${content} is not in ${shown}`);
  const answer = await answers.last().innerText();
  assert.ok(answer.includes("From afar:") && answer.includes(address), answer);
  await answers.last().getByText("cloud", { exact: true }).waitFor();
  assert.deepEqual(await roles(), ["user", "assistant"]);
  await shot("sent");
  await accessible(page);
});

await check("what left is in the log of the admin page, without a word of it", async () => {
  const { data } = await call("GET", "/v1/egress");
  const left = data.filter(({ outcome }) => outcome !== "refused");
  assert.deepEqual(left.map(({ model }) => model), ["far"]);
  await page.goto(`${base}/admin/cloud`);
  await page.getByRole("row").filter({ hasText: "far" }).first().waitFor();
  assert.ok(!(await page.getByRole("main").innerText()).includes(address));
  await shot("log");
  await accessible(page);
});

await check("what is not private is not asked about", async () => {
  await begin();
  await send("Name a river.");
  await log.getByText(/\d+ \+ \d+ tokens/).waitFor();
  assert.equal(far.sent.length, 2);
  assert.equal(await asking.count(), 0);
});

await check("a yes can hold for a conversation, which its options take back", async () => {
  await begin();
  await send(`Write to ${address}, please.`);
  await holds.selectOption({ label: "Do not ask again in this conversation" });
  await yes.click();
  await log.getByText(/\d+ \+ \d+ tokens/).waitFor();
  await send(`And once more to ${address}.`);
  await log.getByText(/\d+ \+ \d+ tokens/).nth(1).waitFor();
  assert.equal(far.sent.length, 4);
  await page.getByRole("button", { name: /^How it answers/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Ask again" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await send(`A third time to ${address}.`);
  await asking.waitFor();
  assert.equal(far.sent.length, 4);
  const { data } = await call("GET", "/v1/audit?setting=consent");
  assert.deepEqual(data.map(({ after }) => after), ["withdrawn", "given"]);
});

await check("a yes can hold for a host, and is withdrawn in /admin", async () => {
  await begin();
  await send(`Write to ${address}, please.`);
  await holds.selectOption("host");
  await shot("holds");
  await yes.click();
  await log.getByText(/\d+ \+ \d+ tokens/).waitFor();
  await begin();
  await send(`Write to ${address}, please.`);
  await log.getByText(/\d+ \+ \d+ tokens/).waitFor();
  assert.equal(far.sent.length, 6);
  await page.goto(`${base}/admin/privacy`);
  const withdraw = page.getByRole("button", { name: /^Withdraw for 127/ });
  await withdraw.waitFor();
  await shot("agreed");
  await accessible(page);
  await withdraw.click();
  await page.getByText("You are asked each time").waitFor();
  await begin();
  await send(`Write to ${address}, please.`);
  await asking.waitFor();
  assert.equal(far.sent.length, 6);
});

await check("an image is seen before it goes, goes with a yes as it is, and stays in the conversation", async () => {
  await begin();
  await page.locator("input[data-files]").setInputFiles({ name: "dot.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") });
  const files = page.getByRole("list", { name: "Files that go with the question" });
  await files.getByText(/tokens/).waitFor();
  assert.equal(await files.locator("img").evaluate((image) => image.naturalWidth), 4);
  await shot("image");
  await send("What is this?");
  await asking.waitFor();
  assert.equal(far.sent.length, 6);
  await outgoing.getByText(/^image, /).waitFor();
  await shot("image-asked");
  await accessible(page);
  await yes.click();
  await log.getByText(/\d+ \+ \d+ tokens/).waitFor();
  const image = far.sent[6].messages.at(-1).content.find(({ type }) => type === "image_url");
  assert.deepEqual(image, { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } });
  await page.reload();
  const kept = log.getByRole("img", { name: "dot.png" });
  await kept.waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll("[role=log] img")].every((shown) => shown.naturalWidth === 4));
  await shot("image-sent");
  await accessible(page);
  await fits(page, 360);
  await page.setViewportSize({ width: 1200, height: 800 });
});

await check("a model that sees none says so, and who does", async () => {
  const { data: models } = await call("GET", "/v1/models");
  const blind = models.find(({ capabilities, id }) => !capabilities.vision && capabilities.chat && !id.startsWith("council/"));
  const { id } = await call("POST", "/v1/conversations", { settings: { model: blind.id } });
  await page.goto(`${base}/chat/${id}`);
  await box.waitFor();
  await page.locator("input[data-files]").setInputFiles({ name: "dot.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") });
  await page.getByText(`${blind.id} cannot see images.`).waitFor();
  await shot("blind");
  await send("What is this?");
  await log.getByRole("alert").filter({ hasText: "`far` does" }).waitFor();
  assert.equal(far.sent.length, 7);
});

await check("beyond the budget nothing is asked, and one click goes on here", async () => {
  await set({ "budget.daily_usd": 0.001 });
  await begin();
  await page.getByRole("alert").filter({ hasText: "budget is used up" }).waitFor();
  await send("Name another river.");
  await log.getByRole("alert").waitFor();
  assert.equal(far.sent.length, 7);
  await shot("budget");
  await accessible(page);
  await page.getByRole("button", { name: /^Go on locally/ }).click();
  await send("And one more?");
  await log.getByText("on this machine").waitFor();
  assert.equal(far.sent.length, 7);
});

await check("in local-only mode nothing goes, whatever is chosen", async () => {
  await set({ "budget.daily_usd": null, "cloud.local_only": true }).catch(() => set({ "cloud.local_only": true }));
  await begin();
  await send("Name a lake.");
  await log.getByRole("alert").waitFor();
  assert.equal(far.sent.length, 7);
});

far.stop();
await finish();
