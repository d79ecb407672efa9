import { expect, test } from "vitest";
import { answerText } from "./event-text";

test("the words of an event are found in each form that the routes have", () => {
  expect(answerText('data: {"choices":[{"delta":{"content":"a"}}]}')).toBe("a");
  expect(answerText('data: {"choices":[{"text":"b"}]}')).toBe("b");
  expect(answerText('data: {"text":"c","partial":true}')).toBe("c");
  expect(answerText("data: two\ndata: lines")).toBe("two\nlines");
  expect(answerText("data:  spaced")).toBe(" spaced");
});

test("marks of the end and other events have no words", () => {
  for (const event of ["data: [DONE]", "data: [STREAM_COMPLETE]", 'data: {"choices":[]}', 'event: x\ndata: {"n":1}', ": ping"]) {
    expect(answerText(event)).toBe("");
  }
});
