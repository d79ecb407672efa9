import { useEffect, useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { formatBytes } from "@/shared/lib/format";
import { Badge, type Tone } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ErrorState } from "@/shared/ui/states";
import { PullProgress } from "./pull-progress";
import { type CatalogModel, isComing, usePull, usePulls } from "./queries";

const tones: Readonly<Record<string, Tone>> = { fits: "accent", tight: "warning", too_large: "danger" };

interface ModelChoiceProps {
  catalog: readonly CatalogModel[];
  /** One has just been installed. */
  onInstalled: () => void;
}

/** The models that could answer here, the one that suits the machine first; and the way of the chosen one to it. */
export function ModelChoice({ catalog, onInstalled }: ModelChoiceProps) {
  const [all, setAll] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const pulls = usePulls();
  const pull = usePull();
  const chats = catalog.filter(({ roles }) => roles.includes("chat"));
  const best = chats.find(({ recommended }) => recommended) ?? chats.find(({ fit }) => fit === "fits");
  const model = chats.find(({ id }) => id === chosen) ?? best;
  const shown = all ? chats : chats.filter((one) => one === best || one === model || one.installed);
  // By it memories and conversations are found by meaning; it is small, and comes along.
  const embedder = catalog.find(({ roles, recommended, installed }) => roles.includes("embedding") && recommended && !installed);
  const fetched = [model?.id, ...catalog.filter(({ roles }) => roles.includes("embedding")).map(({ id }) => id)];
  const shownPulls = fetched.flatMap((id) => pulls.data?.find((one) => one.model === id) ?? []);
  const coming = pulls.data?.some(isComing) ?? false;
  const landed = pulls.data?.filter(({ phase }) => phase === "installed").length ?? 0;
  useEffect(() => {
    if (landed > 0) onInstalled();
    // oxlint-disable-next-line react/exhaustive-deps -- when another one is there, and not when the function is another
  }, [landed]);
  return (
    <div className="grid gap-3">
      <div role="radiogroup" aria-label={texts.setup.model} className="grid gap-2">
        {shown.map((one) => (
          <Choice key={one.id} model={one} checked={one === model} onChoose={() => setChosen(one.id)} />
        ))}
      </div>
      {embedder && <p className="text-xs text-faint">{texts.setup.embedder(embedder.id, formatBytes(embedder.size_bytes ?? 0))}</p>}
      {pull.isError && <ErrorState error={pull.error} />}
      {shownPulls.map((one) => <PullProgress key={one.id} pull={one} />)}
      <div className="flex flex-wrap gap-2">
        {model && !model.installed && !coming && (
          <Button
            kind="primary"
            disabled={pull.isPending || model.fit === "too_large"}
            onClick={() => {
              pull.mutate(model.id);
              if (embedder) pull.mutate(embedder.id);
            }}
          >
            {model.size_bytes == null ? texts.setup.pullUnknown : texts.setup.pull(formatBytes(model.size_bytes))}
          </Button>
        )}
        {!all && chats.length > shown.length && (
          <Button kind="quiet" onClick={() => setAll(true)}>{texts.setup.others}</Button>
        )}
      </div>
    </div>
  );
}

function Choice({ model, checked, onChoose }: { model: CatalogModel; checked: boolean; onChoose: () => void }) {
  return (
    // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- its text stands deeper than the rule looks
    <label className="flex cursor-pointer gap-3 rounded-lg border border-line bg-field px-3 py-2 has-checked:border-accent">
      <input type="radio" name="model" checked={checked} onChange={onChoose} className="mt-1 accent-(--accent)" />
      <span className="grid min-w-0 gap-0.5">
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium break-all">{model.id}</span>
          {model.recommended && <Badge tone="accent">{texts.setup.recommended}</Badge>}
          {model.installed && <Badge>{texts.setup.installed}</Badge>}
          <Badge tone={tones[model.fit] ?? "neutral"}>{texts.setup.fits[model.fit] ?? model.fit}</Badge>
        </span>
        <span className="text-xs text-soft">
          {[model.size_bytes == null ? null : formatBytes(model.size_bytes), model.licence || null, model.note]
            .filter((part) => part != null)
            .join(" · ")}
        </span>
        <span className="text-xs text-faint">{model.reason}</span>
      </span>
    </label>
  );
}
