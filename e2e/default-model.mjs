// The same stories with the model that people have: the default model and the embedder, in the release binary. What they say
// is not looked at, only its shape. Every word is checked in the other stories, with the labelled fake.
import assert from "node:assert/strict";
import { accessible, story } from "./browser.mjs";

const { base, page, check, shot, finish, scripted } = await story({ model: "default" });
assert.ok(!scripted, "the default model is not installed: run `council pull`");
page.setDefaultTimeout(180_000);

const log = page.getByRole("log");
const answers = log.getByRole("article");
const box = page.getByRole("textbox", { name: "Your message" });
const why = log.getByRole("button", { name: "Why this answer?" });
const post = async (path, body) => {
  const answer = await fetch(`${base}${path}`, { method: "POST", body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
};
const ask = async (text) => {
  const before = await why.count();
  await box.fill(text);
  await box.press("Enter");
  await why.nth(before).waitFor();
};
const fresh = async () => {
  await page.goto(`${base}/chat`);
  await box.waitFor();
};

await check("the first steps say what this machine is, which model is there, and try it with a question", async () => {
  await fresh();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Set up Council" }).click();
  const steps = page.getByRole("dialog", { name: "Set up Council" });
  await steps.getByText(/GB/).first().waitFor();
  await steps.getByRole("radio").first().waitFor();
  await steps.getByRole("button", { name: "Ask it" }).click();
  await steps.getByText(/Nothing of it is kept/).waitFor();
  await shot("first-steps");
  await accessible(page);
  await steps.getByRole("button", { name: "Begin" }).click();
});

await check("an answer comes from this machine, with what it took and why it was chosen", async () => {
  await fresh();
  await ask("Say hello in one short sentence.");
  await log.getByText("on this machine").waitFor();
  await log.getByText(/\d+ \+ \d+ tokens/).waitFor();
  assert.notEqual((await answers.first().locator(".markdown").innerText()).trim(), "");
  await why.click();
  await page.getByRole("dialog").getByText(/qwen|smollm|gemma|llama|phi/i).first().waitFor();
  await shot("receipt");
  await page.keyboard.press("Escape");
});

await check("Esc ends an answer at once, and what has come is kept", async () => {
  await box.fill("Count from 1 to 500 in words, separated by commas.");
  await box.press("Enter");
  await answers.nth(1).locator(".markdown").waitFor();
  const begun = Date.now();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  assert.ok(Date.now() - begun < 1_000, `stopping took ${Date.now() - begun} ms`);
  await log.getByText("Stopped").waitFor();
  const shown = (await answers.nth(1).locator(".markdown").innerText()).trim();
  await page.reload();
  await log.getByText("Stopped").waitFor();
  assert.ok((await answers.nth(1).innerText()).includes(shown.slice(0, 20)));
});

/**
 * A conversation that the model answers whatever is asked: a question about notes would otherwise be answered with sources. Its
 * answers are short: a small model may repeat itself without end.
 */
async function begin() {
  const { data } = await (await fetch(`${base}/v1/models`)).json();
  const model = data.find((model) => model.default).id;
  const { id } = await post("/v1/conversations", { settings: { model, temperature: 0, max_tokens: 60 } });
  await page.goto(`${base}/chat/${id}`);
  await box.waitFor();
}
const chip = answers.getByRole("button", { name: /^Memory: .*Heron/ });

await check("what was said in one conversation is recalled in another, by its meaning", async () => {
  await begin();
  await ask("My kayak is called Heron.");
  await begin();
  await ask("What did I name my boat?");
  await chip.first().click();
  await answers.getByText(/^fit /).waitFor();
  await shot("recalled");
});

await check("what is forgotten is recalled no more", async () => {
  await answers.getByRole("button", { name: "Forget", exact: true }).click();
  // Who goes away has not taken it back; what the answers said of it goes as well.
  await begin();
  // A search shows one of those that say nearly the same.
  for (;;) {
    const { hits } = await post("/v1/memory/search", { query: "kayak Heron", limit: 50 });
    const about = hits.filter(({ text }) => /heron|kayak/i.test(text));
    if (about.length === 0) break;
    await post("/v1/memory/forget", { ids: about.map(({ id }) => id) });
  }
  await ask("What did I name my boat?");
  assert.equal(await chip.count(), 0);
});

/** A picture of 64 by 32, made with what every Python has. */
const plot = `import struct, zlib
w, h = 64, 32
rows = b"".join(b"\\0" + bytes([20, 120, 110]) * w for _ in range(h))
def chunk(t, d):
    return struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
head = struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)
with open("plot.png", "wb") as file:
    file.write(b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
print(w * h)`;

await check("a program that a question gives is run, with its plot beside it", async () => {
  await fresh();
  await ask(`run:\n\n\`\`\`python\n${plot}\n\`\`\``);
  await answers.getByRole("img", { name: /plot\.png/ }).waitFor();
  await shot("plot");
  await accessible(page);
});

await finish();
