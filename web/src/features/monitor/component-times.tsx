import type { ComponentTimes as Component } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatCount, formatShare } from "@/shared/lib/format";
import { Meter } from "@/shared/ui/meter";
import { Panel } from "@/shared/ui/panel";
import { LoadingState } from "@/shared/ui/states";
import { Cell, Head, Table } from "./table";
import { formatMilliseconds, formatValue } from "./values";

/** How long each part of Council takes, against what it should. */
export function ComponentTimes({ components, stale }: { components: readonly Component[] | undefined; stale: boolean }) {
  const t = texts.components;
  return (
    <Panel title={t.title} about={t.about}>
      {components === undefined ? (
        <LoadingState lines={5} />
      ) : (
        <div className={stale ? "opacity-50" : ""}>
          <Table label={t.title}>
            <thead>
              <tr>
                <Head>{t.name}</Head>
                <Head number>{t.count}</Head>
                <Head number>p50</Head>
                <Head number>p95</Head>
                <Head number>p99</Head>
                <Head>{t.target}</Head>
              </tr>
            </thead>
            <tbody>
              {components.map((component) => (
                <Row key={component.name} component={component} />
              ))}
            </tbody>
          </Table>
        </div>
      )}
    </Panel>
  );
}

function Row({ component }: { component: Component }) {
  return (
    <tr>
      <Cell>{texts.components.names[component.name] ?? component.name}</Cell>
      <Cell number>{formatCount(component.count)}</Cell>
      <Cell number>{formatValue(component.p50_ms, "ms")}</Cell>
      <Cell number>{formatValue(component.p95_ms, "ms")}</Cell>
      <Cell number>{formatValue(component.p99_ms, "ms")}</Cell>
      <Cell>
        <Against component={component} />
      </Cell>
    </tr>
  );
}

/** The target, and a bar that is full where it is reached. */
function Against({ component }: { component: Component }) {
  const { target } = component;
  if (target === null || target === undefined) return <span className="text-faint">{texts.components.noTarget}</span>;
  const measured = target.quantile === "p95" ? component.p95_ms : component.p50_ms;
  const goal = `${target.quantile} ≤ ${formatMilliseconds(target.ms)}`;
  const source = texts.components.sources[target.source];
  if (measured === null || measured === undefined) {
    return <span className="whitespace-nowrap text-faint" title={source}>{goal}</span>;
  }
  const share = measured / target.ms;
  const said = texts.components.against(target.quantile, formatShare(share));
  return (
    <div className="grid min-w-36 grid-cols-[1fr_4.5rem] items-center gap-2" title={source}>
      <span className={`whitespace-nowrap ${share > 1 ? "text-warning" : "text-soft"}`}>{goal}</span>
      <Meter label={texts.components.names[component.name] ?? component.name} share={share} said={said} tone={share > 1 ? "warning" : "accent"} />
    </div>
  );
}
