import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { type Route, model, on, serve } from "@/shared/test/server";
import { useChosenModel } from "../chosen-model";
import { conversationsOf, openChat, twoModels } from "../test-chat";
import { tightest } from "./queries";

beforeEach(() => useChosenModel.setState({ id: null }));

const status = (cloud: boolean) => on("GET", "/admin/status", { cloud_enabled: cloud, local_only: false });
const spent = (today: number, cap: number | null) => ({
  spent_today_usd: today,
  daily_budget_usd: cap,
  spent_month_usd: today,
  monthly_budget_usd: null,
});
const budget = (today: number, cap: number | null) => on("GET", "/budget", spent(today, cap));
const write = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Your message" });

test("while the cloud is off the header says that all is local", async () => {
  serve(conversationsOf([]), twoModels, status(false), budget(0, 5));
  openChat("/chat");
  expect(await screen.findByText("Local")).toBeTruthy();
  expect(screen.queryByRole("meter")).toBeNull();
});

test("the bar says what was spent of the budget and leads to where it is set", async () => {
  serve(conversationsOf([]), twoModels, status(true), budget(1.25, 5));
  openChat("/chat");
  const meter = await screen.findByRole("meter", { name: "Budget" });
  expect(meter.getAttribute("aria-valuenow")).toBe("25");
  expect(screen.getByText("$1.3 of $5 today").className).not.toContain("warning");
  expect(meter.closest("a")?.getAttribute("href")).toBe("/admin");
});

test("from four fifths of the budget on the bar warns", async () => {
  serve(conversationsOf([]), twoModels, status(true), budget(4, 5));
  openChat("/chat");
  expect((await screen.findByText("$4 of $5 today")).className).toContain("text-warning");
});

test("with the budget used up one click goes on with a local model", async () => {
  const models = on("GET", "/v1/models", {
    object: "list",
    data: [model("far", { locality: "remote", default: true }), model("near")],
  });
  serve(conversationsOf([]), models, status(true), budget(5, 5));
  const { user } = openChat("/chat");
  expect((await screen.findByRole("alert")).textContent).toContain("far costs money");
  await user.click(screen.getByRole("button", { name: "Go on locally, with near" }));
  expect(screen.getByRole<HTMLSelectElement>("combobox", { name: "Model" }).value).toBe("near");
  expect(screen.queryByRole("alert")).toBeNull();
});

test("the cap that is nearest to being reached is the one that is shown", () => {
  const both = { ...spent(1, 10), monthly_budget_usd: 20, spent_month_usd: 18 };
  expect(tightest(both as never)).toEqual({ span: "month", spent: 18, cap: 20, share: 0.9 });
  expect(tightest(spent(1, null) as never)).toBeNull();
  expect(tightest(spent(0, 0) as never)?.share).toBe(1);
});

test("while the server is away nothing is sent, what was written stays, and the page goes on when it is back", async () => {
  let away = true;
  const gone: Route = () => {
    if (away) throw new TypeError("fetch failed");
    return undefined;
  };
  const seen = serve(gone, conversationsOf([]), twoModels, status(false), budget(0, null));
  const { user } = openChat("/chat");
  expect(await screen.findByText("The server does not answer.")).toBeTruthy();
  await user.type(await write(), "Are you there?{Enter}");
  expect((await write()).value).toBe("Are you there?");
  expect(screen.getByText(/can be sent when the server answers again/)).toBeTruthy();
  expect(seen.some(({ method, url }) => method === "POST" && url.endsWith("/api/chat"))).toBe(false);
  away = false;
  await waitFor(() => expect(screen.queryByText("The server does not answer.")).toBeNull(), { timeout: 4_000 });
  expect(await screen.findByText("Your conversations will be kept here.")).toBeTruthy();
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(false);
});
