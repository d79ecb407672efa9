import { formatDuration } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { Highlighted } from "@/shared/markdown/highlighted";
import type { ToolRun } from "../messages/wire";
import { type Artifact, Artifacts } from "./artifacts";

/** What the answer did on its way, folded: it is seldom what the person asked for. */
export function ToolRuns({ runs }: { runs: readonly ToolRun[] }) {
  if (runs.length === 0) return null;
  const now = runs.findLast(({ status }) => status === "running");
  return (
    <details className="mb-3 rounded-lg border border-line bg-panel text-sm">
      <summary className="cursor-pointer px-3 py-1.5 text-xs text-soft">
        {texts.run.tools(runs.length)}
        {now && ` · ${nameOf(now)}, ${texts.run.toolRunning}`}
      </summary>
      <ol className="divide-y divide-line border-t border-line">
        {runs.map((run) => <Step key={run.id} run={run} />)}
      </ol>
    </details>
  );
}

/** The files that those programs left; plots are what was asked for, as a rule. */
export function ToolFiles({ runs }: { runs: readonly ToolRun[] }) {
  const artifacts = runs.flatMap(artifactsOf);
  if (artifacts.length === 0) return null;
  return <div className="mt-4"><Artifacts artifacts={artifacts} /></div>;
}

function Step({ run }: { run: ToolRun }) {
  const program = programOf(run);
  return (
    <li className="space-y-2 px-3 py-2">
      <p className="flex flex-wrap gap-x-3 text-xs text-faint tabular-nums">
        <span className="text-soft">{nameOf(run)}</span>
        {run.status === "failed" && <span className="text-danger">{texts.run.toolFailed}</span>}
        {run.latency_ms != null && <span>{formatDuration(run.latency_ms)}</span>}
      </p>
      <pre className="run-text">
        {program ? <Highlighted code={program.code} language={program.language} /> : run.arguments}
      </pre>
      {run.result != null && <pre className="run-text text-soft">{run.result}</pre>}
    </li>
  );
}

function nameOf({ name }: ToolRun): string {
  return Object.hasOwn(texts.run.tool, name) ? (texts.run.tool[name] ?? name) : name;
}

/** The program of a call that runs one; `null` for any other, and for what a model wrote wrongly. */
function programOf({ name, arguments: text }: ToolRun): { code: string; language: string } | null {
  if (name !== "run_code") return null;
  try {
    const { code, language } = JSON.parse(text) as { code?: unknown; language?: unknown };
    return typeof code === "string" ? { code, language: typeof language === "string" ? language : "" } : null;
  } catch {
    return null;
  }
}

function artifactsOf({ data }: ToolRun): Artifact[] {
  const { artifacts } = (data ?? {}) as { artifacts?: unknown };
  return Array.isArray(artifacts) ? artifacts.filter(isArtifact) : [];
}

function isArtifact(value: unknown): value is Artifact {
  const { name, mime, size, data } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof name === "string" && typeof mime === "string" && typeof size === "number" && typeof data === "string";
}
