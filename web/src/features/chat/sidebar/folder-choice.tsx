import { texts } from "@/shared/i18n/chat";
import { formatCount } from "@/shared/lib/format";
import { FolderIcon } from "@/shared/ui/icons";
import { MenuButton } from "@/shared/ui/menu";
import { type Shelf, useFolders } from "./queries";

interface FolderChoiceProps {
  shelf: Shelf;
  onChoose: (shelf: Shelf) => void;
}

/** Which conversations the list shows: all, those of a folder, or those that were put away. */
export function FolderChoice({ shelf, onChoose }: FolderChoiceProps) {
  const folders = useFolders();
  const inFolder = (folders.data ?? []).map(({ name, conversations }) => ({
    label: `${name} · ${formatCount(conversations)}`,
    checked: shelf !== null && "folder" in shelf && shelf.folder === name,
    onSelect: () => onChoose({ folder: name }),
  }));
  const shown = nameOf(shelf);
  return (
    <MenuButton
      label={texts.history.shownFolder(shown)}
      items={[
        { label: texts.history.all, checked: shelf === null, onSelect: () => onChoose(null) },
        ...inFolder,
        {
          label: texts.history.archive,
          checked: shelf !== null && "archived" in shelf,
          begins: true,
          onSelect: () => onChoose({ archived: true }),
        },
      ]}
      className="mx-3 mb-1 flex items-center gap-2 rounded-lg px-2 py-1.5 text-left text-sm text-soft hover:bg-raised hover:text-ink [&_svg]:size-4"
    >
      <FolderIcon />
      <span className="min-w-0 truncate">{shown}</span>
    </MenuButton>
  );
}

function nameOf(shelf: Shelf): string {
  if (shelf === null) return texts.history.all;
  return "archived" in shelf ? texts.history.archive : shelf.folder;
}
