import { asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/admin";
import { usePanic } from "./queries/panic";

/** That the server is away, while what it said before is still shown. It goes when the server is back. */
export function StaleNote() {
  // Asked every ten seconds, whatever section is open.
  const { data, error } = usePanic();
  if (error === null || data === undefined || asFailure(error).code !== "unreachable") return null;
  return (
    <p role="status" className="mb-4 rounded-lg border border-warning/40 bg-warning/5 px-4 py-2.5 text-sm text-warning">
      {texts.stale}
    </p>
  );
}
