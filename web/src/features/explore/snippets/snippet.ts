import type { HttpRequest } from "../request";
import { curl } from "./curl";
import { openai } from "./openai";
import { python } from "./python";
import { rust } from "./rust";
import { typescript } from "./typescript";

/** A request as a program that makes it, against the server at `origin`. `null`: this language cannot say it. */
export type Snippet = (request: HttpRequest, origin: string) => string | null;

export const snippets = { curl, python, openai, typescript, rust } as const satisfies Record<string, Snippet>;
export type Language = keyof typeof snippets;
