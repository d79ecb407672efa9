import type { SandboxStatus } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { Badge } from "@/shared/ui/badge";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { useSandbox } from "../queries/sandbox";

/** What isolates programs, layer by layer, as it was found by trying. */
export function Protection() {
  const { data, error, isPending, refetch } = useSandbox();
  const said = texts.sandbox;
  if (isPending) return <LoadingState lines={4} />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data.available) return <Rejected status={data} />;
  const tier = data.tier ?? "";
  return (
    <div className="space-y-3 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        {said.isolated(data.backend ?? "")}
        <Badge tone={tier === "weak" ? "warning" : "accent"}>{said.tiers[tier] ?? tier}</Badge>
      </p>
      <Group name={said.layers}>
        {data.layers.map((layer) => (
          <li key={layer.name} className="flex flex-wrap items-center gap-x-2" title={layer.reason ?? undefined}>
            {layer.name}
            <Badge tone={layer.enforced ? "accent" : layer.required ? "danger" : "warning"}>
              {layer.enforced ? said.held : layer.required ? said.missing : `${said.missing}, ${said.optional}`}
            </Badge>
          </li>
        ))}
      </Group>
      <Group name={said.languages}>
        {data.languages.map((language) => (
          <li key={language.language} title={language.reason ?? undefined} className={language.available ? "" : "text-faint"}>
            {language.language} <span className="text-xs text-faint">{language.version ?? said.missing}</span>
          </li>
        ))}
      </Group>
    </div>
  );
}

function Group({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <h3 className="text-xs font-medium text-faint">{name}</h3>
      <ul className="mt-1 flex flex-wrap gap-x-5 gap-y-1.5">{children}</ul>
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
