import { gzipSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

/** Gzipped, in kilobytes. From the design: what a first visit loads, and what any later part may add. */
const firstLoad = 150;
const lazyChunk = 120;
const everything = 450;

type Bundle = Rolldown.OutputBundle;

/** Fails the build when the page has become heavier than what it may weigh. */
export function budget(): Plugin {
  return {
    name: "council-budget",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const pages = pagesOf(bundle);
        const first = new Set(pages.flatMap(([, files]) => [...files]));
        const code = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name));
        const kilobytes = (names: string[]) => names.reduce((sum, name) => sum + weight(bundle, name), 0) / 1000;
        const measured: [string, number, number][] = [
          ...pages.map(([page, files]): [string, number, number] => [
            `the first load of ${page}`,
            kilobytes(code.filter((name) => files.has(name))),
            firstLoad,
          ]),
          ["everything", kilobytes(code), everything],
          ...code
            .filter((name) => !first.has(name))
            .map((name): [string, number, number] => [name, kilobytes([name]), lazyChunk]),
        ];
        for (const [what, size, most] of measured) {
          if (size > most) this.error(`${what} weighs ${size.toFixed(1)} KB gzipped; at most ${most} are allowed`);
        }
      },
    },
  };
}

/** What a first visit to each page loads: the entry and the page's own part, and whatever they import without waiting. */
function pagesOf(bundle: Bundle): [string, Set<string>][] {
  const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
  const entry = chunks.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName);
  const pages = chunks.filter((chunk) => /\/features\/\w+\/\w+-page\.tsx$/.test(chunk.facadeModuleId ?? ""));
  return pages.map((page) => [page.name, withImports(bundle, [...entry, page.fileName])]);
}

function withImports(bundle: Bundle, names: string[]): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    const output = bundle[name];
    if (output === undefined || found.has(name)) return;
    found.add(name);
    if (output.type !== "chunk") return;
    for (const style of output.viteMetadata?.importedCss ?? []) found.add(style);
    for (const imported of output.imports) visit(imported);
  };
  for (const name of names) visit(name);
  return found;
}

function weight(bundle: Bundle, name: string): number {
  const output = bundle[name];
  if (output === undefined) return 0;
  return gzipSync(output.type === "chunk" ? output.code : output.source).length;
}
