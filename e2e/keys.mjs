// A server that wants a key: the page asks for it, says what is wrong with one, lets in and out; keys are made and revoked.
import assert from "node:assert/strict";
import { accessible, fits, story } from "./browser.mjs";

const { base, server, page, open, check, shot, expect, finish } = await story({ args: ["--set", "server.require_key=true"] });
// The browser reports each request that is refused, which this story is about.
expect(/status of (401|429)/);

const field = page.getByLabel("API key", { exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const box = page.getByRole("textbox", { name: "Your message" });

const key = server.run("key", "add", "story", "--scope", "chat,memory,execute,admin");
const status = (with_) => fetch(`${base}/v1/models`, { headers: { authorization: `Bearer ${with_}` } }).then((answer) => answer.status);

await check("who has no key is asked for one, and sees nothing else", async () => {
  await page.goto(`${base}/chat`);
  await field.waitFor();
  assert.equal(await box.count(), 0);
  await shot("login");
  await accessible(page);
  await fits(page, 360);
  await shot("login-phone");
  await page.setViewportSize({ width: 1200, height: 800 });
});

await check("a wrong key is said to be wrong, and after several the next try waits", async () => {
  for (let tries = 0; ; tries++) {
    await field.fill(`cnc_000000000000_${"0".repeat(63)}${tries}`);
    await field.press("Enter");
    await page.locator("[aria-invalid=true]").waitFor();
    if (await page.getByRole("button", { name: /^Next try in/ }).isVisible()) break;
    await page.getByText("This key is not known here, has expired, or was revoked.").waitFor();
    assert.ok(tries < 12, "nobody had to wait");
  }
  await shot("login-wait");
  await accessible(page);
  await button("Sign in").waitFor({ timeout: 60_000 });
});

await check("with the key one is on the page that was wanted, and a question is answered", async () => {
  await field.fill(key);
  await field.press("Enter");
  await box.fill("Hello");
  await box.press("Enter");
  await page.getByRole("log").getByText(/\d+ \+ \d+ tokens/).waitFor();
  await page.reload();
  await box.waitFor();
});

await check("a key is made for a program, shown once, and works until it is revoked", async () => {
  await page.goto(`${base}/admin/keys`);
  await button("Make a key").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Notebook");
  await shot("key-form");
  await accessible(page);
  await dialog.getByRole("button", { name: "Make a key" }).click();
  const secret = (await dialog.getByText(/^cnc_[0-9a-f]+_[0-9a-f]+$/).textContent()).trim();
  await shot("key-made");
  await button("I have kept it").click();
  await page.getByRole("table").getByText("Notebook").waitFor();
  assert.equal(await status(secret), 200);
  await shot("keys");
  await accessible(page);
  await page.getByRole("button", { name: "Revoke Notebook" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Notebook is revoked").waitFor();
  assert.equal(await status(secret), 401);
  await fits(page, 390, 844);
  await shot("keys-phone");
  await page.setViewportSize({ width: 1200, height: 800 });
});

await check("a user is added and removed", async () => {
  await page.getByRole("textbox", { name: "New user" }).fill("ada");
  await page.getByRole("textbox", { name: "New user" }).press("Enter");
  await page.getByRole("button", { name: "Remove ada" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("ada is removed").waitFor();
});

await check("signed-in browsers are listed, and one is signed out from another", async () => {
  const other = await open();
  await other.goto(`${base}/chat`);
  await other.getByLabel("API key", { exact: true }).fill(key);
  await other.keyboard.press("Enter");
  await other.getByRole("textbox", { name: "Your message" }).waitFor();
  await page.goto(`${base}/admin/keys`);
  const table = page.getByRole("table", { name: "Signed-in browsers" });
  await table.getByText("this one").waitFor();
  await shot("sessions");
  await accessible(page);
  const rows = table.getByRole("row").filter({ has: page.getByRole("button") });
  assert.equal(await rows.count(), 2);
  await rows.filter({ hasNotText: "this one" }).getByRole("button").click();
  await page.getByText("That browser is signed out").waitFor();
  await other.reload();
  await other.getByLabel("API key", { exact: true }).waitFor();
  await other.close();
});

await check("who is signed in is said, and signing out leads back to the key", async () => {
  await page.getByRole("button", { name: "Signed in as local" }).click();
  await page.getByRole("dialog").getByText("story").waitFor();
  await shot("account");
  await accessible(page);
  await button("Sign out").click();
  await field.waitFor();
  const { authenticated } = await page.evaluate(() => fetch("/v1/session").then((answer) => answer.json()));
  assert.equal(authenticated, false);
});

await finish();
