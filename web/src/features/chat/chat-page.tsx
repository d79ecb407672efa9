import { useState } from "react";
import { Link } from "wouter";
import { texts } from "@/shared/i18n/chat";
import { IconButton } from "@/shared/ui/icon-button";
import { MenuIcon, NewIcon } from "@/shared/ui/icons";
import { ConversationView } from "./conversation-view";
import { ModelPicker } from "./model-picker";
import { useModels } from "./queries";
import { Drawer, Sidebar } from "./sidebar";

/** The chat: conversations on the left, the open one on the right. */
export default function ChatPage({ conversation }: { conversation: string | null }) {
  const [drawer, setDrawer] = useState(false);
  const models = useModels();
  return (
    <div className="flex h-full min-w-0 flex-1">
      <Sidebar current={conversation} />
      <Drawer current={conversation} open={drawer} onClose={() => setDrawer(false)} />
      <main className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-14 shrink-0 items-center gap-1 px-2 md:px-3">
          <div className="md:hidden">
            <IconButton label={texts.history.open} onClick={() => setDrawer(true)}>
              <MenuIcon />
            </IconButton>
          </div>
          <div className="flex min-w-0 flex-1 justify-center md:justify-start">
            {models.data && <ModelPicker models={models.data} />}
          </div>
          <Link
            href="/chat"
            aria-label={texts.history.fresh}
            title={texts.history.fresh}
            className="grid size-10 place-items-center rounded-lg text-soft hover:bg-raised hover:text-ink md:hidden"
          >
            <NewIcon />
          </Link>
        </header>
        {models.isError && (
          <p role="alert" className="mx-4 rounded-lg bg-danger/10 px-4 py-2 text-center text-sm text-danger">
            {models.error.message}
          </p>
        )}
        <ConversationView key={conversation ?? "new"} conversation={conversation} models={models.data} />
      </main>
    </div>
  );
}
