import { texts } from "@/shared/i18n/chat";
import { useServerAway } from "../header/server-away";
import { useModels } from "../queries";
import { AttachButton } from "./attach-button";
import { ContextMeter, ContextNote } from "./context-meter";
import { FileList } from "./file-list";
import { attach, clearFiles, useFilesOf } from "./files";
import { useMemoryUse } from "./local-settings";
import { MessageField } from "./message-field";
import { OptionsButton } from "./options-button";
import type { Order, SentFile } from "./order";
import { SendButton } from "./send-button";
import { SightNote } from "./sight-note";
import { begin, incognitoChat, newChat, orderOf, useSettings } from "./settings";
import { useContextUse } from "./use-context-use";
import { useDraft } from "./use-draft";
import { useDrop } from "./use-drop";
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
  const files = useFilesOf(id);
  const sent = files.flatMap(({ kept }) => (kept === null ? [] : [{ ...kept, image: kept.kind === "image" }]));
  const context = useContextUse(id, text, settings, sent.map((file) => file.id), incognito);
  const models = useModels();
  const away = useServerAway();
  useEscape(running, onStop);

  const ready = files.every(({ kept }) => kept !== null);
  const sendable = !running && !disabled && !away && ready && text.trim() !== "";
  const send = () => {
    if (!sendable) return;
    setText("");
    if (chat === newChat) begin(newChat, id);
    const attachments = sent.map((file) => file.id);
    onSend(text.trim(), { ...orderOf(settings, memory, incognito), ...(sent.length > 0 && { attachments }) }, sent);
    clearFiles(id);
  };
  const onFiles = (added: File[]) => !incognito && attach(id, added, models.data);
  const dropping = useDrop(onFiles) && !incognito;
  const waiting = ready ? texts.composer.hint : texts.files.wait;
  return (
    <form
      className="mx-auto w-full max-w-[46rem]"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {context.use && <ContextNote use={context.use} />}
      <div className={`composer rounded-2xl border bg-field p-2 ${dropping ? "border-accent" : "border-line"}`}>
        <FileList conversation={id} files={files} />
        {sent.some(({ image }) => image) && <SightNote chat={chat} models={models.data ?? []} />}
        <MessageField text={text} onChange={setText} onSend={send} onFiles={onFiles} />
        <div className="flex items-center gap-1">
          <AttachButton disabled={incognito} onFiles={onFiles} />
          <OptionsButton chat={chat} />
          <div className="ml-auto flex items-center gap-3">
            {context.use && <ContextMeter {...context} use={context.use} />}
            <SendButton running={running} sendable={sendable} onStop={onStop} />
          </div>
        </div>
      </div>
      <p id="composer-hint" className={`mt-1.5 text-center text-xs text-faint ${away || !ready ? "" : "max-sm:hidden"}`}>
        {running ? texts.composer.stopHint : away ? texts.composer.away : waiting}
      </p>
    </form>
  );
}
