import { language } from "./language";

/** What the pages say in other languages than English, which is compiled in. Each is a part of its own, loaded when it is wanted. */
const german = {
  chat: () => import("./de/chat"),
  monitor: () => import("./de/monitor"),
  admin: () => import("./de/admin"),
  explore: () => import("./de/explore"),
  login: () => import("./de/login"),
};
type Page = keyof typeof german;

const loaded = new Map<Page, unknown>();

/** Loads what a page says, which has to be there before the page's own modules are: they read their texts once. */
export async function loadTexts(page: Page): Promise<void> {
  if (language === "de") loaded.set(page, (await german[page]()).default);
}

/** The texts of a page in the language of this visit. */
export function textsOf<Texts>(page: Page, english: Texts): Texts {
  if (language === "en") return english;
  const texts = loaded.get(page);
  if (texts === undefined) throw new Error(`the texts of ${page} are read before \`loadTexts\` has brought them`);
  return texts as Texts;
}
