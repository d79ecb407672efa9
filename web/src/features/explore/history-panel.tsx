import { Link, useLocation } from "wouter";
import { texts } from "@/shared/i18n/explore";
import { formatDate } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Panel } from "@/shared/ui/panel";
import { undoable } from "@/shared/ui/toasts";
import { milliseconds } from "./answer-panel";
import type { ApiDocument, Operation } from "./document";
import { useDrafts } from "./drafts";
import { type Sent, useHistory } from "./history";
import { Method } from "./method";

interface HistoryPanelProps {
  document: ApiDocument;
  /** Only what was sent to this one. */
  operation?: Operation;
}

/** What was sent from this browser: to look at again, and to send again. */
export function HistoryPanel({ document, operation }: HistoryPanelProps) {
  const all = useHistory((state) => state.sent);
  const clear = useHistory((state) => state.clear);
  const restore = useHistory((state) => state.restore);
  const sent = all.filter((entry) =>
    operation === undefined ? document.operations.some(({ id }) => id === entry.operation) : entry.operation === operation.id,
  );
  const onClear = () => {
    clear(sent);
    undoable(texts.history.cleared, () => restore(all));
  };
  return (
    <Panel
      title={texts.history.title}
      about={texts.history.about}
      actions={sent.length > 0 && <Button size="small" onClick={onClear}>{texts.history.clear}</Button>}
    >
      {sent.length === 0 && <p className="text-sm text-faint">{texts.history.none}</p>}
      <ul className="grid max-h-80 overflow-y-auto">
        {sent.map((entry) => <Entry key={entry.id} entry={entry} />)}
      </ul>
    </Panel>
  );
}

function Entry({ entry }: { entry: Sent }) {
  const [, navigate] = useLocation();
  const replace = useDrafts((state) => state.replace);
  const { operation, method, url, status, totalMs, at, draft } = entry;
  const address = `/explore/${encodeURIComponent(operation)}`;
  return (
    <li className="flex flex-wrap items-baseline gap-x-2 gap-y-1 border-t border-line py-1.5 text-xs first:border-t-0">
      <Method method={method} />
      <Link
        href={address}
        onClick={() => replace(operation, draft)}
        title={texts.history.open}
        className="min-w-0 flex-1 basis-40 truncate font-mono hover:underline"
      >
        {url}
      </Link>
      <span className={`tabular-nums ${status !== null && status < 400 ? "text-soft" : "text-danger"}`}>
        {status ?? texts.history.failed}
      </span>
      <span className="w-16 text-right text-soft tabular-nums">{totalMs !== null && milliseconds(totalMs)}</span>
      <span className="text-faint">{formatDate(at)}</span>
      <Button
        size="small"
        onClick={() => {
          replace(operation, draft, true);
          navigate(address);
        }}
      >
        {texts.history.replay}
      </Button>
    </li>
  );
}
