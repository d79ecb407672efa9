import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { texts } from "@/shared/i18n/explore";
import { Badge } from "@/shared/ui/badge";
import { AnswerPanel } from "./answer-panel";
import { Confirm } from "./confirm";
import { isDangerous } from "./danger";
import type { ApiDocument, Operation } from "./document";
import { useDrafts } from "./drafts";
import { firstDraft } from "./examples";
import { HistoryPanel } from "./history-panel";
import { useHistory } from "./history";
import { Method } from "./method";
import { missingInPath, problemsOfDraft } from "./problems";
import { Prose } from "./prose";
import { requestOf } from "./request";
import { RequestPanel } from "./request-panel";
import { RunsPanel } from "./runs-panel";
import { SnippetsPanel } from "./snippets-panel";
import { useExchange } from "./use-exchange";
import { useRuns } from "./use-runs";

const noFiles = {};

/** One route: what it takes on one side, what came of it on the other. */
export function RouteView({ operation, document }: { operation: Operation; document: ApiDocument }) {
  const { schemas } = document;
  const fresh = useMemo(() => firstDraft(operation, schemas), [operation, schemas]);
  const draft = useDrafts((state) => state.drafts[operation.id]) ?? fresh;
  const files = useDrafts((state) => state.files[operation.id]) ?? noFiles;
  const toSend = useDrafts((state) => state.toSend);
  const taken = useDrafts((state) => state.taken);
  const add = useHistory((state) => state.add);
  const request = useMemo(() => requestOf(operation, draft, files), [operation, draft, files]);
  const exchange = useExchange(({ method, url }, answer) =>
    add({
      at: Date.now() / 1000,
      operation: operation.id,
      method,
      url,
      draft,
      status: answer?.status ?? null,
      totalMs: answer?.totalMs ?? null,
      bytes: answer?.bytes ?? 0,
    }),
  );
  const runs = useRuns();
  // How often it is to be sent once it has been confirmed.
  const [asked, setAsked] = useState<number | null>(null);
  const again = toSend === operation.id;
  const dangerous = isDangerous(operation);
  const blocked = missingInPath(operation, draft);
  const results = useRef<HTMLDivElement>(null);
  const start = () => {
    // On a small screen the answer is below what was sent.
    results.current?.scrollIntoView({ block: "nearest" });
    void exchange.start(request);
  };
  const go = (count: number) => void (count === 0 ? start() : runs.start(request, count));
  const want = (count: number) => {
    if (blocked.length > 0 || operation.socket) return;
    if (dangerous) setAsked(count);
    else go(count);
  };
  const close = () => {
    setAsked(null);
    taken();
  };
  useShortcut(() => want(0));
  const sendAgain = useEffectEvent(() => {
    taken();
    start();
  });
  useEffect(() => {
    if (again && !dangerous) sendAgain();
  }, [again, dangerous]);
  // What the server said of a field holds until something is changed.
  const refusal = exchange.request === request && exchange.state === "done" ? exchange.answer : null;
  const problems = useMemo(() => problemsOfDraft(operation, draft, schemas, refusal), [operation, draft, schemas, refusal]);
  return (
    <div className="grid gap-5">
      <header className="grid gap-1.5">
        <Link href="/explore" className="text-xs text-accent underline underline-offset-4 md:hidden">{texts.allRoutes}</Link>
        <h2 className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
          <Method method={operation.method} />
          <span className="min-w-0 font-mono text-[0.9375rem] font-semibold break-all">{operation.path}</span>
          {dangerous && <Badge tone="warning">{texts.asks}</Badge>}
        </h2>
        <p className="text-sm font-medium"><Prose text={operation.summary} /></p>
        {operation.description && <p className="max-w-[46rem] text-sm leading-relaxed whitespace-pre-line text-soft"><Prose text={operation.description} /></p>}
        {operation.socket && <p className="text-sm text-warning">{texts.socket}</p>}
      </header>
      <div className="grid items-start gap-5 min-[72rem]:grid-cols-2">
        <RequestPanel
          operation={operation}
          schemas={schemas}
          draft={draft}
          files={files}
          problems={problems}
          blocked={blocked}
          running={exchange.state === "running"}
          onSend={() => want(0)}
          onStop={exchange.stop}
        />
        <div className="grid min-w-0 gap-5">
          <div ref={results}>
            <AnswerPanel exchange={exchange} />
          </div>
          <RunsPanel series={runs} disabled={blocked.length > 0} onRun={want} onStop={runs.stop} />
          <SnippetsPanel request={request} />
          <HistoryPanel document={document} operation={operation} />
        </div>
      </div>
      <Confirm
        request={request}
        count={asked ?? (again && dangerous ? 0 : null)}
        onClose={close}
        onConfirm={() => {
          close();
          go(asked ?? 0);
        }}
      />
    </div>
  );
}

/** Ctrl or Cmd with Enter sends, wherever the focus is. */
function useShortcut(run: () => void) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const inDialog = event.target instanceof Element && event.target.closest("dialog") !== null;
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || inDialog) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
