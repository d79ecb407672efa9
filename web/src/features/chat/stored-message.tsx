import { memo } from "react";
import type { LedgerEntry, Message, Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { AnswerMeta } from "./answer-meta";
import { Answer, Said } from "./message-parts";

interface StoredMessageProps {
  message: Message;
  model: Model | undefined;
  measured: LedgerEntry | undefined;
}

/** A message as the server keeps it. Instructions and tools' results have no place in the conversation's text. */
export const StoredMessage = memo(({ message, model, measured }: StoredMessageProps) => {
  const text = message.content.map((part) => (part.type === "text" ? part.text : texts.chat.image)).join("\n");
  if (message.role === "user") return <Said text={text} />;
  if (message.role !== "assistant") return null;
  return (
    <Answer text={text}>
      {measured?.outcome === "cancelled" && <span>{texts.chat.stopped}</span>}
      {text === "" && <span>{texts.chat.emptyAnswer}</span>}
      {message.model != null && <AnswerMeta model={model} modelId={message.model} measured={measured} />}
    </Answer>
  );
});
StoredMessage.displayName = "StoredMessage";
