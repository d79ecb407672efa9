import { Charts, liveCharts } from "./charts";
import { AlertsPanel } from "./alerts-panel";
import { ComponentTimes } from "./component-times";
import { useFeed } from "./feed";
import { ModelsPanel } from "./models-panel";
import type { Range } from "./range";
import { SystemPanel } from "./system-panel";
import { Tiles } from "./tiles";

/** How things are, and how they came to be so. */
export function LiveSection({ range, stale }: { range: Range; stale: boolean }) {
  const { latest, tail } = useFeed();
  return (
    <div className="grid gap-3">
      <AlertsPanel stale={stale} />
      <Tiles latest={latest} tail={tail} stale={stale} />
      <Charts charts={liveCharts} range={range} stale={stale} />
      <div className="grid gap-3 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="grid content-start gap-3">
          <ComponentTimes components={latest?.components} stale={stale} />
          <ModelsPanel models={latest?.models} stale={stale} />
        </div>
        <SystemPanel system={latest} stale={stale} />
      </div>
    </div>
  );
}
