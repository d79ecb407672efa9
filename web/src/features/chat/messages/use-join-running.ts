import { useEffect } from "react";
import { recollect, turnsOf } from "../turns";
import { knownTurns } from "./stop-turn";

/** So many turns at most are heard again: each is a request. */
const most = 10;

/**
 * Goes on with the answer that the server is making in a conversation when it is opened, such as after a reload, and
 * has it tell again of those that it made a while ago.
 */
export function useJoinRunning(
  conversation: string,
  enabled: boolean,
  join: (conversation: string, requestId: string) => void,
): void {
  useEffect(() => {
    if (!enabled) return;
    const controller = new AbortController();
    void knownTurns(conversation, controller.signal).then((known) => {
      if (controller.signal.aborted) return;
      const here = new Set(turnsOf(conversation).map(({ requestId }) => requestId));
      const latest = known.toSorted((a, b) => a.started_at - b.started_at).slice(-most);
      for (const { request_id: id, state } of latest) {
        if (here.has(id)) continue;
        if (state === "running") join(conversation, id);
        else void recollect(conversation, id);
      }
    });
    return () => controller.abort();
  }, [conversation, enabled, join]);
}
