import { texts } from "@/shared/i18n/chat";
import { MessageField } from "./message-field";
import type { Order, SentFile } from "./order";
import { SendButton } from "./send-button";
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
export function Composer({ conversation, incognito, running, disabled, onSend, onStop }: ComposerProps) {
  const [text, setText] = useDraft(incognito ? null : (conversation ?? "new"));
  useEscape(running, onStop);

  const sendable = !running && !disabled && text.trim() !== "";
  const send = () => {
    if (!sendable) return;
    setText("");
    onSend(text.trim(), incognito ? { incognito: true } : {}, []);
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
        <div className="flex items-end gap-2 pl-1">
          <MessageField text={text} onChange={setText} onSend={send} onFiles={() => undefined} />
          <SendButton running={running} sendable={sendable} onStop={onStop} />
        </div>
      </div>
      <p id="composer-hint" className="mt-1.5 hidden text-center text-xs text-faint sm:block">
        {running ? texts.composer.stopHint : texts.composer.hint}
      </p>
    </form>
  );
}
