import { create } from "zustand";

/** What can be open over the chat, one at a time. */
export type OverlayName = "palette" | "shortcuts" | "import" | "setup";

export const useOverlay = create<{ shown: OverlayName | null }>(() => ({ shown: null }));

export function showOverlay(shown: OverlayName | null): void {
  useOverlay.setState({ shown });
}
