// Lighthouse's own view of each page, as on a desktop computer.
import run, { desktopConfig } from "lighthouse";
import { launch } from "../../e2e/browser.mjs";
import { freePort } from "./port.mjs";
import { of } from "./numbers.mjs";

const visits = 3;
const categories = { performance: { least: 95 }, accessibility: { least: 100 }, "best-practices": undefined };

export async function lighthouse({ base }) {
  const port = await freePort();
  const browser = await launch([`--remote-debugging-port=${port}`]);
  const results = [];
  try {
    for (const page of ["chat", "monitor", "admin", "explore"]) {
      const runs = [];
      for (let visit = 0; visit < visits; visit++) runs.push(await once(`${base}/${page}`, port));
      for (const [category, budget] of Object.entries(categories)) {
        const scores = runs.map((report) => report.categories[category].score * 100);
        results.push({ ...of(`/${page}: ${category}`, "of 100", scores, { budget }), ...complaints(runs, category) });
      }
      const paints = runs.map((report) => report.audits["largest-contentful-paint"].numericValue);
      results.push(of(`/${page}: largest contentful paint, slowed down`, "ms", paints));
    }
  } finally {
    await browser.close();
  }
  return results;
}

async function once(url, port) {
  const options = { port, output: "json", logLevel: "error", onlyCategories: Object.keys(categories) };
  const { lhr } = await run(url, options, desktopConfig);
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  return lhr;
}

/** What cost points, by name. */
function complaints(runs, category) {
  const [report] = runs;
  const lost = report.categories[category].auditRefs
    .filter(({ id, weight }) => weight > 0 && (report.audits[id].score ?? 1) < 0.9)
    .map(({ id }) => id);
  return lost.length === 0 ? {} : { lost };
}
