/** The languages that the pages speak, in their own names. */
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

const key = "council.language";

/** What was chosen in this browser; `null`: whatever the browser prefers. */
export function chosenLanguage(): Language | null {
  const stored = localStorage.getItem(key);
  return isLanguage(stored) ? stored : null;
}

/** Chooses, and loads the page again: texts are read once. */
export function chooseLanguage(language: Language | null): void {
  if (language === null) localStorage.removeItem(key);
  else localStorage.setItem(key, language);
  location.reload();
}

/** The language of this page, from when it was loaded on. */
export const language: Language = chosenLanguage() ?? preferred(navigator.languages);

/** For numbers and dates: the browser's own variant of that language, such as `en-GB`. */
export const locale: string = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;

/** The first of the preferred languages that there is; English where there is none. */
export function preferred(wanted: readonly string[]): Language {
  const found = wanted.map((tag) => tag.split("-")[0]).find((tag) => isLanguage(tag));
  return isLanguage(found) ? found : "en";
}

function isLanguage(tag: string | null | undefined): tag is Language {
  return tag != null && Object.hasOwn(languages, tag);
}
