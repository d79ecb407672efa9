import { expect, test } from "vitest";
import { conversation, message } from "@/shared/test/server";
import { type StoredThread, merged } from "./thread-query";

const thread = (earlier: number, ...ids: number[]): StoredThread => ({
  conversation: conversation("c", "t", earlier + ids.length),
  messages: ids.map((id) => message(id, "user", `${id}`, `req_${id}`)),
  earlier,
});
const idsOf = ({ messages }: StoredThread) => messages.map(({ id }) => id);

test("what was loaded before the fresh end stays", () => {
  const both = merged(thread(10, 11, 12, 13), thread(12, 13, 14));
  expect(idsOf(both)).toEqual([11, 12, 13, 14]);
  expect(both.earlier).toBe(10);
});

test("another branch takes the place of all that it does not share", () => {
  expect(idsOf(merged(thread(0, 1, 2, 3), thread(0, 1, 7)))).toEqual([1, 7]);
  expect(idsOf(merged(thread(5, 6, 7), thread(9, 20, 21)))).toEqual([20, 21]);
});
