import { useState } from "react";
import { incognitoChat, newChat } from "./composer/settings";
import { ConversationView } from "./conversation-view";
import { useFirstRun } from "./first-run/use-first-run";
import { BudgetNote } from "./header/budget-note";
import { ChatHeader } from "./header/chat-header";
import { ServerState } from "./header/server-away";
import { Overlays } from "./palette/overlays";
import { useShortcuts } from "./palette/use-shortcuts";
import { useModels } from "./queries";
import { Drawer, Sidebar } from "./sidebar/sidebar";

/** The chat: conversations on the left, the open one on the right. */
export default function ChatPage({ conversation: address }: { conversation: string | null }) {
  const incognito = address === incognitoChat;
  const conversation = incognito ? null : address;
  const [drawer, setDrawer] = useState(false);
  const models = useModels();
  const chat = address ?? newChat;
  useShortcuts();
  useFirstRun(models.data);
  return (
    <div className="flex h-full min-w-0 flex-1">
      <Sidebar current={conversation} />
      <Drawer current={conversation} open={drawer} onClose={() => setDrawer(false)} />
      <main className="flex min-w-0 flex-1 flex-col">
        <ChatHeader chat={chat} models={models.data} onOpenConversations={() => setDrawer(true)} />
        <ServerState />
        {models.data && <BudgetNote chat={chat} models={models.data} />}
        <ConversationView
          key={address ?? "new"}
          conversation={conversation}
          incognito={incognito}
          models={models.data}
        />
      </main>
      <Overlays chat={chat} models={models.data ?? []} />
    </div>
  );
}
