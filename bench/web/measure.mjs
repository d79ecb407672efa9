// Measures the pages against their budgets and writes the numbers, hit or missed, to the file that RESULT names.
// See run.sh.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { launch } from "../../e2e/browser.mjs";
import { serve } from "../../e2e/tools/server.mjs";
import { lighthouse } from "./lighthouse.mjs";
import { list } from "./list.mjs";
import { pages } from "./pages.mjs";
import { socket } from "./socket.mjs";
import { streaming } from "./streaming.mjs";
import { thread } from "./thread.mjs";

const measures = { pages, lighthouse, streaming, thread, list, socket };
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(measures);
const unknown = wanted.filter((name) => !(name in measures));
if (unknown.length > 0) {
  console.error(`no such measure: \`${unknown.join(", ")}\`; there are ${Object.keys(measures).join(", ")}`);
  process.exit(64);
}

const results = [];
let chromium = "";
for (const name of wanted) {
  const server = await serve();
  const browser = await launch();
  chromium = browser.version();
  const before = loadavg()[0];
  console.log(`-- ${name}`);
  try {
    for (const result of await measures[name]({ base: server.url, browser, server })) {
      const { budget, value } = result;
      const verdict = budget === undefined ? "" : holds(value, budget) ? "within" : "OVER";
      console.log(`${result.name}: ${value} ${result.unit} ${verdict} ${JSON.stringify(budget ?? "")}`);
      results.push({ measure: name, ...result, ...(budget && { within: holds(value, budget) }), load_average: [before, loadavg()[0]] });
    }
  } catch (error) {
    // The others are worth having; that this one is not is written down too.
    console.log(`failed: ${error.message}`);
    results.push({ measure: name, failed: error.message });
  } finally {
    await browser.close();
    await server.stop();
  }
}

function holds(value, { most = Infinity, least = -Infinity }) {
  return value <= most && value >= least;
}

const file = process.env.RESULT;
// Measures that were not repeated keep their numbers, with the environment that they were taken in.
const kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).results.filter(({ measure }) => !wanted.includes(measure)) : [];
const environment = {
  date: new Date().toISOString(),
  machine: cpus()[0].model,
  cores: cpus().length,
  memory_bytes: totalmem(),
  kernel: release(),
  council: execFileSync(process.env.COUNCIL_BINARY, ["--version"], { encoding: "utf8" }).trim(),
  commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim(),
  chromium,
  node: process.version,
  model: "the labelled fake: what is measured is the page, not a model",
};
writeFileSync(file, `${JSON.stringify({ environment, results: [...kept, ...results] }, null, 1)}\n`);
const failed = results.filter((result) => "failed" in result).length;
console.log(`${results.filter(({ within }) => within === false).length} over budget, ${failed} could not be measured; numbers in ${file}`);
process.exit(failed === 0 ? 0 : 1);
