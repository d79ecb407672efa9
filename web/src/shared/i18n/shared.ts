import de from "./de/shared";
import en from "./en/shared";
import { language } from "./language";

/** The texts of this part in the language of the page. */
export const texts: typeof en = language === "de" ? de : en;
