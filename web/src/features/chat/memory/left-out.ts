import { useSettings } from "../composer/settings";

interface LeftOut {
  /** Memories that the conversation's answers take nothing from. */
  ids: readonly string[];
  leaveOut: (id: string) => void;
  takeBack: (id: string) => void;
}

/** What a conversation leaves out of all that is remembered. The server keeps that with its other settings. */
export function useLeftOut(conversation: string): LeftOut {
  const [{ without_memories: without }, change] = useSettings(conversation);
  const ids = without ?? [];
  const put = (now: readonly string[]) => change({ without_memories: now.length > 0 ? [...now] : null });
  return {
    ids,
    leaveOut: (id) => put([...ids.filter((other) => other !== id), id]),
    takeBack: (id) => put(ids.filter((other) => other !== id)),
  };
}
