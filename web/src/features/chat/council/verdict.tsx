import { formatShare } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { Markdown } from "@/shared/markdown/markdown";
import { Badge } from "@/shared/ui/badge";
import type { VoteAnswer } from "../messages/wire";

interface VerdictProps {
  verdict: VoteAnswer;
  /** The chair's model; `null` where a reply stands as it was given. */
  chair: string | null;
  /** Whether its words are told here, and not already as the answer. */
  withText: boolean;
}

/** What the council came to, how, and what did not win. */
export function Verdict({ verdict, chair, withText }: VerdictProps) {
  const { voting_stats: stats, dissent } = verdict;
  const how = [
    Object.hasOwn(texts.vote.methods, stats.method) ? texts.vote.methods[stats.method] : stats.method,
    stats.agreement == null ? null : texts.vote.agreement(formatShare(stats.agreement)),
    chair === null ? null : texts.vote.written(chair),
  ].filter((part) => part !== null);
  return (
    <div className="space-y-3 text-sm">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-semibold">{texts.vote.verdict}</span>
        {verdict.verified && <Badge tone="accent">{texts.vote.checked}</Badge>}
        <span className="text-xs text-faint">{how.join(" · ")}</span>
      </p>
      {withText && <Markdown source={verdict.text} />}
      {verdict.council_consensus !== "" && <p className="text-soft">{verdict.council_consensus}</p>}
      {stats.notes.length > 0 && (
        <ul className="text-xs text-faint">{stats.notes.map((note) => <li key={note}>{note}</li>)}</ul>
      )}
      {dissent.length > 0 && (
        <div>
          <p className="font-medium">{texts.vote.dissent}</p>
          <ul className="mt-1 space-y-1">
            {dissent.map((one) => (
              <li key={one.voices.join()}>
                <details>
                  <summary className="cursor-pointer text-soft">
                    {one.answer && <strong className="mr-2 font-medium text-ink">{one.answer}</strong>}
                    {texts.vote.dissentOf(one.voices.join(", "), formatShare(one.share))}
                    {one.refuted && <span className="ml-2 text-danger">{texts.vote.refuted}</span>}
                  </summary>
                  <div className="mt-1 border-l-2 border-line pl-3"><Markdown source={one.reply} /></div>
                </details>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
