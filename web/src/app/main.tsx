import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { language } from "@/shared/i18n/language";
import { App } from "./app";
import "./styles.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element `root`");
document.documentElement.lang = language;
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
