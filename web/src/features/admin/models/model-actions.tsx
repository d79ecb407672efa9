import { useState } from "react";
import type { CatalogModel, Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatBytes } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toasts";
import { type useBenchmark, useLoad, useRemove, useUnload } from "../queries/models";
import { isOver, usePull, usePulls } from "../queries/pulls";

interface ModelActionsProps {
  id: string;
  entry: CatalogModel | undefined;
  model: Model | undefined;
  measure: ReturnType<typeof useBenchmark>;
}

/** What can be done to a model now. */
export function ModelActions({ id, entry, model, measure }: ModelActionsProps) {
  const said = texts.models;
  const [load, unload, pull] = [useLoad(), useUnload(), usePull()];
  const [isAsked, setAsked] = useState(false);
  const remove = useRemove((gone, freed) => toast(said.removed(gone, formatBytes(freed))));
  const pulled = usePulls().data?.data.some((one) => one.model === id && !isOver(one)) === true;
  const isLocal = model?.locality === "local" && model.owned_by === "llama.cpp";
  const isLoaded = model?.state === "ready";
  return (
    <div className="flex flex-wrap gap-1.5 md:flex-nowrap md:justify-end">
      {entry?.installed === false && (
        <Button size="small" aria-label={said.pullOf(id)} disabled={pulled || pull.isPending} onClick={() => pull.mutate(id)}>
          {said.pull}
        </Button>
      )}
      {model?.locality === "local" && (
        <Button size="small" aria-label={said.measureOf(id)} disabled={measure.isPending} onClick={() => measure.mutate(id)}>
          {measure.isPending ? said.measuring : said.measure}
        </Button>
      )}
      {isLocal && !isLoaded && (
        <Button size="small" aria-label={said.loadOf(id)} disabled={load.isPending} onClick={() => load.mutate(id)}>
          {said.load}
        </Button>
      )}
      {isLocal && isLoaded && (
        <Button size="small" aria-label={said.unloadOf(id)} disabled={unload.isPending} onClick={() => unload.mutate(id)}>
          {said.unload}
        </Button>
      )}
      {entry?.installed === true && (
        <Button size="small" kind="quiet" aria-label={said.removeOf(id)} onClick={() => setAsked(true)}>
          {said.remove}
        </Button>
      )}
      <Dialog
        title={said.removeTitle(id)}
        open={isAsked}
        onClose={() => setAsked(false)}
        footer={
          <Button kind="danger" onClick={() => { remove.mutate(id); setAsked(false); }}>{said.remove}</Button>
        }
      >
        <p className="text-sm text-soft">{said.removeAbout(formatBytes(entry?.size_bytes ?? 0))}</p>
      </Dialog>
    </div>
  );
}
