import type { Body, Operation, Schema, Schemas } from "./document";
import { bodyKind, isText } from "./media";
import { blank, parametersSchema, shapeOf } from "./schema";
import { isRecord } from "./validate";

/** A request as it is being written. */
export interface Draft {
  /** By name, typed as in a body. */
  parameters: Record<string, unknown>;
  /** More headers, `name: value` a line. */
  headers: string;
  /** One of the operation's bodies. */
  mediaType: string | null;
  /** The body; JSON where it is a form too. The form is another view of this text. */
  text: string;
}

export type Files = Readonly<Record<string, readonly File[]>>;

export type RequestBody =
  | { kind: "json"; text: string; value: unknown }
  | { kind: "text"; text: string; mediaType: string }
  | { kind: "form"; fields: [string, string][]; files: [string, File][] }
  | { kind: "file"; file: File; mediaType: string };

/** A request that can be sent, and written down in other languages. */
export interface HttpRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: [string, string][];
  body: RequestBody | null;
  /** Whether the answer comes as server-sent events. */
  streams: boolean;
  /** Whether the answer is no text, so that it is saved and not printed. */
  saves: boolean;
}

export function newDraft(operation: Operation, schemas: Schemas, mediaType = operation.bodies[0]?.mediaType): Draft {
  const body = bodyOfOperation(operation, { mediaType: mediaType ?? null });
  const structured = body !== undefined && ["json", "form"].includes(bodyKind(body.mediaType));
  return {
    parameters: blank(parametersSchema(operation.parameters.filter(({ required }) => required)), schemas) as Record<string, unknown>,
    headers: "",
    mediaType: mediaType ?? null,
    text: structured ? pretty(blank(withoutFiles(body.schema, schemas).schema, schemas)) : "",
  };
}

/** The description of the body that a draft has chosen. */
export function bodyOfOperation({ bodies }: Operation, { mediaType }: Pick<Draft, "mediaType">): Body | undefined {
  return bodies.find((one) => one.mediaType === mediaType);
}

export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** A form's fields that are text, and the names of those that are files. */
export function withoutFiles(schema: Schema, schemas: Schemas): { schema: Schema; files: string[] } {
  const shape = shapeOf(schema, schemas);
  const files = Object.entries(shape.properties ?? {})
    .filter(([, property]) => shapeOf(property, schemas).format === "binary")
    .map(([name]) => name);
  if (files.length === 0) return { schema, files };
  const properties = Object.fromEntries(Object.entries(shape.properties ?? {}).filter(([name]) => !files.includes(name)));
  const required = (shape.required ?? []).filter((name) => !files.includes(name));
  return { schema: { type: "object", properties, required }, files };
}

/** Text as JSON; why not, where it is none. */
export function parseJson(text: string): { value: unknown } | { error: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

export function requestOf(operation: Operation, draft: Draft, files: Files): HttpRequest {
  const { method, path, parameters, answers } = operation;
  const given = (where: string) =>
    parameters
      .filter((parameter) => parameter.in === where && draft.parameters[parameter.name] !== undefined)
      .map(({ name }): [string, string] => [name, asText(draft.parameters[name])]);
  const filled = given("path").reduce((url, [name, value]) => url.replace(`{${name}}`, encodeURIComponent(value)), path);
  const query = new URLSearchParams(given("query")).toString();
  const body = bodyOf(draft, files);
  const asked = draft.parameters.stream === true || (body?.kind === "json" && isRecord(body.value) && body.value.stream === true);
  const onlyEvents = answers.length > 0 && answers.every((type) => type === "text/event-stream");
  return {
    method,
    url: query === "" ? filled : `${filled}?${query}`,
    headers: [...given("header"), ...headerLines(draft.headers)],
    body,
    streams: onlyEvents || (asked && answers.includes("text/event-stream")),
    saves: answers.length > 0 && !answers.some(isText),
  };
}

function bodyOf(draft: Draft, files: Files): RequestBody | null {
  const { mediaType, text } = draft;
  if (mediaType === null) return null;
  const kind = bodyKind(mediaType);
  if (kind === "text") return { kind, text, mediaType };
  const chosen = Object.entries(files).flatMap(([name, list]) => list.map((file): [string, File] => [name, file]));
  if (kind === "file") {
    const file = chosen[0]?.[1];
    return file === undefined ? null : { kind, file, mediaType };
  }
  const parsed = parseJson(text);
  const value = "value" in parsed ? parsed.value : undefined;
  if (kind === "json") return { kind, text, value };
  const fields = Object.entries(isRecord(value) ? value : {}).map(([name, field]): [string, string] => [name, asText(field)]);
  return { kind, fields, files: chosen };
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function headerLines(text: string): [string, string][] {
  return text.split("\n").flatMap((line): [string, string][] => {
    const [, name, value] = /^\s*([^:\s]+)\s*:(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value.trim()]];
  });
}
