import { Link } from "wouter";
import { texts } from "@/shared/i18n/chat";
import { texts as common } from "@/shared/i18n/shared";
import { Dialog } from "@/shared/ui/dialog";
import { NewIcon } from "@/shared/ui/icons";
import { PageRow } from "@/shared/ui/page-nav";
import { Preferences } from "@/shared/ui/preferences";
import { History } from "./history";

/** The conversations beside the chat, where there is room for both. */
export function Sidebar({ current }: { current: string | null }) {
  return (
    <aside className="hidden w-66 shrink-0 flex-col border-r border-line bg-panel md:flex">
      <div className="flex h-14 items-center gap-2 px-5 font-semibold">
        {common.app.name}
      </div>
      <NewChat />
      <History current={current} />
    </aside>
  );
}

interface DrawerProps {
  current: string | null;
  open: boolean;
  onClose: () => void;
}

/** The same on a phone, over the chat. */
export function Drawer({ current, open, onClose }: DrawerProps) {
  return (
    <Dialog title={common.app.name} place="left" open={open} onClose={onClose}>
      <div className="-mx-2 flex h-full flex-col gap-4">
        <div className="flex items-center justify-between">
          <PageRow onChoose={onClose} />
          <Preferences />
        </div>
        <NewChat onChoose={onClose} />
        <History current={current} onChoose={onClose} />
      </div>
    </Dialog>
  );
}

function NewChat({ onChoose }: { onChoose?: () => void }) {
  return (
    <Link
      href="/chat"
      onClick={onChoose}
      className="mx-3 mb-4 flex shrink-0 items-center gap-2 rounded-lg border border-line px-3 py-2 text-sm font-medium hover:bg-raised"
    >
      <NewIcon />
      {texts.history.fresh}
    </Link>
  );
}
