import type { Parameter, Schema, Schemas } from "./document";

/** A schema as a form needs it: references followed, parts merged, `null` apart. */
export interface Shape extends Omit<Schema, "$ref" | "allOf" | "oneOf" | "anyOf" | "type" | "const"> {
  kind: "text" | "number" | "integer" | "boolean" | "choice" | "list" | "object" | "map" | "variants" | "any";
  nullable: boolean;
  /** What it may be instead of one thing; each with a name of its own. */
  variants: { name: string; schema: Schema }[];
}

/** A schema that refers to itself without end has no values; this many steps no other needs. */
const deepest = 24;

export function shapeOf(schema: Schema, schemas: Schemas): Shape {
  const { $ref: _, allOf: __, oneOf, anyOf, const: only, type, ...rest } = merged(schema, schemas, 0);
  const types = typeof type === "string" ? [type] : (type ?? []);
  const nullable = types.includes("null") || (oneOf ?? anyOf ?? []).some((part) => part.type === "null");
  const parts = (oneOf ?? anyOf ?? []).filter((part) => part.type !== "null");
  const [single] = parts;
  if (parts.length === 1 && single !== undefined) {
    const inner = shapeOf(single, schemas);
    return { ...inner, ...rest, description: rest.description ?? inner.description ?? "", nullable: nullable || inner.nullable };
  }
  const variants = parts.flatMap((part) => namedVariants(part, schemas));
  const enumerated = only === undefined ? rest.enum : [only];
  const shape = { ...rest, nullable, variants };
  if (variants.length > 0) return { ...shape, kind: "variants" };
  if (enumerated !== undefined) return { ...shape, enum: enumerated.filter((one) => one !== null), kind: "choice" };
  return { ...shape, kind: kindOf(types.find((one) => one !== "null"), rest) };
}

function kindOf(type: string | undefined, schema: Schema): Shape["kind"] {
  if (type === "string") return "text";
  if (type === "number" || type === "integer" || type === "boolean") return type;
  if (type === "array") return "list";
  if (schema.properties !== undefined && Object.keys(schema.properties).length > 0) return "object";
  return typeof schema.additionalProperties === "object" ? "map" : "any";
}

/** A variant that is itself a choice of variants counts as those. */
function namedVariants(schema: Schema, schemas: Schemas): Shape["variants"] {
  const shape = shapeOf(schema, schemas);
  if (shape.kind === "variants") return shape.variants;
  return [{ name: schema.title ?? schema.$ref?.split("/").at(-1) ?? typeName(shape, schemas), schema }];
}

/** Such as `text`, `list of integer`. */
export function typeName(shape: Shape, schemas: Schemas): string {
  if (shape.kind !== "list") return shape.kind;
  return `list of ${shape.items === undefined ? "any" : typeName(shapeOf(shape.items, schemas), schemas)}`;
}

function merged(schema: Schema, schemas: Schemas, depth: number): Schema {
  if (depth > deepest) return {};
  if (schema.$ref !== undefined) {
    const { $ref, ...beside } = schema;
    return { ...merged(schemas[$ref.split("/").at(-1) ?? ""] ?? {}, schemas, depth + 1), ...beside };
  }
  if (schema.allOf === undefined) return schema;
  const { allOf, ...beside } = schema;
  const parts = [...allOf.map((part) => merged(part, schemas, depth + 1)), beside];
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map((part) => part.properties)),
    required: parts.flatMap((part) => part.required ?? []),
  };
}

/** The least that a schema asks for, to begin with. */
export function blank(schema: Schema, schemas: Schemas): unknown {
  const shape = shapeOf(schema, schemas);
  const given = shape.examples?.[0] ?? shape.example ?? shape.default;
  if (given !== undefined) return given;
  switch (shape.kind) {
    case "text":
      return "";
    case "number":
    case "integer":
      return shape.minimum ?? 0;
    case "boolean":
      return false;
    case "choice":
      return shape.enum?.[0] ?? null;
    case "list":
      return Array.from({ length: shape.minItems ?? 0 }, () => blank(shape.items ?? {}, schemas));
    case "variants":
      return blank(shape.variants[0]?.schema ?? {}, schemas);
    case "object": {
      const required = Object.entries(shape.properties ?? {}).filter(([name]) => shape.required?.includes(name));
      return Object.fromEntries(required.map(([name, property]) => [name, blank(property, schemas)]));
    }
    case "map":
    case "any":
      return {};
  }
}

/** Parameters as one object, so that they are shown and checked as a body is. */
export function parametersSchema(parameters: readonly Parameter[]): Schema {
  return {
    type: "object",
    properties: Object.fromEntries(
      parameters.map(({ name, schema, description, ...at }) => [
        name,
        // An empty part of a path makes another path of it.
        { ...schema, ...(description && { description }), ...(at.in === "path" && { minLength: 1 }) },
      ]),
    ),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
}
