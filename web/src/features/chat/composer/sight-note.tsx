import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { isVirtual } from "../chosen-model";
import { useSettings } from "./settings";

interface SightNoteProps {
  /** Whose: a conversation's id, or what stands in its place. */
  chat: string;
  models: readonly Model[];
}

/** Said beside an image while the chosen model does not see: who would, one click away. */
export function SightNote({ chat, models }: SightNoteProps) {
  const [{ model: chosen }, change] = useSettings(chat);
  const seeing = models.filter((model) => model.capabilities.vision && model.capabilities.chat && !isVirtual(model));
  const blind = models.find(({ id }) => id === chosen);
  if (blind === undefined || blind.capabilities.vision || seeing.length === 0) return null;
  return (
    <p role="status" className="flex flex-wrap items-center gap-2 px-2 pb-2 text-xs text-warning">
      {texts.files.blind(blind.id)}
      {seeing.slice(0, 2).map(({ id }) => (
        <Button key={id} size="small" onClick={() => change({ model: id })}>{texts.files.chooseSeeing(id)}</Button>
      ))}
    </p>
  );
}
