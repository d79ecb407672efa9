// The monitor's user stories: figures and charts that move, a decision that appears and is looked into, tokens, a lost
// connection. For the labelled fake.
import assert from "node:assert/strict";
import { accessible, story } from "./browser.mjs";

const { base, page, check, shot, finish } = await story();

// Between the page and the server, so that a story can cut the connection.
const sockets = [];
let reachable = true;
await page.routeWebSocket("**/ws", (socket) => {
  if (!reachable) return socket.close();
  sockets.push(socket);
  socket.connectToServer();
});

async function ask(prompt) {
  const response = await fetch(`${base}/hybrid`, { method: "POST", body: JSON.stringify({ prompt }) });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

const tile = (name) => page.getByLabel("Right now").locator("div").filter({ has: page.locator("dt", { hasText: name }) });
const sections = page.getByRole("navigation", { name: "Parts of the monitor" });

await check("figures and charts of this second come by themselves", async () => {
  await page.goto(`${base}/monitor`);
  await page.getByText("Live", { exact: true }).last().waitFor();
  await ask("one two three four five");
  await page.locator("canvas").nth(8).waitFor();
  await page.getByRole("img", { name: /^Time to the first token: p50 [\d.]+ ms/ }).waitFor();
  await tile("Failed").getByText("0%", { exact: true }).waitFor();
  await page.getByText("No graphics processor found").or(page.getByText(/Graphics processor: /)).waitFor();
  await shot("monitor");
});

await check("a component is timed and stands beside its target", async () => {
  const row = page.getByRole("row", { name: /Whole answer/ });
  await row.getByRole("meter").waitFor();
  assert.match(await row.innerText(), /p95 ≤ 10\.0 s/);
});

await check("a longer range shows what the server has kept", async () => {
  const asked = page.waitForResponse((response) => response.url().includes("range=1h"));
  await page.getByLabel("Time range").selectOption("1h");
  const history = await (await asked).json();
  assert.equal(history.step_s, 60);
  assert.ok(history.series.turns_per_s.some((value) => value > 0), "the minute that runs is missing");
  await page.getByRole("img", { name: /^Requests: / }).waitFor();
  await page.getByLabel("Time range").selectOption("5m");
});

await check("a decision appears when it is made, with its reasons and its times", async () => {
  await sections.getByRole("link", { name: "Routing" }).click();
  await page.getByRole("table", { name: "Decisions" }).waitFor();
  const { request_id: id } = await ask(`what is 15% of ${Date.now()}`);
  await page.getByRole("button", { name: new RegExp(`why ${id} was answered so`) }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("Where the time went").waitFor();
  await drawer.getByText("Total").waitFor();
  await drawer.getByText("checked").waitFor();
  await shot("monitor-receipt");
  await accessible(page);
});

await check("it can be decided again, with others", async () => {
  const drawer = page.getByRole("dialog");
  await drawer.getByLabel("Policy").selectOption("default");
  await drawer.getByRole("button", { name: "Decide again" }).click();
  await drawer.getByText("Another plan than then.").waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
});

await check("filters narrow the list", async () => {
  await ask("hello there");
  const filtered = page.waitForResponse((response) => response.url().includes("skill=math"));
  await page.getByLabel("Kind").selectOption("math");
  await filtered;
  await page.locator("tbody td:nth-child(3)").filter({ hasText: "chat" }).first().waitFor({ state: "detached" });
  const kinds = await page.locator("tbody tr td:nth-child(3)").allInnerTexts();
  assert.ok(kinds.length > 0 && kinds.every((kind) => kind === "mathematics"), kinds.join());
});

await check("tokens come while an answer runs, each with how likely it was", async () => {
  await sections.getByRole("link", { name: "Tokens" }).click();
  const leave = new AbortController();
  const body = JSON.stringify({ prompt: "this goes on and on...", stream: true });
  const running = fetch(`${base}/hybrid`, { method: "POST", body, signal: leave.signal });
  await page.getByText(/tokens\/s/).waitFor();
  const token = page.getByRole("option").nth(2);
  await token.click();
  await page.getByText("Probability", { exact: true }).waitFor();
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.getByRole("option").nth(3).getAttribute("aria-selected"), "true");
  await shot("monitor-tokens");
  leave.abort();
  await running.then((response) => response.text()).catch(() => {});
  await page.getByText("ended").waitFor();
  await page.getByText("No answer runs at the moment").waitFor();
});

await check("a lost connection is said, waited for, and found again", async () => {
  await sections.getByRole("link", { name: "Live" }).click();
  await page.getByText("Live", { exact: true }).last().waitFor();
  reachable = false;
  for (const socket of sockets.splice(0)) await socket.close();
  await page.getByText("Disconnected, trying again").waitFor();
  await page.getByRole("alert").getByText(/goes on by itself/).waitFor();
  await shot("monitor-away");
  reachable = true;
  await page.getByRole("alert").waitFor({ state: "hidden" });
});

await check("calibration, the council and cost say what there is", async () => {
  await sections.getByRole("link", { name: "Council and calibration" }).click();
  await page.getByText("No model was calibrated yet").waitFor();
  await page.getByText("No vote yet").or(page.getByText("Mean agreement")).waitFor();
  await sections.getByRole("link", { name: "Cost" }).click();
  await page.getByText("A request costs").waitFor();
  await page.getByRole("table", { name: "The latest requests" }).waitFor();
});

await check("no part has an accessibility violation, light or dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const name of ["Live", "Routing", "Tokens", "Council and calibration", "Cost"]) {
      await sections.getByRole("link", { name }).click();
      await page.waitForTimeout(300);
      await accessible(page);
      if (colorScheme === "dark" && name === "Live") await shot("monitor-dark");
    }
  }
});

await check("a phone has no sideways scroll", async () => {
  await page.setViewportSize({ width: 360, height: 720 });
  for (const name of ["Live", "Routing", "Tokens", "Council and calibration", "Cost"]) {
    await sections.getByRole("link", { name }).click();
    await page.waitForTimeout(300);
    const main = await page.evaluate(() => {
      const element = document.querySelector("main");
      return [document.documentElement.scrollWidth - innerWidth, element.scrollWidth - element.clientWidth];
    });
    assert.deepEqual(main, [0, 0], name);
  }
  await shot("monitor-phone");
});

const times = await page.evaluate(async () => {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws`);
  await new Promise((opened) => socket.addEventListener("open", opened));
  const times = [];
  for (let round = 0; round < 200; round++) {
    const start = performance.now();
    const back = new Promise((heard) => {
      socket.addEventListener("message", function take({ data }) {
        if (JSON.parse(data).topic !== "pong") return;
        socket.removeEventListener("message", take);
        heard();
      });
    });
    socket.send(JSON.stringify({ ping: round }));
    await back;
    times.push(performance.now() - start);
  }
  socket.close();
  return times.sort((one, other) => one - other);
});
console.log(`# round trip of the socket over 200 pings: p50 ${times[100].toFixed(1)} ms, p95 ${times[190].toFixed(1)} ms`);

await finish();
