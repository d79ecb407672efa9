import { useConnection } from "@/shared/api/live";
import { texts } from "@/shared/i18n/monitor";
import { formatCount, formatDuration } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { formatMilliseconds } from "./values";

const t = texts.connection;

/** Whether what is shown is of now. */
export function ConnectionBadge({ age }: { age: number | null }) {
  const { state, roundTrip, lost } = useConnection();
  if (state === "waiting") return <Badge tone="danger">{t.away}</Badge>;
  if (state !== "open") return <Badge>{t.connecting}</Badge>;
  if (age !== null) return <Badge tone="warning">{t.stale(formatDuration(age))}</Badge>;
  const title = [
    roundTrip !== null && t.openTitle(formatMilliseconds(roundTrip)),
    lost > 0 && t.lost(formatCount(lost)),
  ].filter(Boolean);
  return <Badge tone="accent" title={title.join(". ")}>{t.open}</Badge>;
}
