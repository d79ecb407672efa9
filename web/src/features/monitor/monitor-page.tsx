import { useState } from "react";
import { useLocation } from "wouter";
import { useConnection } from "@/shared/api/live";
import { texts } from "@/shared/i18n/monitor";
import { Page } from "@/shared/ui/page";
import { ConnectionBadge } from "./connection-badge";
import { CostSection } from "./cost-section";
import { useListening, useStale } from "./feed";
import { LiveSection } from "./live-section";
import { QualitySection } from "./quality-section";
import type { Range } from "./range";
import { RangePicker } from "./range-picker";
import { RoutingSection } from "./routing-section";
import { SectionNav, sectionOf } from "./section-nav";
import { TokensSection } from "./tokens-section";

/** How the server and its machine do, who answers what and why, and what it costs. */
export default function MonitorPage() {
  const [address] = useLocation();
  const section = sectionOf(address);
  const [range, setRange] = useState<Range>("5m");
  useListening();
  const age = useStale();
  const away = useConnection(({ state }) => state === "waiting");
  const stale = away || age !== null;
  const actions = (
    <>
      <ConnectionBadge age={age} />
      {(section === "live" || section === "cost") && <RangePicker range={range} onChange={setRange} />}
    </>
  );
  return (
    <Page title={texts.title} actions={actions} aside={<SectionNav current={section} />}>
      {away && (
        <p role="alert" className="mb-3 rounded-xl border border-danger/50 bg-danger/5 px-4 py-3 text-sm">
          {texts.connection.awayNote}
        </p>
      )}
      {section === "live" && <LiveSection range={range} stale={stale} />}
      {section === "routing" && <RoutingSection />}
      {section === "tokens" && <TokensSection />}
      {section === "quality" && <QualitySection />}
      {section === "cost" && <CostSection range={range} stale={stale} />}
    </Page>
  );
}
