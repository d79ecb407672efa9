import type { CatalogModel, Machine, Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatBytes, formatCount, formatShare } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { useBenchmark } from "../queries/models";
import { BenchmarkLine } from "./benchmark-line";
import { FitMeter } from "./fit-meter";
import { ModelActions } from "./model-actions";

interface ModelRowProps {
  id: string;
  /** What the catalog says of it. */
  entry?: CatalogModel | undefined;
  /** How it is, where it can be asked. */
  model?: Model | undefined;
  machine: Machine;
}

export function ModelRow({ id, entry, model, machine }: ModelRowProps) {
  const said = texts.models;
  const benchmark = useBenchmark();
  const size = entry?.size_bytes ?? model?.size_bytes;
  const context = model?.context_length ?? entry?.context_tokens;
  const about = [
    entry?.quantisation,
    context === undefined ? undefined : said.tokens(formatCount(context)),
    entry?.licence,
    model?.owned_by === "llama.cpp" ? undefined : model?.owned_by,
  ].filter((part) => part !== undefined && part !== "");
  return (
    <tr className="align-top border-line max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-2 max-md:border-t max-md:py-3 md:[&>td]:border-b md:[&>td]:border-line md:[&>td]:py-2.5 md:[&>td]:pr-4">
      <td>
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          <span className="break-all">{id}</span>
          {model?.default === true && <Badge tone="accent">{said.default}</Badge>}
          {entry?.recommended === true && !entry.installed && <Badge>{said.recommended}</Badge>}
        </span>
        <span className="block text-xs text-faint">{about.join(" · ")}</span>
        {entry?.note != null && <span className="block max-w-[30rem] text-xs text-soft">{entry.note}</span>}
        {benchmark.data && <BenchmarkLine benchmark={benchmark.data} />}
      </td>
      <td className="text-right whitespace-nowrap">{size == null ? "" : formatBytes(size)}</td>
      <td className="md:w-52">{entry && <FitMeter entry={entry} machine={machine} />}</td>
      <td className="whitespace-nowrap text-soft max-md:text-right max-md:text-xs" title={model?.failure ?? undefined}>{stateOf(entry, model)}</td>
      <td className="max-md:col-span-2 md:w-px">
        <ModelActions id={id} entry={entry} model={model} measure={benchmark} />
      </td>
    </tr>
  );
}

function stateOf(entry: CatalogModel | undefined, model: Model | undefined): string {
  const said = texts.models;
  if (model === undefined) return entry?.installed === true ? said.installed : said.notInstalled;
  if (model.locality === "remote") return said.states["remote"] ?? model.locality;
  if (model.state === "loading" && model.load_progress != null) return said.loadingAt(formatShare(model.load_progress));
  return said.states[model.state] ?? model.state;
}
