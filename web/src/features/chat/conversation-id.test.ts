import { expect, test } from "vitest";
import { newConversationId, titleOf } from "./conversation-id";

test("ids are new each time", () => {
  expect(newConversationId()).not.toBe(newConversationId());
});

test("a title is the prompt's beginning on one line, cut between words", () => {
  expect(titleOf("  Why is\n\tthe sky blue?  ")).toBe("Why is the sky blue?");
  expect(titleOf("word ".repeat(30))).toBe(`${"word ".repeat(12).trim()}…`);
  expect(Array.from(titleOf("👋".repeat(100)))).toHaveLength(61);
});
