import type { System } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatBytes, formatCount } from "@/shared/lib/format";
import { Badge, type Tone } from "@/shared/ui/badge";
import { Panel } from "@/shared/ui/panel";
import { EmptyState, LoadingState } from "@/shared/ui/states";
import { Cell, Head, Table } from "./table";

const t = texts.models;
const tones: Record<string, Tone> = { ready: "accent", failed: "danger", loading: "warning" };

/** What each model is doing. */
export function ModelsPanel({ models, stale }: { models: System["models"] | undefined; stale: boolean }) {
  return (
    <Panel title={t.title}>
      {models === undefined && <LoadingState />}
      {models?.length === 0 && <EmptyState title={t.none} />}
      {models !== undefined && models.length > 0 && (
        <div className={stale ? "opacity-50" : ""}>
          <Table label={t.title}>
            <thead>
              <tr>
                <Head>{t.name}</Head>
                <Head>{t.state}</Head>
                <Head number>{t.active}</Head>
                <Head number>{t.queued}</Head>
                <Head number>{t.kv}</Head>
                <Head number>{t.memory}</Head>
              </tr>
            </thead>
            <tbody>
              {models.map((model) => (
                <tr key={model.id}>
                  <Cell title={model.provider}>{model.id}</Cell>
                  <Cell><Badge tone={tones[model.state] ?? "neutral"}>{t.states[model.state] ?? model.state}</Badge></Cell>
                  <Cell number>{model.slots === 0 ? "–" : `${formatCount(model.active)} / ${formatCount(model.slots)}`}</Cell>
                  <Cell number>{formatCount(model.queued)}</Cell>
                  <Cell number>{model.kv_capacity_tokens === 0 ? "–" : `${formatCount(model.kv_used_tokens)} / ${formatCount(model.kv_capacity_tokens)}`}</Cell>
                  <Cell number>{model.memory_bytes === 0 ? "–" : formatBytes(model.memory_bytes)}</Cell>
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
    </Panel>
  );
}
