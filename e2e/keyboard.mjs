// A day without a mouse: ask, stop, change a question, choose an answer's version, find, give commands, change a setting.
import assert from "node:assert/strict";
import { story } from "./browser.mjs";

const { base, page, check, shot, finish } = await story();

const log = page.getByRole("log");
const box = page.getByRole("textbox", { name: "Your message" });
const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
const type = (text) => page.keyboard.type(text);
const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");
/** Goes on with Tab until what has the focus is called so. */
async function tabTo(name, key = "Tab") {
  const seen = [];
  for (let steps = 0; steps < 80; steps++) {
    await press(key);
    const now = await focused();
    if (name.test(now)) return;
    seen.push(now.slice(0, 40));
  }
  assert.fail(`no way to ${name} by ${key}: ${seen.join(" | ")}`);
}

await check("a question is asked, and its answer stopped", async () => {
  await page.goto(`${base}/chat`);
  await box.waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  await press("/");
  await type("How long is the Rhine?");
  await press("Enter");
  await log.getByText(/\d+ \+ \d+ tokens/).waitFor();
  await type("I could go on like this...");
  await press("Enter");
  await log.getByRole("article").nth(1).locator(".markdown").waitFor();
  await press("Escape");
  await log.getByText("Stopped").waitFor();
});

await check("the last question is changed, and the version before is one key away", async () => {
  // From when the server has kept it on.
  await log.getByRole("button", { name: "Change the question" }).nth(1).waitFor({ state: "attached" });
  await box.focus();
  await press("ArrowUp");
  await page.waitForFunction(() => document.activeElement.value?.startsWith("I could"));
  await press("Control+A");
  await type("And the Danube?");
  await press("Enter");
  await log.getByText("2 / 2").first().waitFor();
  await tabTo(/^Version before$/, "Shift+Tab");
  await press("Enter");
  await log.getByText("1 / 2").first().waitFor();
});

await check("whatever has the focus shows it", async () => {
  await page.evaluate(() => document.activeElement?.blur());
  for (let steps = 0; steps < 40; steps++) {
    await press("Tab");
    const shown = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return true;
      const own = getComputedStyle(element);
      const around = element.parentElement && getComputedStyle(element.closest(".composer") ?? element.parentElement);
      const outlined = (style) => style !== null && (style.outlineStyle !== "none" || style.boxShadow !== "none");
      return outlined(own) || outlined(around);
    });
    assert.ok(shown, `no visible focus on ${await focused()}`);
  }
});

await check("text is found, and the way back leads to the message", async () => {
  await press("Control+F");
  await page.getByRole("textbox", { name: "Find in this conversation" }).waitFor();
  await type("rhine");
  await page.getByText(/^\d+ of \d+ messages$/).waitFor();
  await press("Enter", "Escape");
  assert.equal(await box.evaluate((element) => element === document.activeElement), true);
});

await check("commands are given, and a menu and a dialog give the focus back", async () => {
  await press("Control+K");
  // What is typed before it has the focus would go elsewhere.
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "combobox");
  await type("dark colours");
  await page.getByRole("option", { name: "Dark colours", selected: true }).waitFor();
  await press("Enter");
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  await page.evaluate(() => document.activeElement?.blur());
  await press("Shift+?");
  await page.getByRole("dialog").waitFor();
  await press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await shot("dark");
});

await check("a setting is changed under Admin", async () => {
  await page.goto(`${base}/admin/routing`);
  const field = page.getByRole("textbox", { name: "Accept: mathematics" });
  await field.waitFor();
  await tabTo(/^Ask larger local models$/);
  const before = await page.evaluate(() => document.activeElement.getAttribute("aria-checked"));
  await press("Space");
  await page.waitForFunction((was) => document.activeElement.getAttribute("aria-checked") !== was, before);
  await page.getByText("Ask larger local models is changed").waitFor();
});

await finish();
