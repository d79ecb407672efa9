import { useState } from "react";
import { texts } from "@/shared/i18n/monitor";
import { formatCount, formatNumber } from "@/shared/lib/format";
import { Panel } from "@/shared/ui/panel";
import { EmptyState } from "@/shared/ui/states";
import { Switch } from "@/shared/ui/switch";
import { useTokenFeed, useTokens } from "./token-feed";
import { TokenView } from "./token-view";
import { formatValue } from "./values";

const t = texts.tokens;

/** The answers that run, and how sure the model was of each of their tokens. */
export function TokensSection() {
  const [watching, setWatching] = useState(true);
  useTokens(watching);
  const { running, watched } = useTokenFeed();
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = watched.find(({ key }) => key === chosen) ?? watched[0];
  return (
    <div className="grid gap-3">
      <Panel title={t.running}>
        {running.length === 0 && <EmptyState title={t.none}>{t.noneHint}</EmptyState>}
        <ul className="grid gap-2">
          {running.map((answer) => (
            <li key={`${answer.request_id} ${answer.started_at}`} className="flex flex-wrap justify-between gap-x-4 text-sm tabular-nums">
              <span><span className="font-medium">{answer.model || answer.route}</span> <span className="text-faint">{answer.route}</span></span>
              <span className="text-soft">
                {t.count(formatCount(answer.tokens))}
                {answer.tokens_per_s !== null && ` · ${t.speed(formatNumber(answer.tokens_per_s))}`}
                {answer.first_token_ms !== null && ` · ${texts.components.names["first_token"]} ${formatValue(answer.first_token_ms, "ms")}`}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel
        title={t.view}
        about={watching ? t.viewAbout : t.watchAbout}
        actions={<Switch label={t.watch} checked={watching} onChange={setWatching} />}
      >
        {watched.length > 1 && (
          <div role="group" aria-label={t.view} className="mb-3 flex gap-1 overflow-x-auto">
            {watched.map((answer) => (
              <button
                key={answer.key}
                type="button"
                aria-pressed={answer === shown}
                onClick={() => setChosen(answer.key)}
                className="max-w-48 shrink-0 truncate rounded-md border border-line px-2 py-1 text-xs text-soft hover:bg-raised aria-pressed:border-accent aria-pressed:text-ink"
              >
                {answer.tokens.slice(0, 6).map(({ text }) => text).join("").trim() || answer.model}
              </button>
            ))}
          </div>
        )}
        {shown === undefined ? <EmptyState title={t.nothing}>{t.watchAbout}</EmptyState> : <TokenView key={shown.key} answer={shown} />}
      </Panel>
    </div>
  );
}
