interface RunningTurn {
  request_id: string;
  state: "running" | "ended";
}

/** The turns that the server runs in a conversation; none where it does not say. */
export async function runningTurns(conversation: string, signal?: AbortSignal): Promise<string[]> {
  const response = await fetch(`/v1/turns?conversation=${encodeURIComponent(conversation)}`, {
    signal: signal ?? null,
  }).catch(() => null);
  if (!response?.ok) return [];
  const { data } = (await response.json()) as { data: RunningTurn[] };
  return data.filter(({ state }) => state === "running").map(({ request_id }) => request_id);
}

/** Ends a turn in the server; false where it does not run any more, or the server cannot be told. */
export async function stopOnServer(requestId: string): Promise<boolean> {
  const response = await fetch(`/v1/turns/${encodeURIComponent(requestId)}`, { method: "DELETE" }).catch(() => null);
  return response?.ok ?? false;
}

/** Ends whatever runs in a conversation, for a question that was sent and whose id is not known yet. */
export async function stopUnseen(conversation: string): Promise<void> {
  await Promise.all((await runningTurns(conversation)).map(stopOnServer));
}
