import { useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { texts as common } from "@/shared/i18n/shared";
import { pages } from "@/shared/lib/pages";
import { useTheme } from "@/shared/lib/theme";
import { isVirtual } from "../chosen-model";
import { usePersonas } from "../composer/personas";
import { incognitoChat, newChat, useSettings } from "../composer/settings";
import { openFind } from "../find/find-event";
import { describe } from "../model-picker";
import { deleteLater } from "../sidebar/deletion";
import { exportFormats, saveAll, saveConversation } from "../transfer/export";
import { showOverlay } from "./overlay";
import { freshChat } from "./use-shortcuts";

export interface Command {
  /** What it does; unique within its group. */
  name: string;
  run: () => void;
}

export interface CommandGroup {
  title: string;
  commands: Command[];
}

/** Everything that the palette can do while this chat is open. */
export function useCommands(chat: string, models: readonly Model[]): CommandGroup[] {
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const [, change] = useSettings(chat);
  const personas = usePersonas((state) => state.personas);
  const theme = useTheme((state) => state.choose);
  const t = texts.palette;
  const remove = () => {
    deleteLater(client, chat, () => navigate(`/chat/${encodeURIComponent(chat)}`));
    navigate("/chat");
  };
  const ofThisChat: Command[] = [newChat, incognitoChat].includes(chat)
    ? []
    : [
        { name: texts.find.label, run: () => void openFind() },
        ...exportFormats.map(({ format, name }) => ({
          name: t.exportThis(name),
          run: () => void saveConversation({ id: chat }, format),
        })),
        { name: t.deleteThis, run: remove },
      ];
  return [
    {
      title: t.chats,
      commands: [
        { name: texts.history.fresh, run: () => freshChat(navigate) },
        { name: texts.history.incognito, run: () => navigate(`/chat/${incognitoChat}`) },
        ...ofThisChat,
        { name: texts.transfer.exportAll, run: () => void saveAll() },
        { name: texts.transfer.import, run: () => showOverlay("import") },
      ],
    },
    { title: t.pages, commands: pages.map(({ path, name }) => ({ name, run: () => navigate(path) })) },
    {
      title: t.models,
      commands: [
        { name: texts.models.automatic, run: () => change({ model: null }) },
        ...models
          .filter((model) => !isVirtual(model) && model.capabilities.chat)
          .map((model) => ({ name: describe(model), run: () => change({ model: model.id }) })),
      ],
    },
    {
      title: t.personas,
      commands: [
        { name: texts.personas.none, run: () => change({ system: null }) },
        ...personas.map(({ name, instructions }) => ({ name, run: () => change({ system: instructions }) })),
      ],
    },
    {
      title: t.page,
      commands: [
        { name: t.light, run: () => theme("light") },
        { name: t.dark, run: () => theme("dark") },
        { name: `${common.app.theme}: ${common.app.themeSystem}`, run: () => theme("system") },
        { name: texts.shortcuts.title, run: () => showOverlay("shortcuts") },
        { name: texts.setup.again, run: () => showOverlay("setup") },
      ],
    },
  ];
}
