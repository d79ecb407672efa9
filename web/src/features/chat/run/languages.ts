/** What models call the languages that programs can be run in. */
const names: Readonly<Record<string, string>> = {
  python: "python",
  python3: "python",
  py: "python",
  bash: "bash",
  sh: "bash",
  shell: "bash",
  javascript: "javascript",
  js: "javascript",
  node: "javascript",
};

/** The sandbox's name of a code block's language; `null` where it runs none such. */
export function runnable(language: string): string | null {
  const name = language.toLowerCase();
  return Object.hasOwn(names, name) ? (names[name] ?? null) : null;
}
