import { useState } from "react";
import { texts } from "@/shared/i18n/shared";
import { type Language, chooseLanguage, chosenLanguage, languages } from "@/shared/i18n/language";
import { type Theme, useTheme } from "@/shared/lib/theme";
import { Dialog } from "./dialog";
import { Field, Select } from "./field";
import { IconButton } from "./icon-button";
import { HalfIcon } from "./icons";

/** How this browser shows the pages: colours and language. Kept in it, and nowhere else. */
export function Preferences() {
  const [open, setOpen] = useState(false);
  const { theme, choose } = useTheme();
  return (
    <>
      <IconButton label={texts.app.appearance} onClick={() => setOpen(true)}>
        <HalfIcon />
      </IconButton>
      <Dialog title={texts.app.appearance} open={open} onClose={() => setOpen(false)}>
        <div className="grid gap-4">
          <Field label={texts.app.theme}>
            {(attributes) => (
              <Select {...attributes} value={theme} onChange={(event) => choose(event.target.value as Theme)}>
                <option value="system">{texts.app.themeSystem}</option>
                <option value="light">{texts.app.themeLight}</option>
                <option value="dark">{texts.app.themeDark}</option>
              </Select>
            )}
          </Field>
          <Field label={texts.app.language}>
            {(attributes) => (
              <Select
                {...attributes}
                value={chosenLanguage() ?? ""}
                onChange={(event) => chooseLanguage((event.target.value || null) as Language | null)}
              >
                <option value="">{texts.app.languageOfBrowser}</option>
                {Object.entries(languages).map(([tag, name]) => (
                  <option key={tag} value={tag} lang={tag}>{name}</option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      </Dialog>
    </>
  );
}
