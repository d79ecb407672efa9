import { Suspense, lazy } from "react";
import type { Model } from "@/shared/api/types";
import { showOverlay, useOverlay } from "./overlay";

const Palette = lazy(() => import("./palette"));
const ImportDialog = lazy(() => import("../transfer/import-dialog"));
const SetupDialog = lazy(() => import("../first-run/setup-dialog"));
const ShortcutSheet = lazy(() => import("./shortcut-sheet"));

const close = () => showOverlay(null);

/** What is open over the chat. Its parts are fetched when they are first wanted. */
export function Overlays({ chat, models }: { chat: string; models: readonly Model[] }) {
  const shown = useOverlay((state) => state.shown);
  return (
    <Suspense>
      {shown === "palette" && <Palette chat={chat} models={models} onClose={close} />}
      {shown === "import" && <ImportDialog onClose={close} />}
      {shown === "setup" && <SetupDialog onClose={close} />}
      {shown === "shortcuts" && <ShortcutSheet onClose={close} />}
    </Suspense>
  );
}
