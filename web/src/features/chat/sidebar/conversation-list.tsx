import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { texts } from "@/shared/i18n/chat";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { ConversationRow } from "./conversation-row";
import { useDoomed } from "./deletion";
import { type Part, type Shelf, useConversations } from "./queries";
import { rowsOf } from "./rows";

interface ConversationListProps {
  /** The open conversation. */
  current: string | null;
  /** Which ones. */
  shelf: Shelf;
  /** Called when one was chosen. */
  onChoose?: (() => void) | undefined;
}

const pinnedOnes: Part = { pinned: true };
const theOthers: Part = { pinned: false };

/** The conversations, of which only those in view are on the page: there may be ten thousand. */
export function ConversationList({ current, shelf, onChoose }: ConversationListProps) {
  const pinned = useConversations(pinnedOnes);
  const others = useConversations(shelf ?? theOthers);
  const doomed = useDoomed((state) => state.ids);
  const scroller = useRef<HTMLElement>(null);
  const handle = useRef<VirtualizerHandle>(null);
  const rows = useMemo(() => {
    const kept = (pages: typeof others) =>
      (pages.data?.pages ?? []).flatMap(({ data }) => data).filter(({ id }) => !doomed.has(id));
    return rowsOf(shelf === null ? kept(pinned) : [], kept(others), new Date());
    // oxlint-disable-next-line react/exhaustive-deps -- the queries are new objects each time; their data is not
  }, [pinned.data, others.data, doomed, shelf]);

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = others;
  const fetchNear = () => {
    const list = handle.current;
    if (list === null || !hasNextPage || isFetchingNextPage) return;
    const last = list.findItemIndex(list.scrollOffset + list.viewportSize);
    if (last >= rows.length - 40) void fetchNextPage();
  };
  // One page may be less than what fits.
  // oxlint-disable-next-line react/exhaustive-deps -- whenever there are other rows, and not when the function is another
  useEffect(fetchNear, [rows.length, hasNextPage, isFetchingNextPage]);

  if (others.isPending || pinned.isPending) {
    return (
      <div className="flex-1 px-5">
        <LoadingState label={texts.history.loading} />
      </div>
    );
  }
  const error = others.error ?? pinned.error;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys are those of the links in it
    <nav
      ref={scroller}
      aria-label={texts.history.label}
      onKeyDown={moveByArrows}
      className="relative min-h-0 flex-1 overflow-y-auto px-2 pb-4 [overflow-anchor:none]"
    >
      {error === null && rows.length === 0 && (
        <p className="px-3 py-2 text-sm text-faint">
          {emptyText(shelf)}
        </p>
      )}
      <Virtualizer ref={handle} scrollRef={scroller} data={rows} as="ul" item="li" itemSize={36} onScroll={fetchNear}>
        {(row) =>
          row.kind === "heading" ? (
            <h2 key={`heading ${row.text}`} className="px-3 pt-4 pb-1 text-xs font-medium text-faint">{row.text}</h2>
          ) : (
            <ConversationRow
              key={row.conversation.id}
              conversation={row.conversation}
              open={row.conversation.id === current}
              onChoose={onChoose}
            />
          )
        }
      </Virtualizer>
      {error !== null && (
        <div className="p-2">
          <ErrorState error={error} onRetry={() => void (others.error ? others.refetch() : pinned.refetch())} />
        </div>
      )}
      {isFetchingNextPage && <p role="status" className="px-3 py-2 text-xs text-faint">{texts.history.loading}</p>}
    </nav>
  );
}

function emptyText(shelf: Shelf): string {
  if (shelf === null) return texts.history.empty;
  return "archived" in shelf ? texts.history.emptyArchive : texts.history.emptyFolder;
}

/** Up and down go from one conversation to the next; those out of view are put on the page as it scrolls. */
function moveByArrows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const from = document.activeElement;
  if (step === undefined || !from?.matches("a[data-conversation]")) return;
  event.preventDefault();
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("a[data-conversation]")];
  links[links.indexOf(from as HTMLElement) + step]?.focus();
}
