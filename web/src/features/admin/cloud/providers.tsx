import type { Provider } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatDate } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { useStatus } from "../queries/cloud";
import { ProviderKey } from "./provider-key";

/** The providers of models on other machines, how they are, and their keys, which can only be written. */
export function Providers() {
  const { data, error, isPending, refetch } = useStatus();
  const said = texts.cloud;
  if (isPending) return <LoadingState lines={3} />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.providers.length === 0) return <EmptyState title={said.noProviders}>{said.noProvidersHint}</EmptyState>;
  return (
    <ul className="divide-y divide-line">
      {data.providers.map((provider) => <Line key={`${provider.name} ${provider.host}`} provider={provider} />)}
    </ul>
  );
}

function Line({ provider }: { provider: Provider }) {
  const said = texts.cloud;
  const failed = provider.breaker === "open";
  return (
    <li className="grid gap-3 py-3 text-sm sm:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {provider.name}
          <Badge tone={failed ? "warning" : "neutral"}>{said.breaker[provider.breaker] ?? provider.breaker}</Badge>
          <Badge tone={provider.has_key ? "accent" : "neutral"}>{provider.has_key ? said.hasKey : said.noKey}</Badge>
          {provider.local && <Badge>{said.local}</Badge>}
        </p>
        <p className="text-xs break-all text-faint">{provider.host}</p>
        {provider.last_error != null && (
          <p className="mt-1 text-xs text-soft">
            {said.lastError(formatDate(provider.last_error.at), provider.last_error.message)}
          </p>
        )}
      </div>
      <ProviderKey provider={provider} />
    </li>
  );
}
