import { formatCount } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { LeftIcon, RightIcon } from "@/shared/ui/icons";
import type { Item } from "./thread";
import { useThreadActions } from "./thread-context";

/** Which version of a message this is, and the way to the others. Nothing where there is one only. */
export function Versions({ item }: { item: Item }) {
  const { busy, show } = useThreadActions();
  const { versions, ids } = item;
  const at = versions.findIndex((id) => ids.includes(id));
  if (versions.length < 2 || at === -1) return null;
  const step = (to: number | undefined) => ({
    disabled: busy || to === undefined,
    onClick: () => to !== undefined && show(to),
  });
  return (
    <span role="group" aria-label={texts.message.versions} className="flex items-center tabular-nums">
      <button type="button" aria-label={texts.message.earlierVersion} className="action" {...step(versions[at - 1])}>
        <LeftIcon />
      </button>
      <span>{texts.message.version(formatCount(at + 1), formatCount(versions.length))}</span>
      <button type="button" aria-label={texts.message.laterVersion} className="action" {...step(versions[at + 1])}>
        <RightIcon />
      </button>
    </span>
  );
}
