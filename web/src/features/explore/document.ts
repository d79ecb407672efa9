/** The parts of JSON Schema that an OpenAPI 3.1 document of ours uses. */
export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  deprecated?: boolean;
}

/** Schemas by the names that `$ref` gives them. */
export type Schemas = Readonly<Record<string, Schema>>;

export interface Parameter {
  name: string;
  in: "path" | "query" | "header" | "cookie";
  description?: string;
  required?: boolean;
  schema: Schema;
}

export interface Body {
  mediaType: string;
  schema: Schema;
}

/** One route of the server. */
export interface Operation {
  /** Its address on this page: /explore/<id>. */
  id: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  description: string;
  parameters: Parameter[];
  /** The forms in which the body may come; none where there is no body. */
  bodies: Body[];
  bodyRequired: boolean;
  /** Media types of answers that are no failures. */
  answers: string[];
  /** It goes over to a WebSocket, which a request alone cannot show. */
  socket: boolean;
}

/** A group of routes. */
export interface Tag {
  name: string;
  description: string;
  operations: Operation[];
}

export interface ApiDocument {
  version: string;
  tags: Tag[];
  operations: Operation[];
  schemas: Schemas;
}

interface Raw {
  info: { version: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, Schema> };
}

interface RawOperation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: Schema }> };
  responses?: Record<string, { content?: Record<string, unknown> }>;
}

const methods = ["get", "post", "put", "patch", "delete", "head", "options"];

/** What `/openapi.json` says, in the order in which it is shown. */
export function readDocument(given: unknown): ApiDocument {
  const raw = given as Raw;
  const operations = Object.entries(raw.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => readOperation(method, path, operation)),
  );
  const named = raw.tags ?? [];
  const others = [...new Set(operations.map(({ tag }) => tag))].filter((tag) => !named.some(({ name }) => name === tag));
  const tags = [...named, ...others.map((name) => ({ name, description: "" }))].map(({ name, description = "" }) => ({
    name,
    description,
    operations: operations.filter(({ tag }) => tag === name),
  }));
  return {
    version: raw.info.version,
    tags: tags.filter((tag) => tag.operations.length > 0),
    operations,
    schemas: raw.components?.schemas ?? {},
  };
}

function readOperation(method: string, path: string, raw: RawOperation): Operation {
  const answers = Object.entries(raw.responses ?? {});
  return {
    id: raw.operationId ?? `${method}${path.replaceAll(/\W+/g, "_")}`,
    method: method.toUpperCase(),
    path,
    tag: raw.tags?.[0] ?? "",
    summary: raw.summary ?? "",
    description: raw.description ?? "",
    parameters: raw.parameters ?? [],
    bodies: Object.entries(raw.requestBody?.content ?? {}).map(([mediaType, { schema = {} }]) => ({ mediaType, schema })),
    bodyRequired: raw.requestBody?.required ?? false,
    answers: answers.filter(([status]) => status.startsWith("2")).flatMap(([, { content }]) => Object.keys(content ?? {})),
    socket: answers.some(([status]) => status === "101"),
  };
}

/** The groups with only the routes in which every word of `filter` occurs. */
export function filtered(tags: readonly Tag[], filter: string): Tag[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ method, path, id, summary, tag }: Operation) => {
    const text = `${method} ${path} ${id} ${summary} ${tag}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return tags
    .map((tag) => ({ ...tag, operations: tag.operations.filter(fits) }))
    .filter((tag) => tag.operations.length > 0);
}
