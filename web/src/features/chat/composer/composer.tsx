import { texts } from "@/shared/i18n/chat";
import { useServerAway } from "../header/server-away";
import { useMemoryUse } from "./local-settings";
import { MessageField } from "./message-field";
import { OptionsButton } from "./options-button";
import type { Order, SentFile } from "./order";
import { SendButton } from "./send-button";
import { begin, incognitoChat, newChat, orderOf, useSettings } from "./settings";
import { useDraft } from "./use-draft";
import { useEscape } from "./use-escape";

interface ComposerProps {
  /** `null`: a new one. */
  conversation: string | null;
  /** What it is called, or will be. */
  id: string;
  /** Nothing of it is kept. */
  incognito: boolean;
  /** An answer is being made: it can be stopped, and nothing can be sent. */
  running: boolean;
  /** Nothing could answer. */
  disabled: boolean;
  onSend: (text: string, more: Order, files: readonly SentFile[]) => void;
  onStop: () => void;
}

/** Where the person writes, and says how it is to be answered. */
export function Composer({ conversation, id, incognito, running, disabled, onSend, onStop }: ComposerProps) {
  const chat = incognito ? incognitoChat : (conversation ?? newChat);
  const [text, setText] = useDraft(incognito ? null : chat);
  const [settings] = useSettings(chat);
  const memory = useMemoryUse((state) => state.of[chat]);
  const away = useServerAway();
  useEscape(running, onStop);

  const sendable = !running && !disabled && !away && text.trim() !== "";
  const send = () => {
    if (!sendable) return;
    setText("");
    if (chat === newChat) begin(newChat, id);
    onSend(text.trim(), orderOf(settings, memory, incognito), []);
  };
  return (
    <form
      className="mx-auto w-full max-w-[46rem]"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="composer rounded-2xl border border-line bg-field p-2">
        <MessageField text={text} onChange={setText} onSend={send} onFiles={() => undefined} />
        <div className="flex items-center gap-1">
          <OptionsButton chat={chat} />
          <div className="ml-auto"><SendButton running={running} sendable={sendable} onStop={onStop} /></div>
        </div>
      </div>
      <p id="composer-hint" className={`mt-1.5 text-center text-xs text-faint ${away ? "" : "max-sm:hidden"}`}>
        {running ? texts.composer.stopHint : away ? texts.composer.away : texts.composer.hint}
      </p>
    </form>
  );
}
