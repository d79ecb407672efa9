// Everything around a conversation: the list and its folders, search, commands and shortcuts, drafts, choices, files,
// export and import, incognito, the server that goes away, first steps; by keyboard and on a phone.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessible, fits, story } from "./browser.mjs";

const { base, server, page, check, shot, expect, finish } = await story();
// Said by the browser itself when the story takes the server away, and when the server refuses what it should refuse.
expect(/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_FAILED/);
expect(/status of 400 .*conversations\/import/);

const box = page.getByRole("textbox", { name: "Your message" });
const log = page.getByRole("log");
const list = page.getByRole("navigation", { name: "Conversations" });
const row = (title) => list.getByRole("link", { name: title, exact: true });
const menuOf = (title) => page.getByRole("button", { name: `What to do with “${title}”` });
const dialog = (name) => page.getByRole("dialog", { name });
const ask = async (question) => {
  await box.fill(question);
  await box.press("Enter");
  await log.getByText(/\d+ \+ \d+ tokens/).last().waitFor();
};
const post = async (path, body) => {
  const answer = await fetch(`${base}${path}`, { method: "POST", body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
};
const patch = (id, body) => fetch(`${base}/v1/conversations/${id}`, { method: "PATCH", body: JSON.stringify(body) });
const conversation = async () => {
  const id = new URL(page.url()).pathname.split("/").at(-1);
  return (await fetch(`${base}/v1/conversations/${id}`)).json();
};

await check("Ctrl+Shift+O begins a chat, and `/` leads to the message", async () => {
  await page.goto(`${base}/chat`);
  await box.waitFor();
  await ask("How long is the Rhine?");
  await page.keyboard.press("Control+Shift+O");
  await page.waitForURL(`${base}/chat`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator("h1").click();
  await page.keyboard.press("/");
  assert.equal(await box.evaluate((element) => element === document.activeElement), true);
  await ask("Bread without yeast");
});

await check("a conversation is renamed, pinned and put in a folder with the keyboard alone", async () => {
  await row("Bread without yeast").focus();
  await page.keyboard.press("F2");
  await page.keyboard.type("Soda bread");
  await page.keyboard.press("Enter");
  await row("Soda bread").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Rename" }).waitFor();
  await page.keyboard.press("p");
  await page.keyboard.press("Enter");
  await list.getByRole("heading", { name: "Pinned" }).waitFor();
  await menuOf("Soda bread").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("m");
  await page.keyboard.press("Enter");
  await dialog("Move “Soda bread”").getByRole("textbox", { name: "A new folder" }).fill("Kitchen");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Folder: All conversations" }).click();
  await page.getByRole("menuitemradio", { name: "Kitchen · 1" }).click();
  await row("Soda bread").waitFor();
  assert.equal(await row("How long is the Rhine?").count(), 0);
  await shot("folder");
  await page.getByRole("button", { name: "Folder: Kitchen" }).click();
  await page.getByRole("menuitemradio", { name: "All conversations" }).click();
  await row("How long is the Rhine?").waitFor();
});

await check("what is deleted comes back within ten seconds, in the server too", async () => {
  await menuOf("How long is the Rhine?").click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await row("How long is the Rhine?").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await row("How long is the Rhine?").waitFor();
  await menuOf("How long is the Rhine?").click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.waitForResponse((response) => response.request().method() === "DELETE", { timeout: 15_000 });
  const { data } = await (await fetch(`${base}/v1/conversations`)).json();
  assert.deepEqual(data.map(({ title }) => title), ["Soda bread"]);
});

await check("a conversation is archived, found under Archived, and brought back", async () => {
  await menuOf("Soda bread").click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await row("Soda bread").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Folder: / }).click();
  await page.getByRole("menuitemradio", { name: "Archived" }).click();
  await row("Soda bread").waitFor();
  await shot("archive");
  await accessible(page);
  await menuOf("Soda bread").click();
  await page.getByRole("menuitem", { name: "Bring back from the archive" }).click();
  await page.getByText("No conversation is archived.").waitFor();
  await page.getByRole("button", { name: /^Folder: / }).click();
  await page.getByRole("menuitemradio", { name: "All conversations" }).click();
  await row("Soda bread").waitFor();
});

await check("a search finds a message by its words, marks them, and opens it there", async () => {
  await ask("The luthier in Bern has my violin");
  await page.getByRole("searchbox").fill("violin");
  const hit = page.getByRole("region", { name: "Search the conversations" }).getByRole("link").first();
  await hit.locator("mark").first().waitFor();
  await shot("search");
  await hit.click();
  await page.waitForURL(/#\d+$/);
  await page.getByRole("searchbox").fill("");
});

await check("a search shows what it found soon after the last key", async () => {
  const times = [];
  for (const query of ["bread", "has", "luthier", "yeast", "Bern", "soda", "without"]) {
    const answered = page.waitForResponse((response) => response.url().endsWith("/search"));
    const begun = Date.now();
    await page.getByRole("searchbox").fill(query);
    await answered;
    times.push(Date.now() - begun);
  }
  await page.getByRole("searchbox").fill("");
  const median = times.toSorted((one, other) => one - other)[3];
  console.log(`        median of ${times.length}: ${median} ms, 60 of them the rest between two keys`);
  assert.ok(median < 500, `searching took ${median} ms`);
});

await check("Ctrl+K finds commands and conversations", async () => {
  await page.keyboard.press("Control+K");
  await page.getByPlaceholder("What do you want to do?").waitFor();
  await page.keyboard.type("soda");
  await page.getByRole("option", { name: /Soda bread/ }).waitFor();
  await shot("palette");
  await accessible(page);
  await page.getByRole("option", { name: /Soda bread/ }).click();
  await page.waitForURL(/conv_/);
  await page.keyboard.press("Control+K");
  await page.keyboard.type("teacher");
  await page.getByRole("option", { name: "Teacher" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "How it answers, Teacher" }).waitFor();
  assert.match((await conversation()).settings.system, /^Explain step by step/);
});

await check("`?` shows the shortcuts", async () => {
  await page.locator("body").click({ position: { x: 700, y: 90 } });
  await page.keyboard.press("?");
  await dialog("Keyboard shortcuts").waitFor();
  await accessible(page);
  await page.keyboard.press("Escape");
});

await check("choices hold for their conversation alone and survive a reload", async () => {
  await page.getByRole("button", { name: /^How it answers/ }).click();
  await dialog("How it answers").getByRole("textbox", { name: "Temperature" }).fill("0.2");
  await page.keyboard.press("Tab");
  await shot("options");
  await accessible(page);
  await dialog("How it answers").getByRole("button", { name: "Done" }).click();
  await page.reload();
  await page.getByRole("button", { name: "How it answers, Teacher, Temperature 0.2" }).waitFor();
  await page.keyboard.press("Control+Shift+O");
  await page.getByRole("button", { name: "How it answers", exact: true }).waitFor();
});

await check("a draft survives a reload, in its own conversation", async () => {
  await box.fill("Half a thought");
  await page.reload();
  await box.waitFor();
  assert.equal(await box.inputValue(), "Half a thought");
  await row("Soda bread").click();
  await page.waitForURL(/conv_/);
  assert.equal(await box.inputValue(), "");
});

await check("the meter counts what is written", async () => {
  const meter = page.getByRole("meter", { name: "Context" });
  await meter.waitFor();
  const before = await meter.getAttribute("aria-valuetext");
  await box.fill("word ".repeat(200));
  await page.waitForFunction((old) => {
    return document.querySelector("[role=meter][aria-label=Context]")?.getAttribute("aria-valuetext") !== old;
  }, before);
  await box.fill("");
});

await check("a file goes with a question, and an image is refused in clear words", async () => {
  const files = page.locator("input[data-files]");
  await files.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("The key is under the mat.") });
  await page.getByText(/\d+ tokens$/).first().waitFor();
  await files.setInputFiles({ name: "photo.png", mimeType: "image/png", buffer: Buffer.from("x") });
  await page.getByText(/^It is an image, and no model here can see images/).waitFor();
  await shot("files");
  await accessible(page);
  await page.getByRole("button", { name: "Remove photo.png" }).click();
  const asked = page.waitForRequest((request) => request.url().endsWith("/api/chat"));
  await ask("Where is the key?");
  assert.equal((await asked).postDataJSON().attachments.length, 1);
});

await check("a conversation is exported, and all are imported again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "council-e2e-"));
  const save = async (name, click) => {
    const [download] = await Promise.all([page.waitForEvent("download"), click()]);
    await download.saveAs(join(folder, name));
    return readFileSync(join(folder, name), "utf8");
  };
  await post("/v1/conversations", { title: "Stays" });
  await menuOf("Soda bread").click();
  const markdown = await save("one.md", () => page.getByRole("menuitem", { name: "Export as Markdown" }).click());
  assert.match(markdown, /Where is the key\?/);
  await page.getByRole("button", { name: "More", exact: true }).click();
  const all = await save("all.json", () => page.getByRole("menuitem", { name: "Export all conversations" }).click());
  assert.ok(JSON.parse(all).conversations.length > 1);
  await fetch(`${base}/v1/conversations/${(await conversation()).id}`, { method: "DELETE" });
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Import conversations" }).click();
  await page.locator("input[data-import]").setInputFiles(join(folder, "all.json"));
  await dialog("Import conversations").getByText("One conversation came from Council.").waitFor();
  await dialog("Import conversations").getByText(/ there already\.$/).waitFor();
  await shot("import");
  await accessible(page);
  await page.keyboard.press("Escape");
  rmSync(folder, { recursive: true });
});

await check("archives of other assistants come with their branches, and a broken file is refused in words", async () => {
  const mars = (parent, role, text) => ({
    parent,
    children: [],
    message: { author: { role }, create_time: 1.76e9, metadata: {}, content: { content_type: "text", parts: [text] } },
  });
  const mapping = {
    root: { parent: null, message: null },
    question: mars("root", "user", "Which moons has Mars?"),
    first: mars("question", "assistant", "Only Phobos."),
    second: mars("question", "assistant", "Phobos and Deimos."),
  };
  const chatgpt = [{ title: "Moons of Mars", create_time: 1.76e9, conversation_id: "mars", current_node: "second", mapping }];
  const rye = (uuid, sender, text) => ({ uuid, sender, text, created_at: "2026-01-02T03:04:05Z", content: [{ type: "text", text }], attachments: [], files: [] });
  const messages = [rye("1", "human", "How long does rye bread keep?"), rye("2", "assistant", "A week.")];
  const claude = [{ uuid: "rye", name: "Rye bread", created_at: "2026-01-02T03:04:05Z", chat_messages: messages }];

  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Import conversations" }).click();
  const importing = dialog("Import conversations");
  const give = (text) =>
    page.locator("input[data-import]").setInputFiles({ name: "conversations.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await give(JSON.stringify(chatgpt).slice(0, -9));
  await importing.getByRole("alert").waitFor();
  await shot("import-refused");
  await give(JSON.stringify(chatgpt));
  await importing.getByText("One conversation came from ChatGPT.").waitFor();
  await give(JSON.stringify(claude));
  await importing.getByText("One conversation came from Claude.").waitFor();
  await give(JSON.stringify(chatgpt));
  await importing.getByText("One was there already.").waitFor();
  await page.keyboard.press("Escape");
  await row("Rye bread").click();
  await log.getByText("A week.").waitFor();
  await row("Moons of Mars").click();
  await log.getByText("Phobos and Deimos.").waitFor();
  await log.getByRole("button", { name: "Version before" }).first().click();
  await log.getByText("Only Phobos.").waitFor();
});

await check("an incognito chat leaves nothing behind", async () => {
  const before = await (await fetch(`${base}/v1/conversations`)).json();
  await page.getByRole("link", { name: "New incognito chat" }).click();
  await page.getByText(/Nothing of this chat is stored/).waitFor();
  await shot("incognito");
  await ask("This stays between us");
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/chat"));
  await ask("And what did I say?");
  const { history } = (await sent).postDataJSON();
  assert.deepEqual([history.length, history[0]], [2, { role: "user", content: "This stays between us" }]);
  assert.equal(new URL(page.url()).pathname, "/chat/incognito");
  const after = await (await fetch(`${base}/v1/conversations`)).json();
  assert.deepEqual(after.data.map(({ id }) => id), before.data.map(({ id }) => id));
  const { data } = await post("/v1/conversations/search", { query: "between us" });
  assert.deepEqual(data, []);
});

await check("without the server nothing is sent and nothing is lost, and the page goes on by itself", async () => {
  await page.getByRole("link", { name: "New chat" }).first().click();
  await (server === null ? page.context().setOffline(true) : server.kill());
  await page.getByText("The server does not answer.").waitFor({ timeout: 20_000 });
  await box.fill("Is anybody there?");
  await box.press("Enter");
  assert.equal(await box.inputValue(), "Is anybody there?");
  await shot("away");
  await accessible(page);
  await (server === null ? page.context().setOffline(false) : server.start());
  await page.getByText("The server does not answer.").waitFor({ state: "detached" });
  await box.press("Enter");
  await log.getByText(/\d+ \+ \d+ tokens/).last().waitFor();
});

await check("the first steps can be taken again", async () => {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Set up Council" }).click();
  const steps = dialog("Set up Council");
  await steps.getByText(/Off: no question leaves this machine/).waitFor();
  await steps.getByRole("radio").first().waitFor();
  await steps.getByRole("button", { name: "Ask it" }).click();
  await steps.getByText(/Nothing of it is kept/).waitFor();
  await shot("first-steps");
  await accessible(page);
  await steps.getByRole("button", { name: "Begin" }).click();
});

await check("of a thousand conversations only those in view are on the page", async () => {
  for (let index = 0; index < 1000; index += 50) {
    const some = Array.from({ length: 50 }, (_, at) => post("/v1/conversations", { title: `Number ${index + at}` }));
    for (const { id } of await Promise.all(some)) await patch(id, {});
  }
  await page.goto(`${base}/chat`);
  await list.getByRole("link").first().waitFor();
  let last = "";
  for (let tries = 0; last !== "Soda bread" && tries < 200; tries++) {
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.waitForTimeout(50);
    last = (await list.getByRole("link").last().innerText()).trim();
    assert.ok((await list.getByRole("listitem").count()) < 80);
    if ((await row("Number 0").count()) > 0) break;
  }
  await row("Number 0").waitFor();
});

await check("a phone has everything in reach and no sideways scroll", async () => {
  await fits(page, 360);
  await page.getByRole("button", { name: "Open the conversations" }).click();
  await page.getByRole("dialog", { name: "Council" }).getByRole("searchbox").fill("violin");
  await page.getByRole("dialog", { name: "Council" }).locator("mark").first().waitFor();
  await shot("phone-search");
  await fits(page, 360);
  await accessible(page);
  await page.getByRole("dialog", { name: "Council" }).locator("mark").first().click();
  await page.waitForURL(/#\d+$/);
  await page.getByRole("button", { name: /^How it answers/ }).click();
  await dialog("How it answers").waitFor();
  await fits(page, 360);
  await shot("phone-options");
});

await finish();
