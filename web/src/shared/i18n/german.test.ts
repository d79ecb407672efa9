import { expect, test, vi } from "vitest";

type Said = string | ((...values: unknown[]) => string);

/** Words that are the same in both languages, names, and values that the API calls so. */
const same = new Set([
  "AUROC", "Backup", "Brier", "Budget", "Chat", "ChatGPT", "Claude", "Cloud", "Code", "Council", "ECE", "HTML",
  "JSON", "Live", "Markdown", "Monitor", "Name", "Open WebUI", "Parameter", "Persona", "Prompts", "Python", "Route",
  "Rust", "Sandbox", "Server", "Skills", "Status", "System", "Text", "Top-p", "TypeScript", "council pull", "curl",
  "false", "in ", "openapi.json", "p50", "p95", "p99", "true",
]);

const pages: [string, () => Promise<unknown>, () => Promise<unknown>][] = ["shared", "chat", "monitor", "admin", "explore", "login"].map(
  (page) => [
    page,
    async () => ((await import(`./en/${page}.ts`)) as { default: unknown }).default,
    async () => ((await import(`./de/${page}.ts`)) as { default: unknown }).default,
  ],
);

test.each(pages)("every text of %s is there in German, and no other", async (_page, english, german) => {
  expect([...textsOf(await german()).keys()]).toEqual([...textsOf(await english()).keys()]);
});

test.each(pages)("no text of %s was left in English", async (_page, english, german) => {
  const [en, de] = [textsOf(await english()), textsOf(await german())];
  const left = [...en].filter(([key, said]) => {
    const [ours, theirs] = [tell(said), tell(de.get(key))];
    return ours === theirs && /\p{L}/u.test(wordsOf(ours)) && !same.has(wordsOf(ours));
  });
  expect(left.map(([key]) => key)).toEqual([]);
});

test.each(pages)("what a text of %s is given is told in German too", async (_page, english, german) => {
  const [en, de] = [textsOf(await english()), textsOf(await german())];
  const untold = [...en].filter(([key, said]) => {
    const theirs = valuesOf(tell(de.get(key)));
    return valuesOf(tell(said)).some((value) => !theirs.includes(value));
  });
  expect(untold.map(([key]) => key)).toEqual([]);
});

test.each(pages)("German texts of %s stand in German quotes", async (_page, _english, german) => {
  const wrong = [...textsOf(await german())].filter(([, said]) => /["“](?=[\p{L}⟨])|(?<=[\p{L}⟩])["”]/u.test(tell(said)));
  expect(wrong.map(([key]) => key)).toEqual([]);
});

test("pages, numbers, and dates are German where German is chosen, and English otherwise", async () => {
  const english = await pageIn("en");
  expect(english.texts.header.budget).toBe("Budget");
  expect(english.texts.history.label).toBe("Conversations");
  expect(english.formatDuration(3_240)).toBe("3.2 s");
  const german = await pageIn("de");
  expect(german.texts.history.label).toBe("Unterhaltungen");
  expect(german.formatCount(1_234_567)).toBe("1.234.567");
  expect(german.formatDuration(3_240)).toBe("3,2 s");
  expect(german.formatPlain(0.05)).toBe("0,05");
  expect(["0,05", "0.05", "3.600", "7,125"].map(german.parsePlain)).toEqual([0.05, 0.05, 3600, 7.125]);
  expect(["0,05", "0.05", "3,600", "7.125"].map(english.parsePlain)).toEqual([0.05, 0.05, 3600, 7.125]);
  expect(german.formatBytes(1_500_000)).toBe("1,5 MB");
  expect(german.formatDay(Date.UTC(2026, 4, 20, 12) / 1000)).toBe("20.05.2026");
});

/** The modules as a page loads them for which this language was chosen. */
async function pageIn(language: string) {
  localStorage.setItem("council.language", language);
  vi.resetModules();
  await (await import("./catalogue")).loadTexts("chat");
  return { ...(await import("./chat")), ...(await import("@/shared/lib/format")) };
}

/** Every text below `part`, by its path. */
function textsOf(part: unknown, path = "", found = new Map<string, Said>()): Map<string, Said> {
  if (typeof part === "string" || typeof part === "function") return found.set(path, part as Said);
  for (const [name, below] of Object.entries(part as object)) textsOf(below, path === "" ? name : `${path}.${name}`, found);
  return found;
}

/** What is said of several, each value marked. */
function tell(said: Said | undefined): string {
  if (typeof said !== "function") return said ?? "";
  return said("⟨1⟩", "⟨2⟩", "⟨3⟩", "⟨4⟩");
}

function valuesOf(text: string): string[] {
  return text.match(/⟨\d⟩/g) ?? [];
}

/** Without the values and without units, which both languages write alike. */
function wordsOf(text: string): string {
  return text.replaceAll(/⟨\d⟩(\/s| °C| W)?/g, "");
}
