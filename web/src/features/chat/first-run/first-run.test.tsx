import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { type Route, json, model, on, serve } from "@/shared/test/server";
import { showOverlay } from "../palette/overlay";
import { conversationsOf, openChat, twoModels } from "../test-chat";
import type { Pull } from "./queries";

beforeEach(() => showOverlay(null));

const listed = (id: string, more: object) => ({
  id,
  licence: "Apache-2.0",
  size_bytes: 2_500_000_000,
  fit: "fits",
  reason: "needs 3.1 GB, 12 GB are free",
  roles: ["chat"],
  note: null,
  installed: false,
  recommended: false,
  ...more,
});
const catalog = on("GET", "/v1/models/catalog", {
  machine: {
    cpu_model: "Ryzen 7",
    physical_cores: 8,
    memory_bytes: 16_000_000_000,
    available_memory_bytes: 12_000_000_000,
    disk_free_bytes: 50_000_000_000,
    gpus: [],
  },
  data: [
    listed("huge-70b", { fit: "too_large", reason: "needs 42 GB, the machine has 16 GB" }),
    listed("good-4b", { recommended: true }),
    listed("minilm", { roles: ["embedding"], recommended: true }),
  ],
});
const status = (cloud: () => boolean): Route => (request, url) =>
  url.pathname === "/admin/status" && request.method === "GET"
    ? json({ cloud_enabled: cloud(), local_only: false })
    : undefined;
const off = status(() => false);
const noModels = on("GET", "/v1/models", { object: "list", data: [] });
const noPulls = on("GET", "/v1/models/pulls", { data: [] });
const setup = () => screen.findByRole("dialog", { name: "Set up Council" });

test("without a model the first steps open by themselves, once, and can be skipped", async () => {
  serve(conversationsOf([]), noModels, catalog, noPulls, off);
  const { user } = openChat("/chat");
  const dialog = within(await setup());
  expect(await dialog.findByText("Ryzen 7, 8 cores")).toBeTruthy();
  expect(dialog.getByText("16 GB of memory, 12 GB free")).toBeTruthy();
  expect(dialog.getByText(/Off: no question leaves this machine/)).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Skip" }));
  expect(screen.queryByRole("dialog", { name: "Set up Council" })).toBeNull();
  act(() => showOverlay(null));
  expect(localStorage.getItem("council.setup")).toBe("done");
  await user.click(screen.getByRole("button", { name: "Set it up here" }));
  expect(await setup()).toBeTruthy();
});

test("the model that suits the machine is chosen, and its way here is shown until it answers", async () => {
  const coming = { id: 1, model: "good-4b", total_bytes: 2.5e9, failures: [], started_at: 0 };
  let pull: Pull | null = null;
  let models: ReturnType<typeof model>[] = [];
  const pulls: Route = (request, url) => {
    if (url.pathname === "/v1/models/pull" && request.method === "POST") {
      pull = { ...coming, phase: "downloading", done_bytes: 1e9, bytes_per_second: 5e7 };
      return json(pull, 202);
    }
    if (url.pathname === "/v1/models/pulls") return json({ data: pull === null ? [] : [pull] });
    return url.pathname === "/v1/models" ? json({ object: "list", data: models }) : undefined;
  };
  const answer = on("POST", "/api/chat", { text: "Hello there.", model: "good-4b", latency_ms: 420 });
  const seen = serve(conversationsOf([]), pulls, catalog, off, answer);
  const { user } = openChat("/chat");
  const dialog = within(await setup());
  expect((await dialog.findAllByRole<HTMLInputElement>("radio")).map(({ checked }) => checked)).toEqual([true]);
  await user.click(dialog.getByRole("button", { name: "Fetch it (2.5 GB)" }));
  const orders = seen.filter(({ url }) => url.endsWith("/v1/models/pull"));
  // What finds by meaning comes along.
  expect(await Promise.all(orders.map((order) => order.json()))).toEqual([{ model: "good-4b" }, { model: "minilm" }]);
  expect(await dialog.findByText("1 GB of 2.5 GB · 50 MB/s")).toBeTruthy();
  pull = { ...coming, phase: "installed", done_bytes: 2.5e9 };
  models = [model("good-4b", { default: true })];
  expect(await dialog.findByText("Installed", {}, { timeout: 3_000 })).toBeTruthy();
  await user.click(await dialog.findByRole("button", { name: "Ask it" }, { timeout: 4_000 }));
  expect(await dialog.findByText("Hello there.")).toBeTruthy();
  expect(dialog.getByText("good-4b, 420 ms. Nothing of it is kept.")).toBeTruthy();
  expect(dialog.getByRole("button", { name: "Begin" })).toBeTruthy();
});

test("a model that is too large for the machine says why and cannot be fetched", async () => {
  serve(conversationsOf([]), noModels, catalog, noPulls, off);
  const { user } = openChat("/chat");
  const dialog = within(await setup());
  await user.click(await dialog.findByRole("button", { name: "Show other models" }));
  await user.click(dialog.getByRole("radio", { name: /huge-70b/ }));
  expect(dialog.getByText("needs 42 GB, the machine has 16 GB")).toBeTruthy();
  expect(dialog.getByRole<HTMLButtonElement>("button", { name: /Fetch it/ }).disabled).toBe(true);
});

test("with a model the first steps stay away until they are asked for, and switch the cloud off", async () => {
  let cloud = true;
  const switched: Route = (request, url) => {
    if (url.pathname !== "/admin/cloud/false" || request.method !== "POST") return undefined;
    cloud = false;
    return json({});
  };
  serve(conversationsOf([]), twoModels, catalog, noPulls, switched, status(() => cloud));
  const { user } = openChat("/chat");
  await screen.findByText(/tiny answers/);
  expect(screen.queryByRole("dialog", { name: "Set up Council" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "More" }));
  await user.click(screen.getByRole("menuitem", { name: "Set up Council" }));
  await user.click(await screen.findByRole("button", { name: "Switch it off" }));
  await waitFor(() => expect(screen.getByText(/Off: no question leaves this machine/)).toBeTruthy());
});
