import { texts } from "@/shared/i18n/chat";
import { formatCount } from "@/shared/lib/format";
import { FolderIcon } from "@/shared/ui/icons";
import { MenuButton } from "@/shared/ui/menu";
import { useFolders } from "./queries";

interface FolderChoiceProps {
  folder: string | null;
  onChoose: (folder: string | null) => void;
}

/** Which folder the list shows. Nothing while there is none. */
export function FolderChoice({ folder, onChoose }: FolderChoiceProps) {
  const folders = useFolders();
  if ((folders.data ?? []).length === 0 && folder === null) return null;
  const all = { label: texts.history.all, checked: folder === null, onSelect: () => onChoose(null) };
  const items = (folders.data ?? []).map(({ name, conversations }) => ({
    label: `${name} · ${formatCount(conversations)}`,
    checked: name === folder,
    onSelect: () => onChoose(name),
  }));
  return (
    <MenuButton
      label={texts.history.shownFolder(folder ?? texts.history.all)}
      items={[all, ...items]}
      className="mx-3 mb-1 flex items-center gap-2 rounded-lg px-2 py-1.5 text-left text-sm text-soft hover:bg-raised hover:text-ink [&_svg]:size-4"
    >
      <FolderIcon />
      <span className="min-w-0 truncate">{folder ?? texts.history.all}</span>
    </MenuButton>
  );
}
