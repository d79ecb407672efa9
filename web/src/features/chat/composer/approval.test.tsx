import { act, screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { AnswerStream, model, on, serve } from "@/shared/test/server";
import { useChosenModel } from "../chosen-model";
import { conversationsOf, openChat } from "../test-chat";
import { useTurns } from "../turns";

beforeEach(() => {
  useTurns.setState({ turns: {} });
  useChosenModel.setState({ id: "far" });
});

const models = on("GET", "/v1/models", {
  object: "list",
  data: [model("near", { default: true }), model("far", { locality: "remote" })],
});
const asked = async (seen: Request[]) =>
  Promise.all(
    seen
      .filter(({ method, url }) => method === "POST" && url.endsWith("/api/chat"))
      .map((request) => request.clone().json()),
  );

async function refused() {
  const answer = new AnswerStream();
  const seen = serve(conversationsOf([]), models, answer.route);
  const { user } = openChat("/chat");
  await screen.findByText(/far answers/);
  await user.type(await screen.findByRole("textbox", { name: "Your message" }), "Write to ada@example.org{Enter}");
  await screen.findByRole("button", { name: "Stop" });
  act(() => answer.fail("consent_required", "the request holds 1 e-mail address; nothing was sent to `far`"));
  const card = within(await screen.findByRole("alert"));
  return { answer, seen, user, card };
}

test("private text on its way out is shown before it leaves, with what was found in it", async () => {
  const { card } = await refused();
  expect(card.getByText("Nothing has left this machine yet")).toBeTruthy();
  expect(card.getByText(/1 e-mail address/)).toBeTruthy();
  expect(card.getByText("Write to ada@example.org")).toBeTruthy();
});

test("it is sent only with the person's word, and then says so", async () => {
  const { answer, seen, user, card } = await refused();
  await user.click(card.getByRole("button", { name: "Send with placeholders" }));
  const questions = await asked(seen);
  expect(questions.map(({ consent }) => consent)).toEqual([undefined, true]);
  expect(questions[1]).toMatchObject({ prompt: "Write to ada@example.org", model: "far" });
  act(() => answer.done());
});

test("it can be answered on this machine instead", async () => {
  const { answer, seen, user, card } = await refused();
  await user.click(card.getByRole("button", { name: "Answer here, with near" }));
  const questions = await asked(seen);
  expect(questions[1]).toMatchObject({ model: "near" });
  expect(questions[1].consent).toBeUndefined();
  act(() => answer.done());
});
