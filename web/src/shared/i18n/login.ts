import { textsOf } from "./catalogue";
import en from "./en/login";

/** The texts of this part in the language of the page. */
export const texts: typeof en = textsOf("login", en);
