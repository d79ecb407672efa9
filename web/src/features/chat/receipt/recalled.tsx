import { texts } from "@/shared/i18n/chat";
import type { AnswerItem } from "../messages/thread";
import { Section } from "./section";

/** What was recalled for the answer. Receipts hold nothing of what was said, so that only this tab knows. */
export function Recalled({ item: { turn } }: { item: AnswerItem }) {
  const memories = turn?.memories ?? [];
  const none = turn === null ? texts.receipt.memoriesUnknown : texts.receipt.noMemories;
  return (
    <Section title={texts.receipt.memories}>
      {memories.length === 0 && <p className="text-soft">{none}</p>}
      <ul className="space-y-1.5">
        {memories.map(({ id, text }) => (
          <li key={id} className="line-clamp-3 border-l-2 border-line pl-3 leading-relaxed text-soft">{text}</li>
        ))}
      </ul>
    </Section>
  );
}
