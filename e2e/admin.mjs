// The admin page's user story: change a setting and undo it, pull a model from a stand-in, stop everything, put a backup back,
// and have the sandbox attack itself.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible, fits, story } from "./browser.mjs";
import { standIn } from "./tools/stand-in.mjs";

const { base, server, page, check, shot, expect, finish } = await story();
// The browser itself reports each refused request; this story provokes two, and restarts the server.
expect(/status of (400|409)/);
expect(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/);

const get = async (path) => (await fetch(`${base}${path}`)).json();
const settingOf = async (key) => (await get("/v1/settings")).data.find((setting) => setting.key === key);
const source = await standIn();

const section = (name) =>
  page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name, exact: true }).click();
const button = (name) => page.getByRole("button", { name, exact: true });
const accept = page.getByRole("textbox", { name: "Accept: mathematics" });

await check("each section has an address of its own and no accessibility violation", async () => {
  for (const id of ["models", "routing", "council", "cloud", "privacy", "sandbox", "memory", "keys", "changes", "backup"]) {
    await page.goto(`${base}/admin/${id}`);
    await page.getByRole("heading", { level: 2 }).first().waitFor();
    await page.getByRole("status", { name: "Loading" }).first().waitFor({ state: "detached" });
    await accessible(page);
    await shot(id);
  }
});

await check("a setting is changed, is in force, and is there after a reload", async () => {
  await section("Routing");
  await accept.fill("0.9");
  await button("Save").click();
  await page.getByText("Accept: mathematics is changed").waitFor();
  const { value, source: from } = await settingOf("routing.accept.math");
  assert.deepEqual([value, from], [0.9, "setting"]);
  await page.reload();
  await accept.waitFor();
  assert.equal(await accept.inputValue(), "0.9");
});

await check("a value that the server refuses is taken back with its reason", async () => {
  await section("Council");
  const time = page.getByRole("textbox", { name: "Time for one voice" });
  await time.fill("600");
  await button("Save").click();
  await page.getByText(/Time for one voice was not changed: .*the whole vote may take 120 s/).waitFor();
  assert.equal(await time.inputValue(), "60");
});

await check("the change is undone from the list of changes", async () => {
  await section("Changes");
  await button("Undo the change of Accept: mathematics").first().click();
  await page.getByText("Accept: mathematics is as it was before").waitFor();
  assert.equal((await settingOf("routing.accept.math")).source, "config");
  await shot("undone");
});

await check("an older change of what was changed again is undone only when somebody insists", async () => {
  for (const value of [0.8, 0.85]) {
    const sent = { method: "PATCH", body: JSON.stringify({ values: { "routing.accept.math": value } }) };
    assert.equal((await fetch(`${base}/v1/settings`, sent)).status, 200);
  }
  await page.reload();
  await button("Undo the change of Accept: mathematics").nth(1).click();
  const dialog = page.getByRole("dialog", { name: "It was changed again since" });
  await dialog.getByText(/it was `0.8` after this line and is `0.85`/).waitFor();
  await dialog.getByRole("button", { name: "Undo all the same" }).click();
  await page.getByText("Accept: mathematics is as it was before").waitFor();
  assert.equal((await settingOf("routing.accept.math")).source, "config");
});

await check("settings of all sections are found by what they do", async () => {
  const search = page.getByRole("searchbox", { name: "Search settings" });
  await search.fill("facts learnt");
  await page.getByRole("switch", { name: "Learn facts" }).waitFor();
  await search.fill("");
});

await check("a pull shows how far it is, is cancelled, and goes on from there to an installed model", async () => {
  await section("Models");
  const from = page.getByRole("textbox", { name: /hf:owner/ });
  await from.fill(source.url);
  await button("Pull").last().click();
  const line = page.getByRole("listitem").filter({ hasText: source.url });
  await line.getByText("downloading").waitFor();
  await shot("pull");
  await line.getByRole("button", { name: /^Cancel/ }).click();
  await line.getByText("cancelled").waitFor();
  await line.getByRole("button", { name: "Try again" }).click();
  await line.getByText("installed").first().waitFor();
  await page.getByRole("row").filter({ hasText: /^story/ }).getByText("on disk").waitFor();
  assert.ok((await get("/v1/models")).data.some((model) => model.id === "story"));
});

await check("a model is removed after a question", async () => {
  await button("Remove story").click();
  await page.getByRole("dialog", { name: "Remove story?" }).getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText(/story is gone/).waitFor();
  assert.ok((await get("/v1/models")).data.every((model) => model.id !== "story"));
});

await check("a benchmark measures the model that is there", async () => {
  const { data } = await get("/v1/models");
  const id = data.find((model) => model.default).id;
  await button(`Benchmark ${id}`).click();
  await page.getByText(/tokens\/s, first token after/).waitFor();
  await shot("benchmark");
});

await check("a backup is downloaded, put in waiting, taken back, and put back at the next start", async () => {
  await section("Backup");
  const [download] = await Promise.all([page.waitForEvent("download"), button("Download a backup").click()]);
  assert.match(download.suggestedFilename(), /^council-\d+\.db$/);
  const path = await download.path();
  assert.equal(readFileSync(path).subarray(0, 15).toString(), "SQLite format 3");
  await page.getByLabel("Backup file").setInputFiles(path);
  await button("Check and stage").click();
  await page.getByText("A backup waits for the next start").waitFor();
  await shot("staged");
  await button("Take it back").click();
  await page.getByLabel("Backup file").waitFor();
  assert.equal((await get("/v1/restore")).status, "none");
  // Only a server of the story's own may be started again.
  if (server === null) return;
  const sent = { method: "PATCH", body: JSON.stringify({ values: { "memory.summaries": false } }) };
  assert.equal((await fetch(`${base}/v1/settings`, sent)).status, 200);
  await page.getByLabel("Backup file").setInputFiles(path);
  await button("Check and stage").click();
  await page.getByText("A backup waits for the next start").waitFor();
  assert.equal((await settingOf("memory.summaries")).source, "setting");
  await server.kill();
  await server.start();
  assert.equal((await settingOf("memory.summaries")).source, "config");
  await page.reload();
  await page.getByLabel("Backup file").waitFor();
});

await check("the panic switch stops everything after a question, and a setting releases it", async () => {
  await button("Stop everything").click();
  const dialog = page.getByRole("dialog", { name: "Stop everything?" });
  await dialog.getByRole("button", { name: "Stop everything" }).click();
  await page.getByText(/Everything was stopped on/).waitFor();
  assert.equal((await get("/v1/panic")).active, true);
  await shot("panic");
  await button("Release").click();
  await page.getByText(/Everything was stopped on/).waitFor({ state: "detached" });
  assert.equal((await get("/admin/status")).local_only, false);
});

await check("the sandbox attacks itself, and what came of it is told", async () => {
  if (!(await get("/v1/sandbox/status")).available) return;
  await section("Sandbox");
  const asked = page.waitForResponse((response) => response.url().endsWith("/v1/sandbox/selftest"), { timeout: 300_000 });
  await button("Run the self-test").click();
  const { held, breached, attacks } = await (await asked).json();
  // Whether each attack is stopped is what the sandbox's own tests hold, on a machine that has nothing else to do.
  assert.ok(held > 200, `${held} of ${attacks.length} attacks were stopped`);
  await page.getByText(`${held} of ${attacks.length} attacks were stopped`).waitFor();
  assert.equal(await page.getByRole("cell", { name: "got through", exact: true }).count(), breached);
  await shot("self-test");
});

await check("a phone has everything without a sideways scroll", async () => {
  for (const name of ["Models", "Routing", "Cloud and budget", "Sandbox", "Changes"]) {
    await section(name);
    await page.getByRole("heading", { level: 2 }).first().waitFor();
    await fits(page, 360);
    await shot(`phone-${name}`);
  }
});

source.stop();
await finish();
