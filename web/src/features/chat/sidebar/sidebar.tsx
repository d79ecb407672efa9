import { useState } from "react";
import { Link } from "wouter";
import { texts } from "@/shared/i18n/chat";
import { texts as common } from "@/shared/i18n/shared";
import { Account } from "@/shared/ui/account";
import { Dialog } from "@/shared/ui/dialog";
import { MaskIcon, NewIcon } from "@/shared/ui/icons";
import { PageRow } from "@/shared/ui/page-nav";
import { Preferences } from "@/shared/ui/preferences";
import { ConversationList } from "./conversation-list";
import { FolderChoice } from "./folder-choice";
import { MoreMenu } from "./more-menu";
import type { Shelf } from "./queries";
import { SearchField } from "./search-field";
import { SearchResults } from "./search-results";
import { useSearch } from "./search";

interface SidebarProps {
  current: string | null;
}

/** The conversations beside the chat, where there is room for both. */
export function Sidebar({ current }: SidebarProps) {
  return (
    <aside className="hidden w-66 shrink-0 flex-col border-r border-line bg-panel pt-3 md:flex">
      <Conversations current={current} />
    </aside>
  );
}

interface DrawerProps extends SidebarProps {
  open: boolean;
  onClose: () => void;
}

/** The same on a phone, over the chat. */
export function Drawer({ current, open, onClose }: DrawerProps) {
  return (
    <Dialog title={common.app.name} place="left" open={open} onClose={onClose}>
      <div className="-mx-4 -mb-5 flex h-[calc(100%+1.25rem)] flex-col gap-1">
        <div className="flex items-center justify-between px-3 pb-2">
          <PageRow onChoose={onClose} />
          <div className="flex">
            <Account />
            <Preferences />
          </div>
        </div>
        <Conversations current={current} onChoose={onClose} />
      </div>
    </Dialog>
  );
}

function Conversations({ current, onChoose }: SidebarProps & { onChoose?: () => void }) {
  const [query, setQuery] = useState("");
  const [shelf, setShelf] = useState<Shelf>(null);
  const search = useSearch(query, shelf);
  return (
    <div data-sidebar="" className="flex min-h-0 flex-1 flex-col">
      <NewChat onChoose={onChoose} />
      <SearchField query={query} onChange={setQuery} />
      <FolderChoice shelf={shelf} onChoose={setShelf} />
      {query.trim() === "" ? (
        <ConversationList key={JSON.stringify(shelf)} current={current} shelf={shelf} onChoose={onChoose} />
      ) : (
        <SearchResults query={query.trim()} search={search} onChoose={onChoose} />
      )}
      <MoreMenu onChoose={onChoose} />
    </div>
  );
}

function NewChat({ onChoose }: { onChoose?: (() => void) | undefined }) {
  return (
    <div className="mx-3 mb-2 flex shrink-0 gap-1.5">
      <Link
        href="/chat"
        onClick={onChoose}
        className="flex flex-1 items-center gap-2 rounded-lg border border-line px-3 py-2 text-sm font-medium hover:bg-raised"
      >
        <NewIcon />
        {texts.history.fresh}
      </Link>
      <Link
        href="/chat/incognito"
        onClick={onChoose}
        aria-label={texts.history.incognito}
        title={texts.history.incognito}
        className="grid w-10 place-items-center rounded-lg border border-line text-soft hover:bg-raised hover:text-ink"
      >
        <MaskIcon />
      </Link>
    </div>
  );
}
