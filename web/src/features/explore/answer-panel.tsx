import { useState } from "react";
import { texts } from "@/shared/i18n/explore";
import { formatBytes, formatCount, formatDuration, formatNumber } from "@/shared/lib/format";
import { CopyButton } from "@/shared/ui/copy-button";
import { Panel } from "@/shared/ui/panel";
import { EmptyState, ErrorState } from "@/shared/ui/states";
import { Tabs } from "@/shared/ui/tabs";
import { AnswerBody } from "./answer-body";
import { EventList } from "./event-list";
import type { Answer } from "./send";
import type { Exchange } from "./use-exchange";

/** What came back: numbers first, then the body as it is. */
export function AnswerPanel({ exchange: { answer, failure, state } }: { exchange: Exchange }) {
  const [view, setView] = useState<"body" | "events" | "headers">("body");
  const eventCount = answer?.eventCount ?? 0;
  const streamed = eventCount > 0;
  const tabs = [
    { id: "body", name: streamed ? texts.answer.text : texts.answer.body },
    ...(streamed ? [{ id: "events", name: `${texts.answer.events} ${formatCount(eventCount)}` } as const] : []),
    { id: "headers", name: texts.answer.headers },
  ] as const;
  const current = tabs.some(({ id }) => id === view) ? view : "body";
  return (
    <Panel
      title={texts.answer.title}
      actions={answer && answer.text !== "" && <CopyButton text={() => answer.text} label={texts.answer.copy} />}
    >
      {state === "idle" && <EmptyState title={texts.answer.none}>{texts.answer.noneWhat}</EmptyState>}
      {state === "running" && answer === null && <p role="status" className="text-sm text-faint">{texts.answer.waiting}</p>}
      {failure && <ErrorState error={failure} />}
      {answer && (
        <div className="grid gap-3">
          <Numbers answer={answer} state={state} />
          <div>
            <Tabs label={texts.answer.views} tabs={tabs} current={current} onChange={setView}>
              {current === "body" && <AnswerBody answer={answer} />}
              {current === "events" && <EventList {...answer} />}
              {current === "headers" && <Headers headers={answer.headers} />}
            </Tabs>
          </div>
        </div>
      )}
    </Panel>
  );
}

function Numbers({ answer, state }: { answer: Answer; state: Exchange["state"] }) {
  const { status, firstByteMs, firstEventMs, totalMs, bytes } = answer;
  const rest = state === "stopped" ? texts.answer.stopped : texts.answer.running;
  const numbers: [string, string][] = [
    [texts.answer.firstByte, milliseconds(firstByteMs)],
    ...(firstEventMs === null ? [] : [[texts.answer.firstEvent, milliseconds(firstEventMs)] as [string, string]]),
    [texts.answer.total, totalMs === null ? rest : milliseconds(totalMs)],
    [texts.answer.size, formatBytes(bytes)],
  ];
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-2 text-sm tabular-nums">
      <div>
        <dt className="text-xs text-faint">{texts.answer.status}</dt>
        <dd className={`font-semibold ${status < 400 ? "text-accent" : "text-danger"}`}>
          <span role="status">{status}</span>
        </dd>
      </div>
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt className="text-xs text-faint">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Short times to three digits: here a tenth of a millisecond matters. */
export function milliseconds(ms: number): string {
  return ms < 100 ? `${formatNumber(ms)} ms` : formatDuration(ms);
}

function Headers({ headers }: { headers: Answer["headers"] }) {
  return (
    <dl className="grid gap-x-4 gap-y-1 font-mono text-xs sm:grid-cols-[max-content_minmax(0,1fr)]">
      {headers.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-faint">{name}</dt>
          <dd className="break-all">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
