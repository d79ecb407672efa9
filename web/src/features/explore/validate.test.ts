import { expect, test } from "vitest";
import type { Schema, Schemas } from "./document";
import { blank, shapeOf } from "./schema";
import { fittingVariant, problemsOf } from "./validate";

const schemas: Schemas = {
  Request: { allOf: [{ $ref: "#/components/schemas/Chat" }, { $ref: "#/components/schemas/Sampling" }] },
  Chat: {
    type: "object",
    required: ["messages"],
    properties: {
      messages: { type: "array", minItems: 1, items: { $ref: "#/components/schemas/Message" } },
      stop: { oneOf: [{ $ref: "#/components/schemas/Stop" }, { type: "null" }] },
    },
  },
  Sampling: {
    type: "object",
    properties: { temperature: { type: ["number", "null"], minimum: 0, maximum: 2 }, n: { type: "integer", default: 1 } },
  },
  Message: {
    type: "object",
    required: ["role"],
    properties: { role: { type: "string", enum: ["user", "system"] }, text: { type: "string", minLength: 1 } },
  },
  Stop: { oneOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
  Tree: { type: "object", properties: { children: { type: "array", items: { $ref: "#/components/schemas/Tree" } } } },
};
const request: Schema = { $ref: "#/components/schemas/Request" };
const places = (value: unknown, schema = request) => problemsOf(value, schema, schemas).map(({ at, message }) => `${at} ${message}`);

test("a value that fits has no problems, with fields of all merged parts", () => {
  expect(places({ messages: [{ role: "user", text: "hi" }], temperature: 0.5, n: 2, stop: null, unlisted: true })).toEqual([]);
});

test("each problem names its field", () => {
  expect(places({ messages: [{ role: "admin", text: "" }, {}, 7], stop: [1], temperature: 3, n: 1.5 })).toEqual([
    "messages[0].role must be one of: user, system",
    "messages[0].text must not be empty",
    "messages[1].role is missing",
    "messages[2] must be an object",
    "stop[0] must be text",
    "temperature must be at most 2",
    "n must be a whole number",
  ]);
  expect(places({})).toEqual(["messages is missing"]);
  expect(places({ messages: [] })).toEqual(["messages must have at least 1 entries"]);
  expect(places({ messages: null })).toEqual(["messages must not be null"]);
});

test("a choice of forms is judged by the form that a value most nearly is", () => {
  const shape = shapeOf({ $ref: "#/components/schemas/Stop" }, schemas);
  expect([fittingVariant("a", shape, schemas), fittingVariant([1], shape, schemas)]).toEqual([0, 1]);
  expect(shape.variants.map(({ name }) => name)).toEqual(["text", "list of text"]);
});

test("a form begins with the least that is asked for, and an endless schema does not hang it", () => {
  expect(blank(request, schemas)).toEqual({ messages: [{ role: "user" }] });
  expect(blank({ $ref: "#/components/schemas/Tree" }, schemas)).toEqual({});
  const loop: Schemas = { A: { $ref: "#/components/schemas/A" } };
  expect(shapeOf({ $ref: "#/components/schemas/A" }, loop).kind).toBe("any");
});
