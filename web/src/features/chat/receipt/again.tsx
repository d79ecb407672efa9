import { useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { Select } from "@/shared/ui/field";
import { isVirtual } from "../chosen-model";
import type { AnswerItem } from "../messages/thread";
import { useThreadActions } from "../messages/thread-context";
import { openReceipt } from "./open-receipt";
import { Section } from "./section";

const best = "";
const council = "council/vote";

/** The override: the same question to whom the person chooses. */
export function Again({ item }: { item: AnswerItem }) {
  const { models, busy, again } = useThreadActions();
  const [model, setModel] = useState(best);
  if (item.ids.length === 0) return null;
  const others = models.filter((one) => !isVirtual(one) && one.capabilities.chat);
  return (
    <Section title={texts.receipt.overrideTitle} about={texts.receipt.overrideAbout}>
      <div className="flex flex-wrap gap-2">
        <Select
          aria-label={texts.receipt.overrideLabel}
          value={model}
          onChange={(event) => setModel(event.target.value)}
          className="max-w-72 flex-1"
        >
          <option value={best}>{texts.receipt.overrideBest}</option>
          {others.map(({ id }) => <option key={id} value={id}>{id}</option>)}
          {models.some(({ id }) => id === council) && <option value={council}>{texts.receipt.overrideCouncil}</option>}
        </Select>
        <Button
          disabled={busy}
          onClick={() => {
            openReceipt(null);
            again(item, model === best ? null : model);
          }}
        >
          {texts.receipt.override}
        </Button>
      </div>
    </Section>
  );
}
