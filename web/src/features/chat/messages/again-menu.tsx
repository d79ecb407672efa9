import { texts } from "@/shared/i18n/chat";
import { AgainIcon } from "@/shared/ui/icons";
import { isVirtual } from "../chosen-model";
import { Menu } from "./menu";
import type { AnswerItem } from "./thread";
import { useThreadActions } from "./thread-context";

/** Has the question answered anew, by the same model or by another. */
export function AgainMenu({ item }: { item: AnswerItem }) {
  const { models, busy, again } = useThreadActions();
  const same = models.find(({ id }) => id === item.model);
  const others = models.filter((model) => model !== same && !isVirtual(model) && model.capabilities.chat);
  const council = models.some(({ id }) => id === "council/vote");
  return (
    <Menu
      label={texts.message.again}
      icon={<AgainIcon />}
      disabled={busy}
      items={[
        ...(same ? [{ name: texts.message.againSame, run: () => again(item, same.id) }] : []),
        { name: texts.message.againBest, run: () => again(item, null) },
        ...others.map(({ id }) => ({ name: texts.message.againWith(id), run: () => again(item, id) })),
        ...(council ? [{ name: texts.message.againCouncil, run: () => again(item, "council/vote") }] : []),
      ]}
    />
  );
}
