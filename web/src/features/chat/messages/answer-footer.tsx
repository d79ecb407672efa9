import type { LedgerEntry } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { Mark, WhyIcon } from "@/shared/ui/icons";
import { askAside } from "../council/asides";
import { RememberedNote } from "../memory/remembered-note";
import { openReceipt } from "../receipt/open-receipt";
import { RateButtons } from "../receipt/rate-buttons";
import { AgainMenu } from "./again-menu";
import { CopyMenu } from "./copy-menu";
import { RouteBadge } from "./route-badge";
import type { AnswerItem } from "./thread";
import { useThreadActions } from "./thread-context";
import { Versions } from "./versions";

/** The line under an answer: what can be done with it, who gave it, and what it took. */
export function AnswerFooter({ item, measured }: { item: AnswerItem; measured: LedgerEntry | undefined }) {
  const { models } = useThreadActions();
  const { requestId, ids, turn, text } = item;
  const stopped = turn?.status === "stopped" || item.finish === "stopped" || measured?.outcome === "cancelled";
  const { remembered = [], memory_problems: problems = [] } = turn?.done ?? {};
  const answered = item.model !== null;
  const council = models.some(({ id }) => id === "council/vote");
  return (
    <footer className="mt-2 flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1 text-xs leading-4 text-faint tabular-nums">
      <span className="-ml-1.5 flex items-center">
        <Versions item={item} />
        {text !== "" && <CopyMenu markdown={text} />}
        {ids.length > 0 && <AgainMenu item={item} />}
        {item.question !== null && council && (
          <button
            type="button"
            aria-label={texts.vote.ask}
            title={texts.vote.ask}
            onClick={() => void askAside(item.key, item.question ?? "")}
            className="action [&_svg]:fill-current"
          >
            <Mark />
          </button>
        )}
        {requestId !== null && answered && <RateButtons requestId={requestId} />}
        {requestId !== null && answered && (
          <button type="button" title={texts.receipt.open} onClick={() => openReceipt(item)} className="action gap-1 px-1.5">
            <WhyIcon />
            <span className="max-sm:sr-only">{texts.receipt.open}</span>
          </button>
        )}
      </span>
      {stopped && <span>{text === "" ? `${texts.chat.stopped}. ${texts.chat.noAnswer}` : texts.chat.stopped}</span>}
      {item.finish === "length" && <span className="text-warning">{texts.message.cut}</span>}
      {item.finish === "failed" && turn === null && <span className="text-danger">{texts.message.failedHalf}</span>}
      {answered && !stopped && text === "" && <span>{texts.chat.emptyAnswer}</span>}
      <RouteBadge item={item} model={models.find(({ id }) => id === item.model)} measured={measured} />
      {remembered.length > 0 && <RememberedNote ids={remembered} />}
      {problems.length > 0 && <span className="text-warning">{texts.recall.problems(problems.join("; "))}</span>}
    </footer>
  );
}
