import { texts } from "@/shared/i18n/explore";
import { formatNumber } from "@/shared/lib/format";
import type { Schema, Schemas } from "./document";
import { type Shape, shapeOf } from "./schema";

/** What is wrong with a value, and where: `messages[0].role`; empty for the whole. */
export interface Problem {
  at: string;
  message: string;
}

/** Where a part of a value is. */
export function within(at: string, part: string | number): string {
  if (typeof part === "number") return `${at}[${part}]`;
  return at === "" ? part : `${at}.${part}`;
}

export function problemsOf(value: unknown, schema: Schema, schemas: Schemas, at = ""): Problem[] {
  const shape = shapeOf(schema, schemas);
  const said = texts.problem;
  if (value === null) return shape.nullable || shape.kind === "any" ? [] : [{ at, message: said.null }];
  const wrong = (message: string) => [{ at, message }];
  switch (shape.kind) {
    case "text":
      return typeof value === "string" ? lengthProblems(value, shape, at) : wrong(said.type.text);
    case "number":
    case "integer":
      if (typeof value !== "number" || (shape.kind === "integer" && !Number.isInteger(value))) return wrong(said.type[shape.kind]);
      return rangeProblems(value, shape, at);
    case "boolean":
      return typeof value === "boolean" ? [] : wrong(said.type.boolean);
    case "choice":
      return shape.enum?.includes(value) ? [] : wrong(said.choice((shape.enum ?? []).map(String).join(", ")));
    case "list":
      return Array.isArray(value) ? listProblems(value, shape, schemas, at) : wrong(said.type.list);
    case "object":
    case "map":
      return isRecord(value) ? recordProblems(value, shape, schemas, at) : wrong(said.type.object);
    case "variants":
      return variantProblems(value, shape, schemas, at);
    case "any":
      return [];
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function lengthProblems(value: string, { minLength = 0, maxLength = Infinity }: Shape, at: string): Problem[] {
  // As the server counts: characters, not the halves that some are stored in.
  const length = [...value].length;
  if (length < minLength) return [{ at, message: minLength === 1 ? texts.problem.empty : texts.problem.short(minLength) }];
  return length > maxLength ? [{ at, message: texts.problem.long(maxLength) }] : [];
}

function rangeProblems(value: number, shape: Shape, at: string): Problem[] {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = shape;
  if (value < minimum) return [{ at, message: texts.problem.atLeast(formatNumber(minimum)) }];
  if (value <= exclusiveMinimum) return [{ at, message: texts.problem.moreThan(formatNumber(exclusiveMinimum)) }];
  if (value > maximum) return [{ at, message: texts.problem.atMost(formatNumber(maximum)) }];
  return value >= exclusiveMaximum ? [{ at, message: texts.problem.lessThan(formatNumber(exclusiveMaximum)) }] : [];
}

function listProblems(value: unknown[], shape: Shape, schemas: Schemas, at: string): Problem[] {
  const { minItems = 0, maxItems = Infinity, items = {} } = shape;
  if (value.length < minItems) return [{ at, message: texts.problem.few(minItems) }];
  if (value.length > maxItems) return [{ at, message: texts.problem.many(maxItems) }];
  return value.flatMap((item, index) => problemsOf(item, items, schemas, within(at, index)));
}

function recordProblems(value: Record<string, unknown>, shape: Shape, schemas: Schemas, at: string): Problem[] {
  const missing = (shape.required ?? [])
    .filter((name) => value[name] === undefined)
    .map((name) => ({ at: within(at, name), message: texts.problem.missing }));
  const others = shape.additionalProperties;
  const wrong = Object.entries(value).flatMap(([name, field]) => {
    const schema = shape.properties?.[name] ?? (typeof others === "object" ? others : undefined);
    if (schema !== undefined) return field === undefined ? [] : problemsOf(field, schema, schemas, within(at, name));
    return others === false ? [{ at: within(at, name), message: texts.problem.unknown }] : [];
  });
  return [...missing, ...wrong];
}

function variantProblems(value: unknown, shape: Shape, schemas: Schemas, at: string): Problem[] {
  const best = shape.variants[fittingVariant(value, shape, schemas)];
  return best === undefined ? [] : problemsOf(value, best.schema, schemas, at);
}

/** The variant that a value is, or most nearly is: first of the right type, then with the fewest problems. */
export function fittingVariant(value: unknown, { variants }: Shape, schemas: Schemas): number {
  const scores = variants.map(({ schema }) => {
    const problems = problemsOf(value, schema, schemas, "");
    const known = isRecord(value) ? Object.keys(shapeOf(schema, schemas).properties ?? {}) : [];
    const strange = isRecord(value) ? Object.keys(value).filter((name) => !known.includes(name)).length : 0;
    return (problems.some(({ at }) => at === "") ? 1e6 : 0) + problems.length * 1e3 + strange;
  });
  return Math.max(0, scores.indexOf(Math.min(...scores)));
}
