import { memo } from "react";
import type { LedgerEntry } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { Markdown } from "@/shared/markdown/markdown";
import { FailureNote } from "@/shared/ui/failure-note";
import { CouncilAnswer } from "../council/council-answer";
import { CouncilAside } from "../council/council-aside";
import { MemoryChips } from "../memory/memory-chips";
import { Approval, needsApproval } from "../composer/approval";
import { RunnableCode } from "../run/code-tools";
import { ToolFiles, ToolRuns } from "../run/tool-runs";
import { isRunning } from "../turns";
import { AnswerFooter } from "./answer-footer";
import type { AnswerItem } from "./thread";
import { useThreadActions } from "./thread-context";

interface AnswerViewProps {
  item: AnswerItem;
  measured: LedgerEntry | undefined;
}

/** What was answered: as Markdown, over the whole column, in whichever state it is. */
export const AnswerView = memo(({ item, measured }: AnswerViewProps) => {
  const { conversation, retry } = useThreadActions();
  const { text, turn } = item;
  const running = isRunning(turn ?? undefined);
  const failure = turn?.failure ?? null;
  return (
    <>
      {(text !== "" || failure === null) && (
        <article aria-busy={running}>
          <h2 className="sr-only">{texts.chat.answer}</h2>
          {turn?.memories && <MemoryChips item={item} memories={turn.memories} />}
          {turn?.vote && <CouncilAnswer vote={turn.vote} running={running && text === ""} />}
          <ToolRuns runs={item.runs} />
          {text !== "" && (
            <RunnableCode conversation={conversation} answer={item.key}>
              <Markdown source={text} streaming={running} />
            </RunnableCode>
          )}
          <ToolFiles runs={item.runs} />
          {text === "" && running && !turn?.vote && <Waiting />}
          {running && turn?.away && <p role="status" className="mt-2 text-sm text-warning">{texts.message.away}</p>}
          {!running && <AnswerFooter item={item} measured={measured} />}
          {!running && <CouncilAside answer={item.key} question={item.question} />}
        </article>
      )}
      {failure !== null && turn !== null && needsApproval(failure) && (
        <Approval failure={failure} turn={turn} onAsk={(change) => retry(item, change)} />
      )}
      {failure !== null && !needsApproval(failure) && <FailureNote failure={failure} onRetry={() => retry(item)} />}
    </>
  );
});
AnswerView.displayName = "AnswerView";

function Waiting() {
  return (
    <p className="flex h-7 items-center gap-1" role="status">
      <span className="sr-only">{texts.chat.thinking}</span>
      {[0, 1, 2].map((dot) => (
        <span key={dot} className="waiting-dot size-1.5 rounded-full bg-accent" />
      ))}
    </p>
  );
}
