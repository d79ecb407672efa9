import { create } from "zustand";

/** Which colours: those of the system, or always the same. */
export type Theme = "system" | "light" | "dark";

/** `index.html` reads the same key before anything is painted. */
const key = "council.theme";

interface Choice {
  theme: Theme;
  choose: (theme: Theme) => void;
}

export const useTheme = create<Choice>((set) => ({
  theme: stored(),
  choose: (theme) => {
    if (theme === "system") {
      localStorage.removeItem(key);
      delete document.documentElement.dataset.theme;
    } else {
      localStorage.setItem(key, theme);
      document.documentElement.dataset.theme = theme;
    }
    set({ theme });
  },
}));

function stored(): Theme {
  const theme = localStorage.getItem(key);
  return theme === "light" || theme === "dark" ? theme : "system";
}
