import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field, Select } from "@/shared/ui/field";
import type { Settings } from "../chat-api";
import { LeftOutList } from "../memory/left-out-list";
import { type MemoryUse, chooseMemoryUse, noSettings, useMemoryUse } from "./local-settings";
import { NumberField } from "./number-field";
import { PersonaFields } from "./persona-fields";
import { incognitoChat, useSettings } from "./settings";

interface OptionsDialogProps {
  /** Whose: a conversation's id, or what stands in its place. */
  chat: string;
  onClose: () => void;
}

const memoryUses: readonly MemoryUse[] = ["on", "read", "off"];

/** How a conversation is answered: instructions, memory, and how words are chosen. */
export default function OptionsDialog({ chat, onClose }: OptionsDialogProps) {
  const [settings, change] = useSettings(chat);
  const memory = useMemoryUse((state) => state.of[chat]);
  const reset = () => {
    const { model: _, without_memories: __, ...rest } = noSettings;
    change(rest);
    chooseMemoryUse(chat, null);
  };
  const number = (name: "temperature" | "top_p" | "max_tokens" | "seed") => ({
    ...texts.options[name],
    value: settings[name],
    onChange: (value: number | null) => change({ [name]: value } satisfies Partial<Settings>),
  });
  return (
    <Dialog
      title={texts.options.title}
      open
      onClose={onClose}
      footer={
        <>
          <Button kind="quiet" onClick={reset}>{texts.options.reset}</Button>
          <Button kind="primary" onClick={onClose}>{texts.options.done}</Button>
        </>
      }
    >
      <div className="grid gap-6">
        <PersonaFields system={settings.system} onChange={(system) => change({ system })} />
        {chat !== incognitoChat && (
          <Field label={texts.options.memory} hint={texts.options.memoryHint}>
            {(attributes) => (
              <Select
                {...attributes}
                value={memory ?? ""}
                onChange={(event) => chooseMemoryUse(chat, (event.target.value || null) as MemoryUse | null)}
              >
                <option value="">{texts.options.memoryUses.configured}</option>
                {memoryUses.map((use) => <option key={use} value={use}>{texts.options.memoryUses[use]}</option>)}
              </Select>
            )}
          </Field>
        )}
        {chat !== incognitoChat && <LeftOutList conversation={chat} />}
        {settings.consent && (
          <div className="flex flex-wrap items-center justify-between gap-3 text-sm">
            <p className="min-w-0 flex-1 text-soft">{texts.options.consent}</p>
            <Button size="small" onClick={() => change({ consent: null })}>{texts.options.consentBack}</Button>
          </div>
        )}
        <fieldset className="grid gap-4 sm:grid-cols-2">
          <legend className="mb-2 text-sm font-semibold">{texts.options.sampling}</legend>
          <NumberField {...number("temperature")} range={{ least: 0, most: 2, whole: false }} />
          <NumberField {...number("top_p")} range={{ least: 0, most: 1, whole: false }} />
          <NumberField {...number("max_tokens")} range={{ least: 1, whole: true }} />
          <NumberField {...number("seed")} range={{ least: 0, whole: true }} />
        </fieldset>
      </div>
    </Dialog>
  );
}
