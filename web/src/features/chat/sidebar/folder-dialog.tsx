import { type FormEvent, useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { texts as common } from "@/shared/i18n/shared";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field, Input } from "@/shared/ui/field";
import { useFolders } from "./queries";

interface FolderDialogProps {
  /** Of the conversation. */
  title: string;
  /** Where it is; empty: in no folder. */
  current: string;
  /** With the folder's name, or `null` where it stays. */
  onEnd: (folder: string | null) => void;
}

/** Where a conversation goes. A folder is made by naming it. */
export function FolderDialog({ title, current, onEnd }: FolderDialogProps) {
  const folders = useFolders();
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") onEnd(name.trim());
  };
  const places = [{ name: "", label: texts.history.noFolder }].concat(
    (folders.data ?? []).map((folder) => ({ name: folder.name, label: folder.name })),
  );
  return (
    <Dialog title={texts.history.moveTitle(title)} open onClose={() => onEnd(null)}>
      <div className="grid gap-4">
        <ul className="grid gap-1">
          {places.map((place) => (
            <li key={place.name}>
              <button
                type="button"
                aria-current={place.name === current ? "true" : undefined}
                onClick={() => onEnd(place.name)}
                className="w-full truncate rounded-lg px-3 py-2 text-left text-sm hover:bg-raised aria-[current]:bg-raised aria-[current]:font-medium"
              >
                {place.label}
              </button>
            </li>
          ))}
        </ul>
        <form onSubmit={submit} className="flex items-end gap-2">
          <div className="flex-1">
            <Field label={texts.history.newFolder}>
              {(attributes) => (
                <Input {...attributes} value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
              )}
            </Field>
          </div>
          <Button type="submit" kind="primary" disabled={name.trim() === ""}>{texts.history.makeFolder}</Button>
        </form>
        <div className="flex justify-end">
          <Button kind="quiet" onClick={() => onEnd(null)}>{common.app.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
