import { useState } from "react";
import { formatBytes, formatDuration } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { TextArea } from "@/shared/ui/field";
import { PencilIcon, PlayIcon, StopIcon } from "@/shared/ui/icons";
import type { SandboxStatus } from "../messages/wire";
import { RunOutput } from "./run-output";
import { end, start, useRuns } from "./runs";
import { useSandbox } from "./use-sandbox";

interface RunBarProps {
  block: string;
  code: string;
  language: string;
  session: string;
}

/** Below a program: what it may use, a button that runs it, and what it does. */
export default function RunBar({ block, code, language, session }: RunBarProps) {
  const { data: sandbox } = useSandbox();
  const run = useRuns(({ runs }) => runs[block]);
  /** The changed program; `null` while it is as the answer has it. */
  const [changed, setChanged] = useState<string | null>(null);
  const running = run?.running ?? false;
  const program = changed ?? code;
  const go = () => void start(block, { language, code: program, session });
  return (
    <div className="border-t border-line">
      {changed !== null && (
        <TextArea
          aria-label={texts.run.editLabel}
          value={changed}
          spellCheck={false}
          autoCapitalize="off"
          rows={Math.min(24, changed.split("\n").length + 1)}
          onChange={(event) => setChanged(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !running) go();
          }}
          className="rounded-none border-x-0 border-t-0 font-mono text-[0.8438rem]"
        />
      )}
      <div className="flex min-h-11 flex-wrap items-center gap-x-2 gap-y-1 px-2.5 py-1.5">
        {running ? (
          <Button size="small" onClick={() => void end(block, session)}>
            <StopIcon />
            {texts.run.stop}
          </Button>
        ) : (
          <Button size="small" disabled={!canRun(sandbox, language)} onClick={go}>
            <PlayIcon />
            {run === undefined ? texts.run.run : texts.run.again}
          </Button>
        )}
        <Button size="small" kind="quiet" disabled={running} onClick={() => setChanged(changed === null ? code : null)}>
          <PencilIcon />
          {changed === null ? texts.run.edit : texts.run.original}
        </Button>
        <span className="min-w-0 text-xs text-faint">{sandbox && said(sandbox, language)}</span>
      </div>
      {run && <RunOutput run={run} />}
    </div>
  );
}

function canRun(sandbox: SandboxStatus | undefined, language: string): boolean {
  const known = sandbox?.languages.find((one) => one.language === language);
  return sandbox?.available === true && known?.available === true;
}

/** What a run may use, or why there is none. */
function said(sandbox: SandboxStatus, language: string): string {
  if (!sandbox.available) return texts.run.unavailable;
  const known = sandbox.languages.find((one) => one.language === language);
  if (known?.available !== true) return texts.run.noLanguage(known?.reason ?? language);
  const { wall_ms: wall, memory_bytes: memory } = sandbox.limits.default;
  return texts.run.limits(sandbox.tier ?? "", formatDuration(wall), formatBytes(memory));
}
