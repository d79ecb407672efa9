import { useState } from "react";
import type { Calibration } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatCount, formatNumber, formatShare } from "@/shared/lib/format";
import { Field, Select } from "@/shared/ui/field";
import { Panel } from "@/shared/ui/panel";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { CouncilPanel } from "./council-panel";
import { useCalibrations } from "./queries";
import { ReliabilityDiagram } from "./reliability-diagram";
import { Cell, Head, Table } from "./table";

const t = texts.quality;

/** How far answers can be relied on, by what was measured of them. */
export function QualitySection() {
  const { data: calibrations, error, refetch } = useCalibrations();
  return (
    <div className="grid gap-3">
      <Panel title={t.calibration} about={t.calibrationAbout}>
        {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
        {error === null && calibrations === undefined && <LoadingState lines={6} />}
        {calibrations?.length === 0 && <EmptyState title={t.none}>{t.noneHint}</EmptyState>}
        {calibrations !== undefined && calibrations.length > 0 && <Calibrations calibrations={calibrations} />}
      </Panel>
      <CouncilPanel />
    </div>
  );
}

const nameOf = ({ model, kind }: Calibration): string => `${model}, ${kind ? (texts.routes.kinds[kind] ?? kind) : t.all}`;

function Calibrations({ calibrations }: { calibrations: readonly Calibration[] }) {
  const [chosen, setChosen] = useState(0);
  const shown = calibrations[chosen] ?? calibrations[0];
  if (shown === undefined) return null;
  return (
    <div className="grid gap-5 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
      <div className="grid content-start gap-3">
        <Field label={t.model}>
          {(attributes) => (
            <Select {...attributes} value={chosen} onChange={(event) => setChosen(Number(event.target.value))}>
              {calibrations.map((one, index) => <option key={nameOf(one)} value={index}>{nameOf(one)}</option>)}
            </Select>
          )}
        </Field>
        <ReliabilityDiagram calibration={shown} name={nameOf(shown)} />
      </div>
      <Table label={t.calibration}>
        <thead>
          <tr>
            <Head>{t.model}</Head>
            <Head number>{t.asked}</Head>
            <Head number>{t.share}</Head>
            <Head number>{t.auroc}</Head>
            <Head number>{t.ece}</Head>
            <Head number>{t.brier}</Head>
          </tr>
        </thead>
        <tbody>
          {calibrations.map((one) => (
            <tr key={nameOf(one)} className={one === shown ? "bg-raised/60" : ""}>
              <Cell>{nameOf(one)}</Cell>
              <Cell number>{formatCount(one.asked)}</Cell>
              <Cell number>{formatShare(one.right / one.asked)}</Cell>
              <Cell number>{typeof one.auroc === "number" ? formatNumber(one.auroc) : "–"}</Cell>
              <Cell number>{formatNumber(one.ece)}</Cell>
              <Cell number>{formatNumber(one.brier)}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
