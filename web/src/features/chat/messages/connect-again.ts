import { Failure, failureOf } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/shared";

/** Milliseconds before each attempt. A server that restarts is back in seconds; a phone that slept takes longer. */
const waits = [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/**
 * Takes up the events of a turn after the one with the id `last`, or from the first. Tries for about a minute while
 * there is no answer at all; a server that knows nothing of the turn has the last word at once.
 */
export async function connectAgain(
  requestId: string,
  last: string | null,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  for (const wait of waits) {
    await pause(wait, signal);
    const response = await fetch(`/v1/turns/${encodeURIComponent(requestId)}/events`, {
      headers: { accept: "text/event-stream", ...(last !== null && { "last-event-id": last }) },
      signal,
    }).catch(() => null);
    signal.throwIfAborted();
    if (response?.ok && response.body !== null) return response.body;
    if (response?.status === 404) throw new Failure(texts.failure.endedEarly, null, "ended_early", requestId);
    if (response !== null && response.status < 500) {
      throw failureOf(response.status, await response.json().catch(() => null));
    }
  }
  throw new Failure(texts.failure.endedEarly, null, "ended_early", requestId);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
