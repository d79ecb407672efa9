interface KnownTurn {
  request_id: string;
  started_at: number;
  state: "running" | "ended";
}

/** The turns of a conversation that the server runs, or has run a while ago; none where it does not say. */
export async function knownTurns(conversation: string, signal?: AbortSignal): Promise<KnownTurn[]> {
  const response = await fetch(`/v1/turns?conversation=${encodeURIComponent(conversation)}`, {
    signal: signal ?? null,
  }).catch(() => null);
  if (!response?.ok) return [];
  const { data } = (await response.json()) as { data: KnownTurn[] };
  return data;
}

/** Ends a turn in the server; false where it does not run any more, or the server cannot be told. */
export async function stopOnServer(requestId: string): Promise<boolean> {
  const response = await fetch(`/v1/turns/${encodeURIComponent(requestId)}`, { method: "DELETE" }).catch(() => null);
  return response?.ok ?? false;
}

/**
 * Ends whatever runs in a conversation, for a question that was sent and whose id is not known yet. Resolves with the id of
 * the one that began last; `null` where none had.
 */
export async function stopUnseen(conversation: string): Promise<string | null> {
  const running = (await knownTurns(conversation)).filter(({ state }) => state === "running");
  await Promise.all(running.map(({ request_id: id }) => stopOnServer(id)));
  const latest = running.toSorted((one, other) => other.started_at - one.started_at)[0];
  return latest?.request_id ?? null;
}
