const tones: Record<string, string> = { GET: "text-soft", DELETE: "text-danger", PUT: "text-warning", PATCH: "text-warning" };

/** What a request does, in its own word; lists line up behind it. */
export function Method({ method }: { method: string }) {
  return <span className={`w-12 shrink-0 font-mono text-[0.6875rem] font-semibold ${tones[method] ?? "text-accent"}`}>{method}</span>;
}
