import type { Model } from "@/shared/api/types";
import { formatShare } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { answering, fakeLabel, isVirtual } from "./chosen-model";
import { useSettings } from "./composer/settings";

interface ModelPickerProps {
  /** Whose: a conversation's id, or what stands in its place. */
  chat: string;
  models: readonly Model[];
}

/** Which model answers. A select, because every browser and every phone has a good one. */
export function ModelPicker({ chat, models }: ModelPickerProps) {
  const [{ model: id }, change] = useSettings(chat);
  const real = models.filter((model) => !isVirtual(model) && model.capabilities.chat);
  if (real.length === 0) return <span className="px-2 text-sm text-faint">{texts.models.none}</span>;
  const known = real.some((model) => model.id === id);
  const automatic = answering(models, null);
  return (
    <select
      aria-label={texts.models.label}
      value={known && id !== null ? id : ""}
      onChange={(event) => change({ model: event.target.value === "" ? null : event.target.value })}
      className="h-9 max-w-full min-w-0 truncate rounded-lg bg-transparent px-2 text-sm font-medium text-ink hover:bg-raised"
    >
      <option value="">
        {automatic === null ? texts.models.automatic : `${texts.models.automatic}: ${describe(automatic)}`}
      </option>
      {real.map((model) => (
        <option key={model.id} value={model.id}>
          {describe(model)}
        </option>
      ))}
    </select>
  );
}

/** The id and whatever else matters before choosing it. */
export function describe(model: Model): string {
  const notes = [
    fakeLabel(model),
    model.locality === "remote" ? texts.models.remote : null,
    model.capabilities.vision ? texts.models.vision : null,
    model.state === "loading" ? texts.models.loading(formatShare(model.load_progress ?? 0)) : null,
    model.state === "failed" ? texts.models.failed : null,
  ].filter((note) => note !== null);
  return [model.id, ...notes].join(" · ");
}
