import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeSocket } from "@/shared/test/socket";
import { unauthorisedEvent } from "./failure";
import { type Listener, listen, useConnection, watchTokens } from "./live";

const left: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.install();
});

afterEach(() => {
  for (const leave of left.splice(0)) leave();
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
});

function hear(topic: Parameters<typeof listen>[0], listener = vi.fn<Listener>()) {
  left.push(listen(topic, listener));
  return listener;
}

test("one socket serves all who listen, each with its own topic", () => {
  const metrics = hear("metrics");
  const socket = FakeSocket.latest();
  expect(socket.url).toBe(`${location.origin.replace("http", "ws")}/ws`);
  socket.open();
  expect(socket.sent[0]).toEqual({ subscribe: ["metrics"] });
  const routes = hear("routes");
  expect(socket.sent.at(-1)).toEqual({ subscribe: ["routes"] });
  socket.frame("metrics", { values: {} });
  expect(metrics).toHaveBeenCalledOnce();
  expect(routes).not.toHaveBeenCalled();
  expect(FakeSocket.made).toHaveLength(1);
});

test("a socket that was lost is opened again, later each time, with what was asked for", () => {
  hear("metrics");
  watchTokens("all");
  FakeSocket.latest().open();
  for (const most of [500, 1_000, 2_000]) {
    const count = FakeSocket.made.length;
    FakeSocket.latest().close();
    expect(useConnection.getState().state).toBe("waiting");
    vi.advanceTimersByTime(most / 2 - 1);
    expect(FakeSocket.made).toHaveLength(count);
    vi.advanceTimersByTime(most / 2 + 2);
    expect(FakeSocket.made).toHaveLength(count + 1);
  }
  FakeSocket.latest().open();
  expect(FakeSocket.latest().sent[0]).toEqual({ subscribe: ["metrics"], watch: "all" });
  watchTokens(null);
});

test("a socket that ended with its session is not opened again, and the page looks who asks", () => {
  const asked = vi.fn<() => void>();
  document.addEventListener(unauthorisedEvent, asked);
  hear("metrics");
  FakeSocket.latest().open();
  const count = FakeSocket.made.length;
  FakeSocket.latest().close(1008);
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.made).toHaveLength(count);
  expect(asked).toHaveBeenCalledOnce();
  document.removeEventListener(unauthorisedEvent, asked);
});

test("the way there and back is measured, and what was lost is counted", () => {
  hear("metrics");
  const socket = FakeSocket.latest();
  socket.open();
  const asked = socket.sent.find((order) => "ping" in order);
  vi.advanceTimersByTime(4);
  socket.frame("pong", asked?.["ping"]);
  expect(useConnection.getState().roundTrip).toBeCloseTo(4);
  const before = useConnection.getState().lost;
  socket.frame("lost", { topic: "tokens", frames: 7, total: 7 });
  expect(useConnection.getState().lost).toBe(before + 7);
});

test("the socket is closed when nobody listens any more, and kept when a page is only changed", () => {
  const leave = listen("metrics", () => {});
  FakeSocket.latest().open();
  leave();
  const again = listen("routes", () => {});
  vi.advanceTimersByTime(5_000);
  expect(useConnection.getState().state).toBe("open");
  again();
  vi.advanceTimersByTime(5_000);
  expect(useConnection.getState().state).toBe("off");
  expect(FakeSocket.made).toHaveLength(1);
});
