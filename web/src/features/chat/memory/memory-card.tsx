import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { api, dataOf } from "@/shared/api/client";
import { formatDate, formatNumber } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { useThreadActions } from "../messages/thread-context";
import type { Hit } from "../messages/wire";
import { forgetSoon } from "./forget";
import { pin } from "./pins";

interface MemoryCardProps {
  memory: Hit;
  pinned: boolean;
  /** More that can be done about it. */
  children?: ReactNode;
}

/** A memory whole: what it says, where it is from, how well it fits, and what can be done about it. */
export function MemoryCard({ memory, pinned, children }: MemoryCardProps) {
  const { id, text, kind, trust, timestamp, score } = memory;
  const words = (names: Readonly<Record<string, string>>, name: string) => (Object.hasOwn(names, name) ? names[name] : name);
  return (
    <div className="space-y-2 text-sm">
      <p className="max-h-48 overflow-y-auto leading-relaxed break-words whitespace-pre-wrap">{text}</p>
      <p className="flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-faint tabular-nums">
        <span>
          {words(texts.recall.kinds, kind)} {kind === "turn" && words(texts.recall.by, trust)} <Source memory={memory} />
        </span>
        <span>{formatDate(timestamp)}</span>
        <span title={texts.recall.fitTitle}>{texts.recall.fit(formatNumber(score))}</span>
        {pinned && <span>{texts.recall.pinned}</span>}
      </p>
      <div className="-ml-2 flex flex-wrap gap-1">
        <Button size="small" kind="quiet" onClick={() => void pin(id, !pinned)}>
          {pinned ? texts.recall.unpin : texts.recall.pin}
        </Button>
        <Button size="small" kind="quiet" onClick={() => forgetSoon(id)}>{texts.recall.forget}</Button>
        {children}
      </div>
    </div>
  );
}

/** The document, or the conversation in which it was said. */
function Source({ memory: { session, source, citation } }: { memory: Hit }) {
  const { conversation } = useThreadActions();
  const elsewhere = session != null && session !== conversation && source == null;
  const { data } = useQuery({
    queryKey: ["conversation", session],
    queryFn: ({ signal }) =>
      dataOf(api.GET("/v1/conversations/{id}", { params: { path: { id: session ?? "" } }, signal })),
    enabled: elsewhere,
    staleTime: 60_000,
  });
  if (source != null) return citation ?? source;
  if (session == null) return null;
  if (!elsewhere) return texts.recall.here;
  // One that is gone, or that another program spoke in, has no page.
  if (data === undefined) return texts.recall.otherConversation;
  return (
    <Link href={`/chat/${encodeURIComponent(session)}`} className="text-accent underline underline-offset-2">
      {data.title ? texts.recall.inConversation(data.title) : texts.recall.otherConversation}
    </Link>
  );
}
