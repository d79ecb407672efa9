import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { answering, isVirtual } from "../chosen-model";
import { useSettings } from "../composer/settings";
import { describe } from "../model-picker";
import { tightest, useBudget } from "./queries";

interface BudgetNoteProps {
  chat: string;
  models: readonly Model[];
}

/** Where the budget is used up and the model of this chat costs money: what that means, and the way on. */
export function BudgetNote({ chat, models }: BudgetNoteProps) {
  const budget = useBudget();
  const [{ model: chosen }, change] = useSettings(chat);
  const spending = budget.data && tightest(budget.data);
  const model = answering(models, chosen);
  if (!spending || spending.share < 1 || model?.locality !== "remote") return null;
  const local = models.find((one) => one.locality === "local" && one.capabilities.chat && !isVirtual(one));
  return (
    <div role="alert" className="mx-3 flex flex-wrap items-center justify-center gap-x-4 gap-y-2 rounded-lg bg-warning/10 px-4 py-2 text-sm">
      <span className="text-warning">{texts.header.usedUp[spending.span](model.id)}</span>
      {local && (
        <Button size="small" onClick={() => change({ model: local.id })}>{texts.header.goOn(describe(local))}</Button>
      )}
    </div>
  );
}
