import highlight from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import type { HLJSApi } from "highlight.js";

/** Code in pieces, each with the name of what it is, such as `keyword`. */
export interface Piece {
  scope?: string;
  children: (Piece | string)[];
}

const languages = {
  bash, c, cpp, css, diff, go, ini, java, javascript, json, markdown, python, rust, sql, typescript, xml, yaml,
};

const highlighter: HLJSApi = highlight.newInstance();
// Those that models write most; each more weighs half a kilobyte to two.
for (const [name, language] of Object.entries(languages)) highlighter.registerLanguage(name, language);

highlighter.registerAliases(["console", "shell", "shell-session"], { languageName: "bash" });

/** Code in pieces; `null` for a language that is not known. */
export function pieces(code: string, language: string): Piece | null {
  if (highlighter.getLanguage(language) === undefined) return null;
  const { _emitter: emitter } = highlighter.highlight(code, { language, ignoreIllegals: true });
  // The tree that its HTML is made of. It is not promised; a test holds that it is there, and the version is fixed.
  return (emitter as unknown as { root: Piece }).root;
}
