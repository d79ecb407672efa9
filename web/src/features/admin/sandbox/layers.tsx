import type { SandboxStatus } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { Badge } from "@/shared/ui/badge";
import { CheckIcon } from "@/shared/ui/icons";

/** What keeps programs from this machine; what does not hold comes first. */
export function Layers({ layers }: { layers: SandboxStatus["layers"] }) {
  const said = texts.sandbox;
  const sorted = layers.toSorted((one, other) => Number(one.enforced) - Number(other.enforced));
  return (
    <ul className="grid grid-cols-2 gap-x-4 gap-y-1 sm:grid-cols-3 lg:grid-cols-4">
      {sorted.map((layer) => (
        <li key={layer.name} className="flex items-center gap-1.5 [&>svg]:size-3.5" title={layer.reason ?? undefined}>
          {layer.enforced ? (
            <span className="contents text-accent"><CheckIcon /></span>
          ) : (
            <Badge tone={layer.required ? "danger" : "warning"}>{layer.required ? said.missing : said.optional}</Badge>
          )}
          <span className="text-soft">{layer.name}</span>
        </li>
      ))}
    </ul>
  );
}
