import { useEffect } from "react";
import { turnsOf } from "../turns";
import { runningTurns } from "./stop-turn";

/** Goes on with the answer that the server is making in a conversation when it is opened, such as after a reload. */
export function useJoinRunning(
  conversation: string,
  enabled: boolean,
  join: (conversation: string, requestId: string) => void,
): void {
  useEffect(() => {
    if (!enabled) return;
    const controller = new AbortController();
    void runningTurns(conversation, controller.signal).then((ids) => {
      if (controller.signal.aborted) return;
      const here = new Set(turnsOf(conversation).map(({ requestId }) => requestId));
      for (const id of ids) if (!here.has(id)) join(conversation, id);
    });
    return () => controller.abort();
  }, [conversation, enabled, join]);
}
