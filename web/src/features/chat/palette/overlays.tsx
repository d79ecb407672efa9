import type { Model } from "@/shared/api/types";
import { later } from "@/shared/ui/later";
import { showOverlay, useOverlay } from "./overlay";

const Palette = later(() => import("./palette"));
const ImportDialog = later(() => import("../transfer/import-dialog"));
const SetupDialog = later(() => import("../first-run/setup-dialog"));
const ShortcutSheet = later(() => import("./shortcut-sheet"));

const close = () => showOverlay(null);

/** What is open over the chat. Its parts are fetched when they are first wanted. */
export function Overlays({ chat, models }: { chat: string; models: readonly Model[] }) {
  const shown = useOverlay((state) => state.shown);
  return (
    <>
      {shown === "palette" && <Palette chat={chat} models={models} onClose={close} />}
      {shown === "import" && <ImportDialog onClose={close} />}
      {shown === "setup" && <SetupDialog onClose={close} />}
      {shown === "shortcuts" && <ShortcutSheet onClose={close} />}
    </>
  );
}
