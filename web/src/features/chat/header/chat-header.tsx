import { Link } from "wouter";
import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { IconButton } from "@/shared/ui/icon-button";
import { MenuIcon, NewIcon, SearchIcon } from "@/shared/ui/icons";
import { ModelPicker } from "../model-picker";
import { showOverlay } from "../palette/overlay";
import { CloudState } from "./spending";

interface ChatHeaderProps {
  /** A conversation's id, or what stands in its place. */
  chat: string;
  models: readonly Model[] | undefined;
  onOpenConversations: () => void;
}

/** The line over the chat: who answers, what may leave the machine, what it cost. */
export function ChatHeader({ chat, models, onOpenConversations }: ChatHeaderProps) {
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 px-2 md:px-3">
      <div className="md:hidden">
        <IconButton label={texts.history.open} onClick={onOpenConversations}>
          <MenuIcon />
        </IconButton>
      </div>
      <div className="flex min-w-0 flex-1">{models && <ModelPicker chat={chat} models={models} />}</div>
      <CloudState />
      <div className="max-md:hidden">
        <IconButton label={texts.palette.open} onClick={() => showOverlay("palette")}>
          <SearchIcon />
        </IconButton>
      </div>
      <Link
        href="/chat"
        aria-label={texts.history.fresh}
        title={texts.history.fresh}
        className="grid size-10 shrink-0 place-items-center rounded-lg text-soft hover:bg-raised hover:text-ink md:hidden"
      >
        <NewIcon />
      </Link>
    </header>
  );
}
