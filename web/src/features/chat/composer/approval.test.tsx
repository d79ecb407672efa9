import { act, screen, waitFor, within } from "@testing-library/react";
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

const outgoing = {
  host: "api.example.org",
  messages: [
    { role: "system", parts: [{ type: "text", text: "Be brief." }] },
    {
      role: "user",
      parts: [
        { type: "image", bytes: 2_000 },
        { type: "text", text: "Write to " },
        { type: "placeholder", text: "[EMAIL_1]", kind: "email" },
      ],
    },
  ],
};

async function refused() {
  const answer = new AnswerStream();
  const seen = serve(conversationsOf([]), models, answer.route);
  const { user } = openChat("/chat");
  await screen.findByText(/far answers/);
  await user.type(await screen.findByRole("textbox", { name: "Your message" }), "Write to ada@example.org{Enter}");
  await screen.findByRole("button", { name: "Stop" });
  act(() => answer.fail("consent_required", "the request holds 1 e-mail address; nothing was sent to `far`", { outgoing }));
  const card = within(await screen.findByRole("alert"));
  return { answer, seen, user, card };
}

test("what would leave is shown word for word before it does, with what stands for private text marked", async () => {
  const { card } = await refused();
  expect(card.getByText("Nothing has left this machine yet")).toBeTruthy();
  expect(card.getByText(/holds an image and an e-mail address/)).toBeTruthy();
  const shown = within(card.getByRole("group", { name: /would go to api.example.org/ }));
  expect(shown.getByText("Be brief.")).toBeTruthy();
  expect(shown.getByText("[EMAIL_1]").tagName).toBe("MARK");
  expect(shown.getByText("[EMAIL_1]").title).toBe("In the place of an e-mail address");
  expect(shown.getByText(/^image, /).tagName).toBe("MARK");
  expect(shown.queryByText(/ada@example.org/)).toBeNull();
});

test("it is sent only with the person's word, and then says so", async () => {
  const { answer, seen, user, card } = await refused();
  await user.click(card.getByRole("button", { name: "Send what is shown" }));
  await waitFor(async () => expect(await asked(seen)).toHaveLength(2));
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

test("a yes that is to hold for the conversation is kept by the server before anything is sent", async () => {
  const { answer, seen, user, card } = await refused();
  await user.selectOptions(card.getByRole("combobox", { name: "From now on" }), "Do not ask again in this conversation");
  await user.click(card.getByRole("button", { name: "Send what is shown" }));
  await waitFor(async () => expect(await asked(seen)).toHaveLength(2));
  const kept = seen.findIndex(({ method, url }) => method === "PATCH" && url.includes("/v1/conversations/"));
  expect(await seen[kept]?.clone().json()).toEqual({ settings: { consent: true } });
  expect(kept).toBeLessThan(seen.findLastIndex(({ url }) => url.endsWith("/api/chat")));
  act(() => answer.done());
});
