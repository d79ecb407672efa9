import type { ReactNode } from "react";
import type { SandboxStatus } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { Badge } from "@/shared/ui/badge";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { useSandbox } from "../queries/sandbox";
import { Layers } from "./layers";

/** What isolates programs, layer by layer, as it was found by trying. */
export function Protection() {
  const { data, error, isPending, refetch } = useSandbox();
  const said = texts.sandbox;
  if (isPending) return <LoadingState lines={4} />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  // With a backend it is only switched off, which the policy below says.
  if (data.backend == null) return <Rejected status={data} />;
  const tier = data.tier ?? "";
  const held = data.layers.filter((layer) => layer.enforced).length;
  return (
    <div className="space-y-4 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        {said.isolated(data.backend ?? "")}
        <Badge tone={tier === "weak" ? "warning" : "accent"}>{said.tiers[tier] ?? tier}</Badge>
      </p>
      <Group name={said.layers(held, data.layers.length)}>
        <Layers layers={data.layers} />
      </Group>
      <Group name={said.languages}>
        <ul className="flex flex-wrap gap-x-6 gap-y-1">
          {data.languages.map((language) => (
            <li key={language.language} title={language.reason ?? undefined} className={language.available ? "" : "text-faint"}>
              {language.language} <span className="text-xs text-faint">{language.version ?? said.missing}</span>
            </li>
          ))}
        </ul>
      </Group>
    </div>
  );
}

function Group({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-1.5 text-xs font-medium text-faint">{name}</h3>
      {children}
    </div>
  );
}

function Rejected({ status }: { status: SandboxStatus }) {
  const said = texts.sandbox;
  return (
    <EmptyState title={said.off}>
      {said.offHint}
      <ul className="mt-2 text-left text-xs">
        {status.rejected.map(({ backend, reason }) => <li key={backend}>{backend}: {reason}</li>)}
      </ul>
    </EmptyState>
  );
}
