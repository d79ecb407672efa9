import { texts } from "@/shared/i18n/chat";
import { AgainIcon } from "@/shared/ui/icons";
import { MenuButton } from "@/shared/ui/menu";
import { isVirtual } from "../chosen-model";
import type { AnswerItem } from "./thread";
import { useThreadActions } from "./thread-context";

/** Has the question answered anew, by the same model or by another. */
export function AgainMenu({ item }: { item: AnswerItem }) {
  const { models, busy, again } = useThreadActions();
  const same = models.find(({ id }) => id === item.model);
  const others = models.filter((model) => model !== same && !isVirtual(model) && model.capabilities.chat);
  const council = models.some(({ id }) => id === "council/vote");
  return (
    <MenuButton
      label={texts.message.again}
      className="action"
      disabled={busy}
      items={[
        ...(same ? [{ label: texts.message.againSame, onSelect: () => again(item, same.id) }] : []),
        { label: texts.message.againBest, onSelect: () => again(item, null) },
        ...others.map(({ id }) => ({ label: texts.message.againWith(id), onSelect: () => again(item, id) })),
        ...(council ? [{ label: texts.message.againCouncil, onSelect: () => again(item, "council/vote") }] : []),
      ]}
    >
      <AgainIcon />
    </MenuButton>
  );
}
