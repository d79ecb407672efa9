import { Link } from "wouter";
import { asFailure } from "@/shared/api/failure";
import type { Conversation } from "@/shared/api/types";
import { formatAge } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { FailureNote } from "@/shared/ui/failure-note";
import { useConversations } from "./queries";

interface HistoryProps {
  /** The open conversation. */
  current: string | null;
  /** Called when one was chosen. */
  onChoose?: () => void;
}

/** The conversations, the last used first, under headings that say how long ago. */
export function History({ current, onChoose }: HistoryProps) {
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useConversations();
  if (isPending) return <Skeleton />;
  const conversations = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <nav aria-label={texts.history.label} className="relative min-h-0 flex-1 overflow-y-auto px-2 pb-4">
      {error !== null && (
        <div className="p-2">
          <FailureNote failure={asFailure(error)} onRetry={() => void refetch()} />
        </div>
      )}
      {error === null && conversations.length === 0 && (
        <p className="px-3 py-2 text-sm text-faint">{texts.history.empty}</p>
      )}
      {byAge(conversations).map(([age, group]) => (
        <section key={age} className="mt-4 first:mt-0">
          <h2 className="px-3 pb-1 text-xs font-medium text-faint">{age}</h2>
          <ul>
            {group.map((conversation) => (
              <li key={conversation.id}>
                <Link
                  href={`/chat/${encodeURIComponent(conversation.id)}`}
                  onClick={onChoose}
                  aria-current={conversation.id === current ? "page" : undefined}
                  className="block truncate rounded-lg px-3 py-2 text-sm text-soft hover:bg-raised hover:text-ink aria-[current]:bg-raised aria-[current]:text-ink"
                >
                  {conversation.title || texts.history.untitled}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {hasNextPage && (
        <button
          type="button"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
          className="mt-2 w-full rounded-lg px-3 py-2 text-left text-sm text-faint hover:bg-raised"
        >
          {texts.history.more}
        </button>
      )}
    </nav>
  );
}

function byAge(conversations: readonly Conversation[]): [string, Conversation[]][] {
  const now = new Date();
  const groups = new Map<string, Conversation[]>();
  // Two pages can overlap when a conversation moved up between them.
  const unique = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  for (const conversation of unique.values()) {
    const age = formatAge(conversation.updated_at, now);
    groups.set(age, [...(groups.get(age) ?? []), conversation]);
  }
  return [...groups];
}

function Skeleton() {
  return (
    <div role="status" aria-label={texts.history.loading} className="space-y-2 px-5 pt-2">
      {["w-4/5", "w-3/5", "w-2/3"].map((width) => (
        <div key={width} className={`h-4 rounded bg-raised ${width}`} />
      ))}
    </div>
  );
}
