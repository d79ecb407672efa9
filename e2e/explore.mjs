// The explorer's user story: find a route, write its request as a form and as JSON, send it, watch a stream, measure it,
// run the program that the page writes, be asked before something is taken away, find everything again after a reload.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessible, fits, story } from "./browser.mjs";

const { base, page, check, shot, expect, finish, scripted } = await story();
// The browser itself reports each failed request; this story provokes one.
expect(/status of 400/);

const part = (name) => page.getByRole("region", { name, exact: true });
const answer = part("Answer");
const examples = page.getByRole("combobox", { name: "Examples" });
const send = page.getByRole("button", { name: "Send", exact: true });
const status = () => answer.getByRole("status").innerText();
const open = async (id) => {
  await page.goto(`${base}/explore/${id}`);
  await part("Request").waitFor();
};
const answered = (code) => answer.getByRole("status").filter({ hasText: code }).waitFor();
/** The program that the page writes in this language. */
const program = async (language) => {
  await part("As a program").getByRole("tab", { name: language, exact: true }).click();
  return part("As a program").getByRole("group", { name: language, exact: true }).innerText();
};

await check("the page lists every route of the server's own document", async () => {
  const { paths } = await (await fetch(`${base}/openapi.json`)).json();
  const routes = Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
  await page.goto(`${base}/explore`);
  await page.getByText(`${routes} routes`).waitFor();
  assert.equal(await page.getByRole("navigation", { name: "Routes" }).first().getByRole("link").count(), routes);
  await shot("overview");
});

await check("a route is found, opened and sent with the keyboard alone", async () => {
  await page.keyboard.press("/");
  await page.keyboard.type("search memory");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${base}/explore/search_memory`);
  await page.keyboard.press("Control+Enter");
  await answered("200");
});

await check("the page has no accessibility violation", async () => {
  await accessible(page);
  await page.goto(`${base}/explore`);
  await part("History").waitFor();
  await accessible(page);
});

await check("form and JSON are in step", async () => {
  await open("chat_completions");
  await page.getByRole("textbox", { name: "max_tokens" }).fill("42");
  await page.getByRole("tab", { name: "JSON" }).click();
  const json = page.getByRole("textbox", { name: "JSON" });
  assert.equal(JSON.parse(await json.inputValue()).max_tokens, 42);
  await json.fill('{"messages": [{"role": "user", "content": "One, two, three."}], "temperature": 3}');
  await page.getByRole("tab", { name: "Form" }).click();
  await page.getByText("must be at most 2").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "content *" }).inputValue(), "One, two, three.");
});

await check("the server's refusal is marked at the field that it names", async () => {
  await send.click();
  await answered("400");
  await page.getByText("One field does not fit its description").waitFor();
  await shot("refused");
  await page.getByRole("textbox", { name: "temperature" }).fill("0");
  await send.click();
  await answered("200");
  await answer.getByRole("tab", { name: "Headers" }).click();
  await answer.getByText("x-request-id").waitFor();
});

await check("a stream is shown as it comes", async () => {
  await open("hybrid");
  await examples.selectOption({ label: "Streamed" });
  if (scripted) {
    await page.getByRole("textbox", { name: "prompt" }).fill("I could go on like this...");
    await page.getByRole("textbox", { name: "max_tokens" }).fill("");
  }
  await send.click();
  const body = answer.getByRole("group", { name: "Body" });
  await body.waitFor();
  if (scripted) {
    // The fake's answer goes on without end: what has come is shown while more is waited for.
    await body.getByText("I could go on").waitFor();
    await answer.getByText("running").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await answer.getByText("stopped").waitFor();
  }
  await answer.getByRole("tab", { name: /Events/ }).click();
  assert.ok((await answer.getByRole("listitem").count()) > 1);
  await shot("stream");
});

await check("many runs give percentiles and a histogram", async () => {
  await open("health");
  const times = part("Times");
  await times.getByRole("textbox", { name: "Runs" }).fill("30");
  await times.getByRole("button", { name: "Run" }).click();
  await times.getByText("Statuses: 200 × 30").waitFor();
  await times.getByRole("img", { name: /Distribution/ }).waitFor();
  await shot("times");
});

const folder = mkdtempSync(join(tmpdir(), "council-snippets-"));
const commands = {
  curl: (code) => ["bash", ["-c", `set -e; ${code.replace(/^curl /, "curl -sS --fail-with-body ")}`]],
  Python: (code) => [process.env.PYTHON ?? "python3", ["-c", code]],
  "OpenAI client": (code) => [process.env.PYTHON ?? "python3", ["-c", code]],
  TypeScript: (code) => {
    // Without a type in it, it is JavaScript as well.
    writeFileSync(join(folder, "program.mjs"), code);
    return [process.execPath, [join(folder, "program.mjs")]];
  },
};
const quoted = `It's "quoted" \\ and \`ticked\`, $HOME, grün`;

for (const [language, command] of Object.entries(commands)) {
  await check(`the program in ${language} runs, and says the same as the page`, async () => {
    await open("chat_completions");
    await page.getByRole("textbox", { name: "content *" }).fill(quoted);
    const once = await run(...command(await program(language)));
    if (scripted) assert.ok(once.includes(language === "OpenAI client" ? quoted : JSON.stringify(quoted)), once);
    await examples.selectOption({ label: "Streamed" });
    const streamed = await run(...command(await program(language)));
    assert.ok(language === "OpenAI client" ? streamed.length > 5 : streamed.includes("[DONE]"), streamed);
    await open("list_memories");
    if (language !== "OpenAI client") assert.ok((await run(...command(await program(language)))).includes('"data"'));
  });
}

/** What a program prints; it must succeed. */
function run(file, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: folder });
    let output = "";
    child.stdout.on("data", (piece) => (output += piece));
    child.stderr.on("data", (piece) => (output += piece));
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(output) : reject(new Error(`${file} ended with ${code}: ${output}`))));
  });
}

await check("every example is answered", async () => {
  const failed = [];
  for (const id of ["completions", "hybrid", "api_chat", "orchestrate", "save_memory", "search_memory", "list_routes"]) {
    await open(id);
    const labels = await examples.locator("option:not([value=least]):not([disabled])").allInnerTexts();
    for (const label of labels) {
      await examples.selectOption({ label });
      const response = page.waitForResponse((one) => one.request().resourceType() === "fetch");
      await send.click();
      if (!(await response).ok()) failed.push(`${id}: ${label}: ${(await response).status()}`);
    }
  }
  assert.deepEqual(failed, []);
});

await check("what takes away is asked about, with exactly what would be sent", async () => {
  const { id } = await (
    await fetch(`${base}/v1/memory`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"text":"To be forgotten"}' })
  ).json();
  await open("delete_memory");
  assert.ok(await send.isDisabled());
  await page.getByRole("textbox", { name: "id *" }).fill(id);
  await send.click();
  const dialog = page.getByRole("dialog", { name: "Send this DELETE?" });
  await dialog.getByText(`DELETE /v1/memory/${id}`).waitFor();
  await shot("asked");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.equal((await fetch(`${base}/v1/memory/${id}`)).status, 200);
  await send.click();
  await dialog.getByRole("button", { name: "Send it" }).click();
  await answered("200");
  assert.equal((await fetch(`${base}/v1/memory/${id}`)).status, 404);
});

await check("the history survives a reload, and sends again", async () => {
  await open("list_memories");
  await page.getByText(/^Optional fields/).click();
  await page.getByRole("textbox", { name: "limit" }).fill("3");
  await send.click();
  await answered("200");
  await page.reload();
  const history = part("History");
  await history.getByRole("link", { name: "/v1/memory?limit=3" }).waitFor();
  await history.getByRole("button", { name: "Send again" }).first().click();
  await answered("200");
  assert.equal(await page.getByRole("textbox", { name: "limit" }).inputValue(), "3");
  await history.getByRole("button", { name: "Clear" }).click();
  await history.getByText("What you send is listed here.").waitFor();
});

await check("a phone has the routes as a list, and no sideways scroll", async () => {
  await page.goto(`${base}/explore`);
  await fits(page, 360);
  await shot("phone");
  await page.getByRole("link", { name: "POST /v1/chat/completions" }).click();
  await send.waitFor();
  await fits(page, 360);
  await shot("phone-route");
  await page.getByRole("link", { name: "All routes" }).click();
});

rmSync(folder, { recursive: true, force: true });
await finish();
