import en from "./en/shared";

/** The texts of this part in the language of the page. */
export const texts: typeof en = en;
