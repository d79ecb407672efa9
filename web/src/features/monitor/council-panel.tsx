import { useMemo } from "react";
import { texts } from "@/shared/i18n/monitor";
import { formatCount, formatShare } from "@/shared/lib/format";
import { Meter } from "@/shared/ui/meter";
import { Panel } from "@/shared/ui/panel";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { byLabel, meanOf, parseCounters } from "./prometheus";
import { useCounters } from "./queries";
import { formatMilliseconds } from "./values";

const t = texts.quality;

/** How votes ended since the server started. */
export function CouncilPanel() {
  const { data, error, refetch } = useCounters();
  const counted = useMemo(() => (data === undefined ? undefined : parseCounters(data, "council_vote")), [data]);
  const votes = byLabel(counted ?? [], "council_votes_total", "outcome");
  const agreement = meanOf(counted ?? [], "council_vote_agreement");
  const seconds = meanOf(counted ?? [], "council_vote_seconds");
  return (
    <Panel title={t.council} about={t.councilAbout}>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {error === null && counted === undefined && <LoadingState />}
      {counted !== undefined && votes.length === 0 && <EmptyState title={t.noVotes}>{t.noVotesHint}</EmptyState>}
      {votes.length > 0 && (
        <div className="grid gap-5 md:grid-cols-3">
          <div>
            <Shares title={t.votes} counts={votes} />
            <dl className="mt-3 grid grid-cols-[1fr_auto] gap-1 text-sm tabular-nums">
              <dt className="text-soft">{t.agreement}</dt>
              <dd>{agreement === null ? "–" : formatShare(agreement)}</dd>
              <dt className="text-soft">{t.time}</dt>
              <dd>{seconds === null ? "–" : formatMilliseconds(seconds * 1_000)}</dd>
            </dl>
          </div>
          <Shares title={t.voices} counts={byLabel(counted ?? [], "council_vote_voices_total", "outcome")} />
          <Shares title={t.checks} counts={byLabel(counted ?? [], "council_vote_checks_total", "result")} />
        </div>
      )}
    </Panel>
  );
}

function Shares({ title, counts }: { title: string; counts: [string, number][] }) {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return (
    <div>
      <h3 className="mb-2 text-xs font-medium text-faint">{title}</h3>
      <ul className="grid gap-2 text-sm">
        {counts.map(([name, count]) => {
          const label = t.outcomes[name] ?? name;
          return (
            <li key={name}>
              <p className="mb-1 flex justify-between gap-2 tabular-nums">
                <span>{label}</span>
                <span className="text-soft">{formatCount(count)}</span>
              </p>
              <Meter label={label} share={count / total} said={formatShare(count / total)} />
            </li>
          );
        })}
        {counts.length === 0 && <li className="text-faint">–</li>}
      </ul>
    </div>
  );
}
