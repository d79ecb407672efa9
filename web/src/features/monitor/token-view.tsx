import { type CSSProperties, type KeyboardEvent, memo, useId, useState } from "react";
import { texts } from "@/shared/i18n/monitor";
import { formatCount, formatNumber, formatShare } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import type { Token, WatchedAnswer } from "./token-feed";

const t = texts.tokens;

/** An answer token by token, with how likely the model held each. */
export function TokenView({ answer }: { answer: WatchedAnswer }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const { tokens } = answer;
  const known = tokens.map(({ logprob }) => logprob).filter((logprob) => logprob !== null);
  const mean = known.length === 0 ? null : Math.exp(known.reduce((sum, one) => sum + one, 0) / known.length);
  const least = known.length === 0 ? null : Math.exp(Math.min(...known));
  const token = chosen === null ? undefined : tokens[chosen];
  return (
    <div className="grid gap-3 lg:grid-cols-[minmax(0,1fr)_16rem]">
      <div>
        <p className="mb-2 flex flex-wrap items-center gap-2 text-xs text-soft tabular-nums">
          <span className="font-medium text-ink">{answer.model}</span>
          <span>{t.count(formatCount(answer.missed + tokens.length))}</span>
          {mean !== null && <span>{t.mean} {formatShare(mean)}</span>}
          {least !== null && <span>{t.least} {formatShare(least)}</span>}
          {answer.ended && <Badge>{t.ended}</Badge>}
          {answer.missed > 0 && <span>{t.from(formatCount(answer.missed))}</span>}
        </p>
        {known.length === 0 ? (
          <p className="max-h-[28rem] overflow-y-auto text-sm leading-relaxed break-words whitespace-pre-wrap">
            {tokens.map(({ text }) => text).join("")}
          </p>
        ) : (
          <TokenText tokens={tokens} chosen={chosen} onChoose={setChosen} />
        )}
      </div>
      <aside aria-live="polite" className="rounded-lg bg-panel p-3 text-sm">
        {token === undefined ? <p className="text-faint">{known.length === 0 ? t.noLogprobs : t.choose}</p> : <Detail token={token} />}
      </aside>
    </div>
  );
}

interface TokenTextProps {
  tokens: readonly Token[];
  chosen: number | null;
  onChoose: (index: number) => void;
}

/** The text, of which each token can be chosen: by a click, or with the arrow keys. */
function TokenText({ tokens, chosen, onChoose }: TokenTextProps) {
  const id = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(tokens.length - 1, Math.max(0, (chosen ?? -1) + step));
    onChoose(next);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  return (
    <div
      role="listbox"
      tabIndex={0}
      aria-label={t.view}
      aria-activedescendant={chosen === null ? undefined : `${id}-${chosen}`}
      onKeyDown={onKeyDown}
      className="max-h-[28rem] overflow-y-auto rounded p-1 font-mono text-sm leading-7 break-words whitespace-pre-wrap"
    >
      {tokens.map((token, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- tokens are only ever added at the end
        <TokenSpan key={index} id={`${id}-${index}`} token={token} index={index} chosen={index === chosen} onChoose={onChoose} />
      ))}
    </div>
  );
}

interface TokenSpanProps {
  id: string;
  token: Token;
  index: number;
  chosen: boolean;
  onChoose: (index: number) => void;
}

const TokenSpan = memo(function TokenSpan({ id, token, index, chosen, onChoose }: TokenSpanProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the list has the focus and the keys
    <span
      id={id}
      role="option"
      aria-selected={chosen}
      onClick={() => onChoose(index)}
      className="cursor-pointer border-b-2 hover:bg-raised aria-selected:bg-raised aria-selected:outline aria-selected:outline-accent"
      style={underline(token.logprob)}
    >
      {token.text}
    </span>
  );
});

/** From nothing, for what was certain, to the full colour of a warning. */
function underline(logprob: number | null): CSSProperties {
  if (logprob === null) return { borderColor: "transparent" };
  const doubt = Math.round(Math.sqrt(1 - Math.exp(logprob)) * 100);
  return { borderColor: `color-mix(in oklab, var(--warning) ${doubt}%, transparent)` };
}

function Detail({ token }: { token: Token }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 tabular-nums">
      <dt className="col-span-2 font-mono break-all">{JSON.stringify(token.text)}</dt>
      <dt className="text-soft">{t.probability}</dt>
      <dd className="text-right">{token.logprob === null ? "–" : formatShare(Math.exp(token.logprob))}</dd>
      <dt className="text-soft">{t.logprob}</dt>
      <dd className="text-right">{token.logprob === null ? "–" : formatNumber(token.logprob)}</dd>
      {token.top.length > 0 && <dt className="col-span-2 mt-2 text-xs text-faint">{t.instead}</dt>}
      {token.top.map((other, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- in order of likelihood
        <div key={index} className="col-span-2 flex justify-between gap-3">
          <dt className="truncate font-mono">{JSON.stringify(other.text)}</dt>
          <dd>{formatShare(Math.exp(other.logprob))}</dd>
        </div>
      ))}
    </dl>
  );
}
