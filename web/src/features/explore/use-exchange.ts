import { useEffect, useRef, useState } from "react";
import { type Failure, asFailure } from "@/shared/api/failure";
import type { HttpRequest } from "./request";
import { type Answer, send } from "./send";

export interface Exchange {
  /** What was sent. */
  request: HttpRequest | null;
  answer: Answer | null;
  failure: Failure | null;
  state: "idle" | "running" | "done" | "stopped";
}

const nothing: Exchange = { request: null, answer: null, failure: null, state: "idle" };

/** One request at a time, and its answer as it comes, painted once a frame. */
export function useExchange(onEnd: (request: HttpRequest, answer: Answer | null) => void) {
  const [exchange, setExchange] = useState(nothing);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (request: HttpRequest) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setExchange({ ...nothing, request, state: "running" });
    let answer: Answer | null = null;
    let frame: number | null = null;
    const paint = () => {
      frame = null;
      if (running.current === abort) setExchange({ request, answer, failure: null, state: "running" });
    };
    let end: Pick<Exchange, "failure" | "state">;
    try {
      for await (answer of send(request, abort.signal)) frame ??= requestAnimationFrame(paint);
      end = { failure: null, state: "done" };
    } catch (thrown) {
      end = abort.signal.aborted ? { failure: null, state: "stopped" } : { failure: asFailure(thrown), state: "done" };
    }
    if (frame !== null) cancelAnimationFrame(frame);
    // Another has been started, or the page has gone on.
    if (running.current !== abort) return;
    running.current = null;
    setExchange({ request, answer, ...end });
    onEnd(request, answer);
  };
  return { ...exchange, start, stop: () => running.current?.abort() };
}
