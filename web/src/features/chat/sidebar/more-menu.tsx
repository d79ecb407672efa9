import { texts } from "@/shared/i18n/chat";
import { MoreIcon } from "@/shared/ui/icons";
import { MenuButton } from "@/shared/ui/menu";
import { type OverlayName, showOverlay } from "../palette/overlay";
import { saveAll } from "../transfer/export";

/** What can be done with all conversations, under the list. `onChoose` is called before anything opens. */
export function MoreMenu({ onChoose }: { onChoose?: (() => void) | undefined }) {
  const show = (name: OverlayName) => () => {
    onChoose?.();
    showOverlay(name);
  };
  return (
    <div className="shrink-0 border-t border-line px-3 py-2">
      <MenuButton
        label={texts.transfer.more}
        items={[
          { label: texts.palette.open, onSelect: show("palette") },
          { label: texts.shortcuts.title, onSelect: show("shortcuts") },
          { label: texts.transfer.import, onSelect: show("import"), begins: true },
          { label: texts.transfer.exportAll, onSelect: () => void saveAll() },
          { label: texts.setup.again, onSelect: show("setup"), begins: true },
        ]}
        className="flex w-full items-center gap-2 rounded-lg px-2 py-1.5 text-sm text-soft hover:bg-raised hover:text-ink"
      >
        <MoreIcon />
        {texts.transfer.more}
      </MenuButton>
    </div>
  );
}
