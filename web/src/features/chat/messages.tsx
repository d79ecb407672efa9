import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { texts as common } from "@/shared/i18n/shared";
import { DownIcon } from "@/shared/ui/icons";
import { titleOf } from "./conversation-id";
import { type StoredMessages, useLedger } from "./queries";
import { StoredMessage } from "./stored-message";
import { TurnView } from "./turn-view";
import { type Turn, isRunning } from "./turns";
import { useStickToEnd } from "./use-stick-to-end";

interface MessagesProps {
  conversation: string;
  stored: StoredMessages | undefined;
  turns: readonly Turn[];
  models: readonly Model[];
  onEarlier: () => void;
  onRetry: (turn: Turn) => void;
}

/** A conversation's text: what the server has kept, and after it what was said in this tab. */
export function Messages({ conversation, stored, turns, models, onEarlier, onRetry }: MessagesProps) {
  const { scroller, content, atEnd, jump } = useStickToEnd(`${conversation} ${turns.length}`);
  const here = new Set(turns.map((turn) => turn.requestId));
  const kept = stored?.messages.filter((message) => !here.has(message.request_id)) ?? [];
  const ledger = useLedger(kept.some((message) => message.role === "assistant"));
  const first = turns[0]?.question.prompt;
  const title = stored?.conversation.title || (first === undefined ? texts.history.untitled : titleOf(first));
  const named = (id: string | null | undefined) => models.find((model) => model.id === id);
  return (
    <div className="relative min-h-0 flex-1">
      <title>{`${title} · ${common.app.name}`}</title>
      <h1 className="sr-only">{title}</h1>
      <div ref={scroller} className="relative h-full overflow-y-auto overscroll-contain">
        <div
          ref={content}
          role="log"
          aria-label={texts.chat.log}
          aria-busy={isRunning(turns.at(-1))}
          className="mx-auto flex max-w-[46rem] flex-col gap-6 px-4 pt-6 pb-10"
        >
          {stored !== undefined && stored.earlier > 0 && (
            <button
              type="button"
              onClick={onEarlier}
              className="self-center rounded-full border border-line px-4 py-1.5 text-sm text-soft hover:bg-raised"
            >
              {texts.chat.earlier}
            </button>
          )}
          {kept.map((message) => (
            <StoredMessage
              key={message.id}
              message={message}
              model={named(message.model)}
              measured={ledger.data?.get(message.request_id)}
            />
          ))}
          {turns.map((turn) => (
            <TurnView key={turn.id} turn={turn} model={named(turn.done?.model)} onRetry={onRetry} />
          ))}
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          onClick={jump}
          className="absolute bottom-2 left-1/2 flex -translate-x-1/2 items-center gap-1.5 rounded-full border border-line bg-field py-1.5 pr-4 pl-3 text-sm shadow-sm hover:bg-raised"
        >
          <DownIcon />
          {texts.chat.latest}
        </button>
      )}
    </div>
  );
}
