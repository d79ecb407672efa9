import { useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { SlidersIcon } from "@/shared/ui/icons";
import { later } from "@/shared/ui/later";
import { useMemoryUse } from "./local-settings";
import { personaOf, usePersonas } from "./personas";
import { useSettings } from "./settings";

const OptionsDialog = later(() => import("./options-dialog"));

/** Opens the choices of a conversation, and says in a few words which were made. */
export function OptionsButton({ chat }: { chat: string }) {
  const [open, setOpen] = useState(false);
  const [settings] = useSettings(chat);
  const memory = useMemoryUse((state) => state.of[chat]);
  const personas = usePersonas((state) => state.personas);
  const said = [
    settings.system === null ? null : (personaOf(personas, settings.system)?.name ?? texts.personas.own),
    memory === undefined ? null : texts.options.memoryShort[memory],
    settings.temperature === null ? null : `${texts.options.temperature.label} ${settings.temperature}`,
    settings.top_p === null ? null : `${texts.options.top_p.label} ${settings.top_p}`,
    settings.max_tokens === null ? null : texts.options.upTo(settings.max_tokens),
    settings.seed === null ? null : `${texts.options.seed.label} ${settings.seed}`,
  ].filter((part) => part !== null);
  return (
    <>
      <button
        type="button"
        aria-label={[texts.options.title, ...said].join(", ")}
        title={texts.options.title}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        className="flex h-8 min-w-8 items-center gap-1.5 rounded-lg px-1.5 text-xs text-soft hover:bg-raised hover:text-ink"
      >
        <SlidersIcon />
        {said.length > 0 && <span className="max-w-48 truncate">{said.join(" · ")}</span>}
      </button>
      {open && <OptionsDialog chat={chat} onClose={() => setOpen(false)} />}
    </>
  );
}
