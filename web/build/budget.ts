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
        const first = firstFiles(bundle);
        const code = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name));
        const kilobytes = (names: string[]) => names.reduce((sum, name) => sum + weight(bundle, name), 0) / 1000;
        const measured: [string, number, number][] = [
          ["the first load", kilobytes(code.filter((name) => first.has(name))), firstLoad],
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

/** The entry, what it imports without waiting, and their styles. */
function firstFiles(bundle: Bundle): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    const output = bundle[name];
    if (output === undefined || found.has(name)) return;
    found.add(name);
    if (output.type !== "chunk") return;
    for (const style of output.viteMetadata?.importedCss ?? []) found.add(style);
    for (const imported of output.imports) visit(imported);
  };
  for (const output of Object.values(bundle)) {
    if (output.type === "chunk" && output.isEntry) visit(output.fileName);
  }
  return found;
}

function weight(bundle: Bundle, name: string): number {
  const output = bundle[name];
  if (output === undefined) return 0;
  return gzipSync(output.type === "chunk" ? output.code : output.source).length;
}
