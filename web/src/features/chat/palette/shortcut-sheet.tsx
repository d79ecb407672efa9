import { texts } from "@/shared/i18n/chat";
import { Dialog } from "@/shared/ui/dialog";
import { shortcutGroups } from "./shortcuts";

/** Every shortcut there is. */
export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={texts.shortcuts.title} open onClose={onClose}>
      <div className="grid gap-5">
        {shortcutGroups.map(({ title, shortcuts }) => (
          <section key={title}>
            <h3 className="mb-1 text-xs font-medium text-faint">{title}</h3>
            <dl className="divide-y divide-line text-sm">
              {shortcuts.map(({ keys, does }) => (
                <div key={does} className="flex items-center justify-between gap-4 py-1.5">
                  <dt>{does}</dt>
                  <dd className="flex shrink-0 gap-1">
                    {keys.map((key) => (
                      <kbd key={key} className="rounded-md border border-line bg-field px-1.5 py-0.5 font-sans text-xs text-soft">
                        {key}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
