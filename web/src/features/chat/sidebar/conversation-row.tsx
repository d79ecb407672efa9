import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, memo, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { texts } from "@/shared/i18n/chat";
import { MoreIcon, PinIcon } from "@/shared/ui/icons";
import { type MenuItem, MenuButton } from "@/shared/ui/menu";
import { undoable } from "@/shared/ui/toasts";
import type { Conversation } from "../chat-api";
import { exportFormats, saveConversation } from "../transfer/export";
import { deleteLater } from "./deletion";
import { FolderDialog } from "./folder-dialog";
import { useChange } from "./queries";
import { RenameField } from "./rename-field";

interface ConversationRowProps {
  conversation: Conversation;
  /** It is the one that is shown. */
  open: boolean;
  onChoose?: (() => void) | undefined;
}

/** A conversation in the list and what can be done with it. */
export const ConversationRow = memo(({ conversation, open, onChoose }: ConversationRowProps) => {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [now, setNow] = useState<"shown" | "renamed" | "moved">("shown");
  const link = useRef<HTMLAnchorElement>(null);
  const change = useChange();
  const { id, pinned = false, archived = false, folder = "" } = conversation;
  const title = conversation.title || texts.history.untitled;
  const address = `/chat/${encodeURIComponent(id)}`;

  const remove = () => {
    deleteLater(client, id, () => open && navigate(address));
    if (open) navigate("/chat");
  };
  const archive = (away: boolean) => {
    const put = (to: boolean) => change.mutate({ id, change: { archived: to } });
    put(away);
    if (away) undoable(texts.history.archived, () => put(false));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "F2") setNow("renamed");
    else if (event.key === "Delete") remove();
    else return;
    event.preventDefault();
  };
  const items: MenuItem[] = [
    { label: texts.history.rename, onSelect: () => setNow("renamed") },
    {
      label: pinned ? texts.history.unpin : texts.history.pin,
      onSelect: () => change.mutate({ id, change: { pinned: !pinned } }),
    },
    { label: texts.history.move, onSelect: () => setNow("moved") },
    { label: archived ? texts.history.unarchive : texts.history.putAway, onSelect: () => archive(!archived) },
    ...exportFormats.map(({ format, name }, index) => ({
      label: texts.transfer.exportAs(name),
      begins: index === 0,
      onSelect: () => void saveConversation(conversation, format),
    })),
    { label: texts.history.delete, onSelect: remove, danger: true, begins: true },
  ];

  if (now === "renamed") {
    return (
      <RenameField
        title={conversation.title}
        onEnd={(renamed, here) => {
          setNow("shown");
          if (here) requestAnimationFrame(() => link.current?.focus());
          if (renamed !== null && renamed !== conversation.title) change.mutate({ id, change: { title: renamed } });
        }}
      />
    );
  }
  return (
    <div className="group relative">
      <Link
        ref={link}
        href={address}
        onClick={onChoose}
        onKeyDown={onKeyDown}
        data-conversation={id}
        aria-current={open ? "page" : undefined}
        className="flex items-center gap-2 rounded-lg py-2 pr-9 pl-3 text-sm text-soft group-hover:bg-raised hover:text-ink aria-[current]:bg-raised aria-[current]:text-ink [&_svg]:size-3.5"
      >
        <span className="min-w-0 truncate" title={title}>{title}</span>
        {pinned && <PinIcon />}
      </Link>
      <MenuButton
        label={texts.history.menu(title)}
        items={items}
        className="absolute top-1 right-1 grid size-7 place-items-center rounded-md text-soft opacity-0 group-hover:opacity-100 hover:bg-paper hover:text-ink focus-visible:opacity-100 aria-expanded:opacity-100 pointer-coarse:opacity-100"
      >
        <MoreIcon />
      </MenuButton>
      {now === "moved" && (
        <FolderDialog
          title={title}
          current={folder}
          onEnd={(chosen) => {
            setNow("shown");
            if (chosen !== null && chosen !== folder) change.mutate({ id, change: { folder: chosen } });
          }}
        />
      )}
    </div>
  );
});
ConversationRow.displayName = "ConversationRow";
