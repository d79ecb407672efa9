// Pictures of the four pages: node screenshots.mjs FOLDER. See scripts/screenshots.sh.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { launch } from "../browser.mjs";
import { serve } from "./server.mjs";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node screenshots.mjs FOLDER");
  process.exit(64);
}
/** A repository is read more often than its pictures change, but it keeps each of them for good. */
const mostBytes = 150_000;

const looks = {
  light: { viewport: { width: 1200, height: 750 }, colorScheme: "light" },
  dark: { viewport: { width: 1200, height: 750 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light", deviceScaleFactor: 1.5 },
};

const server = await serve({ model: process.env.MODEL ?? "default" });
const browser = await launch();
try {
  const conversation = await talk(server.url);
  const places = {
    chat: { path: `/chat/${conversation}`, ready: (page) => page.getByRole("log").getByRole("article").first().waitFor() },
    monitor: { path: "/monitor", ready: (page) => working(page, server.url) },
    admin: { path: "/admin", ready: (page) => page.waitForTimeout(1_500) },
    explore: { path: "/explore/chat_completions", ready: asked },
  };
  mkdirSync(folder, { recursive: true });
  for (const [look, options] of Object.entries(looks)) {
    const context = await browser.newContext({ ...options, locale: "en-GB", reducedMotion: "reduce" });
    for (const [name, { path, ready }] of Object.entries(places)) {
      const page = await context.newPage();
      // A model on a busy machine takes its time.
      page.setDefaultTimeout(300_000);
      await page.goto(`${server.url}${path}`);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await ready(page);
      await page.waitForTimeout(700);
      await picture(page, join(folder, `${name}-${look}.png`));
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}

async function picture(page, path) {
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  const { size } = statSync(path);
  console.log(`${path} ${(size / 1000).toFixed(0)} kB`);
  if (size > mostBytes) throw new Error(`${path} has ${size} bytes; at most ${mostBytes} are allowed`);
}

/** A few conversations as somebody might have them; the last one is shown. */
async function talk(base) {
  await remember(base, "The boiler in the house was serviced in March.");
  await remember(base, "Meetings of the choir are on Thursdays at seven.");
  const several = [
    ["What should I pack for three days in the mountains?"],
    ["What is 17 % of 2,340?", "What is the derivative of x^3 * sin(x)?"],
    ["When was the boiler serviced?"],
    ["Write a Python function that says whether a number is even, in a Markdown code block.", "What is 17 * 23?"],
  ];
  let shown = "";
  for (const questions of several) {
    let session;
    for (const prompt of questions) {
      const answer = await post(base, "/api/chat", { prompt, max_tokens: 90, seed: 7, temperature: 0.3, ...(session && { session_id: session }) });
      session = answer.session_id;
    }
    await request(base, "PATCH", `/v1/conversations/${session}`, { title: questions[0] });
    shown = session;
  }
  return shown;
}

function remember(base, text) {
  return post(base, "/v1/memory", { text });
}

/** /monitor has something to show while a model answers. */
async function working(page, base) {
  const ask = () => post(base, "/api/chat", { prompt: "Tell me about the sea.", max_tokens: 60, incognito: true }).catch(() => undefined);
  await Promise.all([ask(), page.waitForTimeout(6_000)]);
}

async function asked(page) {
  await page.keyboard.press("Control+Enter");
  await page.getByRole("region", { name: "Answer" }).getByText("Total", { exact: true }).waitFor();
  await page.getByRole("group", { name: "Body" }).waitFor();
  await page.getByRole("main").evaluate((main) => main.scrollTo(0, 0));
}

function post(base, path, body) {
  return request(base, "POST", path, body);
}

async function request(base, method, path, body) {
  const response = await fetch(base + path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}: ${await response.text()}`);
  return response.json();
}
