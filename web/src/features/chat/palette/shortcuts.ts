import { texts } from "@/shared/i18n/chat";

const onMac = /mac|iphone|ipad/i.test(navigator.platform);
const control = onMac ? "⌘" : texts.shortcuts.control;

/** The shortcuts in groups, as the sheet shows them. Each is a list of keys that are pressed together. */
export const shortcutGroups: readonly { title: string; shortcuts: readonly { keys: readonly string[]; does: string }[] }[] = [
  {
    title: texts.shortcuts.anywhere,
    shortcuts: [
      { keys: [control, "K"], does: texts.shortcuts.palette },
      { keys: [control, "⇧", "O"], does: texts.shortcuts.fresh },
      { keys: [control, "F"], does: texts.shortcuts.find },
      { keys: ["/"], does: texts.shortcuts.write },
      { keys: ["Esc"], does: texts.shortcuts.stop },
      { keys: ["?"], does: texts.shortcuts.sheet },
    ],
  },
  {
    title: texts.shortcuts.writing,
    shortcuts: [
      { keys: ["Enter"], does: texts.shortcuts.send },
      { keys: ["⇧", "Enter"], does: texts.shortcuts.line },
      { keys: ["↑"], does: texts.shortcuts.editLast },
    ],
  },
  {
    title: texts.shortcuts.list,
    shortcuts: [
      { keys: ["↑", "↓"], does: texts.shortcuts.move },
      { keys: ["F2"], does: texts.shortcuts.rename },
      { keys: [texts.shortcuts.deleteKey], does: texts.shortcuts.delete },
    ],
  },
];
