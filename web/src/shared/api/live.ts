import { create } from "zustand";
import { unauthorisedEvent } from "./failure";

/** What can be listened to (docs/monitoring.md). */
export type Topic = "metrics" | "routes" | "tokens" | "events";

/** One message of the server. */
export interface Frame {
  topic: string;
  /** Counts the frames of a topic; 0 is what was so when listening began. */
  seq: number;
  /** In seconds since the epoch. */
  at: number;
  data: unknown;
}

export type Listener = (frame: Frame) => void;

interface Connection {
  /** `off`: nobody listens. */
  state: "off" | "connecting" | "open" | "waiting";
  /** When the server was heard last, in milliseconds since the epoch. */
  lastSeen: number | null;
  /** Of the last ping, in milliseconds. */
  roundTrip: number | null;
  /** Frames that the server dropped because this page was too slow. */
  lost: number;
}

/** How the one socket of this page is. */
export const useConnection = create<Connection>(() => ({ state: "off", lastSeen: null, roundTrip: null, lost: 0 }));

const listeners = new Map<Topic, Set<Listener>>();
let watched: string | null = null;
let socket: WebSocket | null = null;
let attempts = 0;
let retry: ReturnType<typeof setTimeout> | undefined;
let pings: ReturnType<typeof setInterval> | undefined;
let leaving: ReturnType<typeof setTimeout> | undefined;

const shortestWait = 500;
const longestWait = 10_000;
const betweenPings = 5_000;
/** How the server closes when the key or session has ended: it would refuse every further attempt. */
const policyViolation = 1008;
/** Pages that are changed do not close the socket that the next one wants. */
const beforeLeaving = 1_000;

/** Hears of a topic until what it returns is called. Opens the socket for the first, and closes it after the last. */
export function listen(topic: Topic, listener: Listener): () => void {
  const known = listeners.get(topic) ?? new Set();
  listeners.set(topic, known.add(listener));
  clearTimeout(leaving);
  if (socket === null) connect();
  else if (known.size === 1) send({ subscribe: [topic] });
  return () => {
    known.delete(listener);
    if (known.size > 0) return;
    listeners.delete(topic);
    send({ unsubscribe: [topic] });
    if (listeners.size === 0) leaving = setTimeout(disconnect, beforeLeaving);
  };
}

/** Whose tokens come on `tokens`: a request's id, `all`, or `null` for nobody's. */
export function watchTokens(whose: string | null): void {
  watched = whose;
  send({ watch: whose });
}

function connect(): void {
  clearTimeout(retry);
  useConnection.setState({ state: "connecting" });
  const opened = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws`);
  socket = opened;
  opened.addEventListener("open", () => {
    attempts = 0;
    useConnection.setState({ state: "open" });
    send({ subscribe: [...listeners.keys()], ...(watched === null ? {} : { watch: watched }) });
    ping();
    pings = setInterval(ping, betweenPings);
  });
  opened.addEventListener("message", (event: MessageEvent<string>) => take(JSON.parse(event.data) as Frame));
  opened.addEventListener("close", ({ code }) => {
    if (socket !== opened) return;
    socket = null;
    clearInterval(pings);
    useConnection.setState({ state: "waiting" });
    if (code === policyViolation) {
      document.dispatchEvent(new CustomEvent(unauthorisedEvent));
      return;
    }
    retry = setTimeout(connect, waitFor(attempts));
    attempts += 1;
  });
}

/** Doubles with each attempt; drawn from its upper half, so that many pages do not come back at once. */
function waitFor(attempt: number): number {
  const most = Math.min(longestWait, shortestWait * 2 ** attempt);
  return most / 2 + (Math.random() * most) / 2;
}

function disconnect(): void {
  clearTimeout(leaving);
  clearTimeout(retry);
  clearInterval(pings);
  const left = socket;
  socket = null;
  left?.close();
  useConnection.setState({ state: "off", lastSeen: null, roundTrip: null });
}

function ping(): void {
  send({ ping: performance.now() });
}

function send(order: object): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(order));
}

function take(frame: Frame): void {
  if (frame.topic === "pong") {
    useConnection.setState({ lastSeen: Date.now(), roundTrip: performance.now() - Number(frame.data) });
    return;
  }
  if (frame.topic === "lost") {
    const { frames } = frame.data as { frames: number };
    useConnection.setState((before) => ({ lastSeen: Date.now(), lost: before.lost + frames }));
    return;
  }
  useConnection.setState({ lastSeen: Date.now() });
  for (const listener of listeners.get(frame.topic as Topic) ?? []) listener(frame);
}

// The network is back, or the page is looked at again: no need to wait any longer.
for (const event of ["online", "focus"]) {
  window.addEventListener(event, () => {
    if (useConnection.getState().state === "waiting") connect();
  });
}

// A browser keeps a page that was left, and shows it again as it was, but not with an open socket.
window.addEventListener("pagehide", disconnect);
window.addEventListener("pageshow", () => {
  if (socket === null && listeners.size > 0) connect();
});
