import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "wouter";
import { texts } from "@/shared/i18n/chat";
import { formatCount, formatDay } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import type { Hit, Hits } from "../chat-api";
import { useDoomed } from "./deletion";
import { marksIn, piecesOf } from "./search";

interface SearchResultsProps {
  query: string;
  search: UseQueryResult<Hits>;
  onChoose?: (() => void) | undefined;
}

/** What was found, where, and with what was searched for marked. */
export function SearchResults({ query, search, onChoose }: SearchResultsProps) {
  const doomed = useDoomed((state) => state.ids);
  const { data, error, isPlaceholderData, refetch } = search;
  const hits = data?.data.filter(({ conversation }) => !doomed.has(conversation.id));
  return (
    <section aria-label={texts.search.label} className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {error === null && hits === undefined && (
        <div className="px-3"><LoadingState label={texts.search.loading} /></div>
      )}
      {error === null && hits?.length === 0 && !isPlaceholderData && (
        <EmptyState title={texts.search.nothing(query)}>{texts.search.advice}</EmptyState>
      )}
      {error === null && hits !== undefined && hits.length > 0 && (
        <>
          <p role="status" className="px-3 pb-1 text-xs text-faint">{texts.search.found(formatCount(hits.length))}</p>
          <ul className={isPlaceholderData ? "opacity-60" : ""}>
            {hits.map((hit) => (
              <li key={`${hit.conversation.id} ${hit.message_id}`}>
                <HitLink hit={hit} query={query} onChoose={onChoose} />
              </li>
            ))}
          </ul>
        </>
      )}
      {data?.problems?.map((problem) => <p key={problem} className="px-3 py-2 text-xs text-faint">{problem}</p>)}
    </section>
  );
}

interface HitLinkProps {
  hit: Hit;
  query: string;
  onChoose?: (() => void) | undefined;
}

function HitLink({ hit, query, onChoose }: HitLinkProps) {
  const { conversation, message_id: message, snippet, marks, by, created_at: at } = hit;
  const place = message == null ? "" : `#${message}`;
  const said = texts.search.by[by] ?? "";
  return (
    <Link
      href={`/chat/${encodeURIComponent(conversation.id)}${place}`}
      onClick={onChoose}
      data-hit=""
      className="grid gap-0.5 rounded-lg px-3 py-2 text-sm hover:bg-raised"
    >
      <span className="truncate font-medium text-ink">
        {conversation.title === "" ? (
          texts.history.untitled
        ) : (
          <Marked snippet={conversation.title} marks={marksIn(conversation.title, query)} />
        )}
      </span>
      {snippet !== "" && (
        <span className="line-clamp-2 text-xs leading-relaxed text-soft">
          <Marked snippet={snippet} marks={marks} />
        </span>
      )}
      <span className="flex items-center gap-2 text-xs text-faint">
        {formatDay(at ?? conversation.updated_at)}
        {said !== "" && <Badge>{said}</Badge>}
      </span>
    </Link>
  );
}

function Marked({ snippet, marks }: Pick<Hit, "snippet" | "marks">) {
  return piecesOf(snippet, marks).map(({ text, marked }, index) =>
    // oxlint-disable-next-line react/no-array-index-key -- pieces of one text, which change only together
    marked ? <mark key={index} className="bg-accent/20 text-ink">{text}</mark> : text,
  );
}
